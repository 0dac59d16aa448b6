import { describe, expect, it } from 'vitest'
import { type ProxiedService, servicePortInfos } from '../../src/kubernetes/service-port-infos.js'

const HTTP = { name: 'http', protocol: 'TCP', port: 80, nodePort: undefined, endpoints: [] } as const

function service(changes: Partial<ProxiedService> = {}): ProxiedService {
  return {
    namespace: 'shop',
    name: 'web',
    type: 'ClusterIP',
    clusterIp: '10.96.0.10',
    sessionAffinity: 'None',
    sessionAffinityTimeoutSeconds: 10_800,
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Cluster',
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    healthCheckNodePort: undefined,
    ports: [HTTP],
    ...changes,
  }
}

describe('Service ports that kube-proxy serves', () => {
  it('are one for each port, in their order', () => {
    const infos = servicePortInfos(
      service({ ports: [HTTP, { ...HTTP, name: 'dns', protocol: 'UDP', port: 53 }] }),
      4,
    )
    expect(infos.map(({ name, protocol, port }) => [name, protocol, port])).toEqual([
      ['shop/web:http', 'TCP', 80],
      ['shop/web:dns', 'UDP', 53],
    ])
  })

  it.each([
    ['headless', { clusterIp: 'None' }],
    ['without an address', { clusterIp: '' }],
    ['of type ExternalName', { type: 'ExternalName' as const }],
    ['of the other family', { clusterIp: 'fd00::1' }],
  ])('are none of a Service %s', (_what, changes) => {
    expect(servicePortInfos(service(changes), 4)).toEqual([])
  })

  it('have addresses of their family in canonical form, and no others', () => {
    const [info] = servicePortInfos(
      service({
        clusterIp: '10.096.0.010',
        externalIps: ['192.0.2.01', 'fd00::1', 'example.org'],
        loadBalancerVips: ['fd00::2', '198.51.100.007'],
        loadBalancerSourceRanges: [' 203.0.113.000/025 ', 'fd00::/64', '203.0.113.7', '198.51.100.9/32'],
      }),
      4,
    )
    expect(info).toMatchObject({
      clusterIp: '10.96.0.10',
      externalIps: ['192.0.2.1'],
      loadBalancerVips: ['198.51.100.7'],
    })
    expect(info.loadBalancerSourceRanges.map((range) => range.text)).toEqual([
      '203.0.113.0/25',
      '198.51.100.9/32',
    ])
  })

  it.each([
    ['NodePort', [], true],
    ['LoadBalancer', [], true],
    ['ClusterIP', ['192.0.2.1'], true],
    ['ClusterIP', [], false],
  ] as const)(
    'heed externalTrafficPolicy Local of type %s with external addresses %j: %s',
    (type, externalIps, isLocal) => {
      const [info] = servicePortInfos(service({ type, externalIps, externalTrafficPolicy: 'Local' }), 4)
      expect(info.isExternalPolicyLocal).toBe(isLocal)
    },
  )

  it.each([
    ['LoadBalancer', 'Local', 30_500],
    ['LoadBalancer', 'Cluster', undefined],
    ['NodePort', 'Local', undefined],
  ] as const)('answer health checks of type %s with policy %s at %s', (type, externalTrafficPolicy, port) => {
    const [info] = servicePortInfos(service({ type, externalTrafficPolicy, healthCheckNodePort: 30_500 }), 4)
    expect(info.healthCheckNodePort).toBe(port)
  })

  it('have a time of affinity only with ClientIP', () => {
    const times = (['None', 'ClientIP'] as const).map(
      (sessionAffinity) => servicePortInfos(service({ sessionAffinity }), 4)[0].affinityTimeoutSeconds,
    )
    expect(times).toEqual([undefined, 10_800])
  })
})

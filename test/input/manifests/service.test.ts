/** Services: Kubernetes' defaults and its validation (pkg/apis/core/validation, ValidateService). */
import { describe, expect, test } from 'vitest'
import type { ServiceObject } from '../../../src/input/kubernetes-objects.js'
import { manifestsOf, toldOf } from '../reading.js'

/** A Service whose spec is the flow map `{selector: {app: web}, ports: [{port: 80}], …}`. */
function serviceText(spec: string, metadata = '{name: web}'): string {
  return `apiVersion: v1\nkind: Service\nmetadata: ${metadata}\nspec:\n  ${spec}\n`
}

function serviceOf(spec: string): ServiceObject {
  const [service] = manifestsOf(serviceText(spec)).services
  return service
}

/** What is wrong, without the name of the Service and the place. */
function wrongs(spec: string): string[] {
  return toldOf(serviceText(spec)).map((each) => each.replace(/ \d+:\d+ (?:Service "web": )?/, ' '))
}

const PORT = '{ports: [{port: 80}]'

describe("Kubernetes' defaults", () => {
  test('of a Service with one port', () => {
    const { origin, ...service } = serviceOf('{selector: {app: web}, ports: [{port: 80}]}')
    expect(origin.file).toBe('shop.yaml')
    expect(service).toEqual({
      kind: 'Service',
      meta: { name: 'web', namespace: 'default', labels: new Map(), annotations: new Map() },
      type: 'ClusterIP',
      clusterIp: undefined,
      selector: new Map([['app', 'web']]),
      ports: [{ name: '', protocol: 'TCP', port: 80, targetPort: 80, nodePort: undefined }],
      sessionAffinity: 'None',
      sessionAffinityTimeoutSeconds: 10_800,
      internalTrafficPolicy: 'Cluster',
      externalTrafficPolicy: 'Cluster',
      externalIps: [],
      loadBalancerSourceRanges: [],
      loadBalancerIngress: [],
      allocateLoadBalancerNodePorts: true,
      healthCheckNodePort: undefined,
      publishNotReadyAddresses: false,
      trafficDistribution: undefined,
      externalName: undefined,
    })
  })

  test('of session affinity: three hours', () => {
    expect(serviceOf(`${PORT}, sessionAffinity: ClientIP}`).sessionAffinityTimeoutSeconds).toBe(10_800)
  })

  test('empty texts, nulls and 0 count as not written', () => {
    const text = `${PORT}, type: "", clusterIP: "", sessionAffinity: null, externalTrafficPolicy: "", selector: {}, healthCheckNodePort: 0}`
    expect(serviceOf(text)).toMatchObject({
      type: 'ClusterIP',
      clusterIp: undefined,
      sessionAffinity: 'None',
      selector: undefined,
    })
    expect(serviceOf('{type: NodePort, ports: [{port: 80, nodePort: 0}]}').ports[0].nodePort).toBe(undefined)
  })
})

describe('what is written is read', () => {
  test('of a load balancer', () => {
    const text = `{type: LoadBalancer, clusterIP: 010.96.0.10, externalTrafficPolicy: Local, internalTrafficPolicy: Local,
    sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 60}}, healthCheckNodePort: 30100,
    loadBalancerSourceRanges: [" 10.0.0.1/8 ", 203.0.113.0/24], externalIPs: [198.51.100.7],
    allocateLoadBalancerNodePorts: false, publishNotReadyAddresses: true, trafficDistribution: PreferSameNode,
    ports: [{name: http, port: 80, targetPort: web, nodePort: 30080}, {name: dns, port: 53, protocol: UDP, targetPort: 5353}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}, {ip: 203.0.113.10, ipMode: Proxy}, {hostname: lb.example.com}]}}`
    expect(serviceOf(text)).toMatchObject({
      type: 'LoadBalancer',
      clusterIp: '10.96.0.10',
      selector: undefined,
      ports: [
        { name: 'http', protocol: 'TCP', port: 80, targetPort: 'web', nodePort: 30080 },
        { name: 'dns', protocol: 'UDP', port: 53, targetPort: 5353, nodePort: undefined },
      ],
      sessionAffinity: 'ClientIP',
      sessionAffinityTimeoutSeconds: 60,
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      externalIps: ['198.51.100.7'],
      loadBalancerSourceRanges: ['10.0.0.0/8', '203.0.113.0/24'],
      loadBalancerIngress: [
        { ip: '203.0.113.9', hostname: undefined, ipMode: 'VIP' },
        { ip: '203.0.113.10', hostname: undefined, ipMode: 'Proxy' },
        { ip: undefined, hostname: 'lb.example.com', ipMode: 'VIP' },
      ],
      allocateLoadBalancerNodePorts: false,
      healthCheckNodePort: 30100,
      publishNotReadyAddresses: true,
      trafficDistribution: 'PreferSameNode',
    })
  })

  test('of a headless Service and of an ExternalName, which may have no ports', () => {
    expect(serviceOf('{clusterIP: None}')).toMatchObject({ clusterIp: 'None', ports: [] })
    expect(serviceOf('{type: ExternalName, externalName: db.example.com.}')).toMatchObject({
      externalName: 'db.example.com.',
      ports: [],
    })
  })

  test('of clusterIPs, where clusterIP is not written', () => {
    expect(serviceOf(`${PORT}, clusterIPs: [10.96.0.7]}`).clusterIp).toBe('10.96.0.7')
  })
})

describe('the type of a Service', () => {
  test('is one of four, and nothing is concluded from a misspelt one', () => {
    expect(
      wrongs(
        '{type: Nodeport, externalTrafficPolicy: Local, loadBalancerSourceRanges: [10.0.0.0/8], allocateLoadBalancerNodePorts: true, ports: [{port: 80, nodePort: 30080}]}',
      ),
    ).toEqual([
      'FIELD_VALUE spec.type is "Nodeport" [it must be "ClusterIP", "NodePort", "LoadBalancer" or "ExternalName"; did you mean "NodePort"?]',
    ])
  })
})

describe('a Service is accepted', () => {
  test.each([
    [
      'with ports of one number and two protocols',
      '{ports: [{port: 53, name: a}, {port: 53, name: b, protocol: UDP}]}',
    ],
    [
      'with a node port for two protocols',
      '{type: NodePort, ports: [{port: 53, name: a, nodePort: 30053}, {port: 53, name: b, protocol: UDP, nodePort: 30053}]}',
    ],
    [
      'with an external IP and a policy',
      `${PORT}, externalIPs: [198.51.100.1], externalTrafficPolicy: Local}`,
    ],
    ['with multicast as external IP', `${PORT}, externalIPs: [239.1.2.3]}`],
    [
      'with a day of affinity',
      `${PORT}, sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86400}}}`,
    ],
    [
      'with node ports of its own beside a load balancer that allocates none',
      '{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80, nodePort: 30080}]}',
    ],
    [
      'with another target port though it is headless',
      '{clusterIP: None, ports: [{port: 80, targetPort: 8080}]}',
    ],
  ])('%s', (_, spec) => {
    expect(wrongs(spec)).toEqual([])
  })
})

describe('node ports of several Services', () => {
  const two = (first: string, second: string) =>
    `${serviceText(`{type: NodePort, ports: [${first}]}`)}---\n${serviceText(`{type: NodePort, ports: [{port: 1, name: x}, ${second}]}`, '{name: api, namespace: back}')}`

  test("are the cluster's: each belongs to one Service, whatever the protocol", () => {
    expect(
      toldOf(two('{port: 53, nodePort: 30053}', '{port: 53, name: z, protocol: UDP, nodePort: 30053}')),
    ).toEqual([
      'NODE_PORT_CLASH 11:93 Service "back/api": node port 30053 is taken by Service "web" [change or remove one of them; the other is at shop.yaml:5]',
    ])
  })

  test('may not be those of health checks either', () => {
    const text = `${serviceText('{type: NodePort, ports: [{port: 80, nodePort: 30100}]}')}---\n${serviceText('{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30100, ports: [{port: 80}]}', '{name: api}')}`
    expect(toldOf(text)).toEqual([
      'NODE_PORT_CLASH 11:75 Service "api": node port 30100 is taken by Service "web" [change or remove one of them; the other is at shop.yaml:5]',
    ])
  })

  test('lie in the range of the cluster', () => {
    const cluster = { nodePortRange: { first: 8000, last: 9000 }, ipFamily: 4 } as const
    const text = serviceText('{type: NodePort, ports: [{port: 80, nodePort: 30080}]}')
    expect(toldOf(text.replace('30080', '8080'), { cluster })).toEqual([])
    expect(toldOf(text, { cluster })).toEqual([
      'NODE_PORT_RANGE 5:49 Service "web": nodePort 30080 is out of range [the cluster gives out 8000 to 9000]',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { assumeServiceRange } from '../../src/kubernetes/assumed-service-range.js'
import { compileCluster } from '../../src/kubernetes/compile-cluster.js'
import { manifests, scenario, service } from './objects.js'

/** What is taken for Services of these cluster IPs. */
function taken(clusterIps: readonly string[], cluster: object = {}) {
  const services = clusterIps.map((clusterIp, index) => service(`s${index}`, { clusterIp }))
  const given = scenario({ cluster })
  const assumed = assumeServiceRange(given, manifests({ services }))
  return { ...assumed, range: assumed.scenario.spec.cluster.serviceCidr, given }
}

describe('the range of cluster IPs where no scenario says it', () => {
  it.each([
    ['of k3s', ['10.43.0.1', '10.43.200.7'], '10.43.0.0/16'],
    ['of one Service alone', ['172.20.5.9'], '172.20.0.0/16'],
    ['of OpenShift beside the default', ['172.30.0.1', 'None', '172.30.9.9'], '172.30.0.0/16'],
    ['wider than is usual', ['10.0.0.10', '10.3.4.5'], '10.0.0.0/14'],
    ['both in and out of the default range', ['10.96.0.1', '10.43.0.1'], '10.0.0.0/9'],
    ['beside the addresses of the nodes, so narrower', ['192.168.7.1', '192.168.4.1'], '192.168.4.0/22'],
  ])('is %s', (_, clusterIps, range) => {
    const { range: found, warnings } = taken(clusterIps)
    expect(found).toBe(range)
    expect(warnings).toMatchObject([
      {
        severity: 'warning',
        code: 'SERVICE_RANGE_ASSUMED',
        message: `No scenario says the range of cluster IPs; by those of the manifests it is taken to be ${range}`,
      },
    ])
  })

  it('is of IPv6 in clusters of IPv6', () => {
    expect(taken(['fd12::10', 'fd12::ff'], { ipFamily: 'IPv6' }).range).toBe('fd12::/112')
  })

  it.each([
    ['in the default range', ['10.96.0.1', '10.111.255.254'], {}],
    ['none at all', ['None'], {}],
    ['in a range that is written', ['10.43.0.1'], { serviceCidr: '10.43.0.0/24' }],
    ['outside of a range that is written', ['10.44.0.1'], { serviceCidr: '10.43.0.0/24' }],
    ['among those of pods', ['10.244.0.1', '10.43.0.1', '10.96.0.1', '10.250.0.1'], {}],
    ['of the other family', ['fd12::10'], {}],
  ])('stays as it was where cluster IPs are %s', (_, clusterIps, cluster) => {
    const { scenario: after, given, warnings } = taken(clusterIps, cluster)
    expect(after).toBe(given)
    expect(warnings).toEqual([])
  })

  it('holds the addresses of all Services, written and drawn', () => {
    const services = [service('a', { clusterIp: '10.43.255.254' }), service('b')]
    const objects = manifests({ services })
    const bare = { ...scenario(), spec: { ...scenario().spec, clients: [] } }
    const cluster = compileCluster(objects, assumeServiceRange(bare, objects).scenario, () => 5)
    expect(cluster.services[0].clusterIp).toBe('10.43.255.254')
    expect(cluster.services[1].clusterIp).toMatch(/^10\.43\./)
    expect(() => compileCluster(objects, bare, () => 5)).toThrow('CLUSTER_IP_RANGE')
  })
})

import { describe, expect, it } from 'vitest'
import { categorizeEndpoints } from '../../src/kubernetes/endpoint-categories.js'
import type { ProxyEndpoint, ServicePortInfo } from '../../src/kubernetes/proxy-inputs.js'

const NODE = { name: 'a', zone: 'east' }
const READY = { ready: true, serving: true, terminating: false }
const LEAVING = { ready: false, serving: true, terminating: true }

function endpoint(host: number, changes: Partial<ProxyEndpoint> = {}): ProxyEndpoint {
  const address = `10.0.0.${host}`
  return { address, port: 80, nodeName: undefined, ...READY, hintedZones: [], hintedNodes: [], ...changes }
}

/** Last parts of the addresses in each list. */
function hosts(endpoints: readonly ProxyEndpoint[], changes: Partial<ServicePortInfo> = {}, node = NODE) {
  const info: ServicePortInfo = {
    name: 'shop/web',
    protocol: 'TCP',
    clusterIp: '10.96.0.10',
    port: 80,
    nodePort: undefined,
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: false,
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints,
    ...changes,
  }
  const { cluster, local, all, hasAny } = categorizeEndpoints(info, node)
  const hostsOf = (list: readonly ProxyEndpoint[]) => list.map((each) => Number(each.address.slice(7)))
  return { cluster: cluster && hostsOf(cluster), local: local && hostsOf(local), all: hostsOf(all), hasAny }
}

describe('endpoints that one node uses', () => {
  it('are the ready ones, and only for the policies that the Service port has', () => {
    const endpoints = [endpoint(1), endpoint(2, { ready: false }), endpoint(3)]
    expect(hosts(endpoints)).toEqual({ cluster: [1, 3], local: undefined, all: [1, 3], hasAny: true })
  })

  it('are those that terminate and still serve, once none is ready', () => {
    const endpoints = [
      endpoint(1, LEAVING),
      endpoint(2, { ...LEAVING, serving: false }),
      endpoint(3, { ready: false }),
    ]
    expect(hosts(endpoints)).toMatchObject({ cluster: [1], hasAny: true })
  })

  it('fall back to terminating ones for Local and for Cluster apart', () => {
    const endpoints = [endpoint(1, { ...LEAVING, nodeName: 'a' }), endpoint(2, { nodeName: 'b' })]
    expect(hosts(endpoints, { isExternalPolicyLocal: true, nodePort: 30_080 })).toEqual({
      cluster: [2],
      local: [1],
      all: [1, 2],
      hasAny: true,
    })
  })

  it('are none on this node, though the cluster has some: that is told apart from none at all', () => {
    const local = { isInternalPolicyLocal: true }
    expect(hosts([endpoint(1, { nodeName: 'b' })], local)).toMatchObject({ local: [], hasAny: true })
    expect(hosts([endpoint(1, { nodeName: 'b', ready: false })], local)).toMatchObject({
      local: [],
      hasAny: false,
    })
  })

  it('heed policy Local for outside traffic only where outside traffic has a way in', () => {
    expect(hosts([endpoint(1)], { isExternalPolicyLocal: true }).local).toBeUndefined()
  })

  it.each([
    ['its zone', [['east'], ['west']], [1]],
    ['no zone of theirs', [['north'], ['west']], [1, 2]],
    ['a missing hint', [['east'], []], [1, 2]],
    ['several zones', [['west', 'east'], ['east']], [1, 2]],
  ])('follow hints for zones: %s', (_what, [first, second], cluster) => {
    const endpoints = [endpoint(1, { hintedZones: first }), endpoint(2, { hintedZones: second })]
    expect(hosts(endpoints).cluster).toEqual(cluster)
  })

  it('follow hints for nodes before those for zones', () => {
    const endpoints = [
      endpoint(1, { hintedZones: ['east'], hintedNodes: ['b'] }),
      endpoint(2, { hintedZones: ['west'], hintedNodes: ['a'] }),
    ]
    expect(hosts(endpoints).cluster).toEqual([2])
    expect(hosts(endpoints, {}, { name: 'c', zone: 'east' }).cluster).toEqual([1])
  })
})

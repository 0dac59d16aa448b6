import { describe, expect, it } from 'vitest'
import { nodes } from '../kubernetes/objects.js'
import { answersOf, dnsTimes, queryCounts, runDns, users } from './dns-run.js'

const enabled = { nodeCache: { enabled: true } }
const outside = { clients: [users({ resolves: 'api.example.com' })] }

describe('a cache on the node', () => {
  it('answers what it knows a local hop away', () => {
    const observed = runDns(enabled)
    // First 10 us to the cache, 120 us from there to CoreDNS and back, and 10 us home.
    expect(dnsTimes(observed)).toEqual([140, 20, 20, 20, 20])
    expect(queryCounts(observed)).toEqual([2, 2, 2, 2, 2])
    expect(answersOf(observed)).toEqual({ queries: 2, noError: 2, nxDomain: 0 })
  })

  it('forgets names after a time, and names that do not exist after another', () => {
    const cache = { nodeCache: { enabled: true, ttl: '1500ms', negativeTtl: '2500ms' } }
    expect(dnsTimes(runDns(cache))).toEqual([140, 20, 140, 20, 140])
    // web.default.default.svc.cluster.local does not exist; web.default.svc.cluster.local does.
    const clients = [users({ to: 'web.default:80' })]
    expect(dnsTimes(runDns(cache, { clients }))).toEqual([280, 40, 160, 160, 160])
  })

  it('asks upstream by itself for names outside of the cluster', () => {
    const server = { serviceTime: '100us', upstreamTime: '14ms' }
    const observed = runDns({ ...enabled, server }, outside)
    expect(dnsTimes(observed)).toEqual([3 * 140 + 14_020, 80, 80, 80, 80])
    expect(queryCounts(observed)).toEqual([8, 8, 8, 8, 8])
    // Three names of the search path, two types: what CoreDNS hears of all five.
    expect(answersOf(observed)).toEqual({ queries: 6, noError: 0, nxDomain: 6 })
  })

  it('is of one node alone', () => {
    const cluster = { nodes: nodes('a', 'b'), placement: { coredns: ['a'], web: ['a'] } }
    const clients = [users({ count: 2, nodes: ['a', 'b'] })]
    expect(dnsTimes(runDns(enabled, { cluster, clients }))).toEqual([140, 20 + 150 + 100 + 150, 20, 20, 20])
  })

  it('asks as a process of the node does: masqueraded, past the rules for its clients', () => {
    const observed = runDns({ ...enabled, replicas: 1 })
    const [node] = observed.world.nodes
    // Two queries of the cache, and the connections of five requests.
    expect(node.firstPackets).toBe(7)
    expect(node.connections.peakPortsUsed).toBe(2)
  })

  it('keeps one source port, and so one CoreDNS pod, if ports are fixed', () => {
    const cache = { nodeCache: { enabled: true, ttl: '0s' }, replicas: 4, sourcePorts: 'fixed' }
    const { totals } = runDns(cache, { horizon: '20500ms' })
    expect(totals.dns.flatMap((each) => each?.queries ?? []).sort()).toEqual([0, 0, 0, 40])
  })
})

import { describe, expect, it } from 'vitest'
import {
  clientsOf,
  endpoint,
  endpointSlice,
  meta,
  nodes,
  service,
  servicePort,
} from '../kubernetes/objects.js'
import { dnsTimes, MS, queryCounts, runDns, S, users, web } from './dns-run.js'
import { type Observed, outcomeCounts, outcomeOf } from './observed.js'

/** Rows of look-ups, queries and UDP flows that are left behind. */
function leftovers({ world }: Observed): number[] {
  const { dns } = world
  return [dns?.lookups, dns?.queries, dns?.flows].map((each) => each?.openCount ?? -1)
}

const paced = (rate: string) => ({ rate, process: 'paced', order: 'inTurn' })

/** A Service kube-dns that leads to an address which nobody has: what is sent there is lost. */
const dnsPorts = [servicePort(53, { name: 'dns', protocol: 'UDP' })]
const lost = {
  ...web,
  services: [
    ...web.services,
    service('kube-dns', { meta: meta('kube-dns', 'kube-system'), selector: undefined, ports: dnsPorts }),
  ],
  endpointSlices: [
    endpointSlice('kube-dns', {
      meta: meta('kube-dns-1', 'kube-system'),
      endpoints: [endpoint('10.200.0.1')],
      ports: [{ name: 'dns', protocol: 'UDP', port: 53 }],
    }),
  ],
}

describe('a query that a rule refuses', () => {
  const noPods = { replicas: 0 }

  it('is sent again at once, until the attempts are used up: the request is refused', () => {
    const observed = runDns(noPods, { horizon: '1900ms' })
    expect(observed.requests.map(outcomeOf)).toEqual(['refused'])
    // Two types, and both again.
    expect(queryCounts(observed)).toEqual([4])
    expect(observed.requests[0].responseTimeNs).toBe(0)
    expect(leftovers(observed)).toEqual([0, 0, 0])
  })

  it('waits for its time-out where the node has told this address often enough', () => {
    const clients = [users({ count: 1, arrivals: paced('10/s') })]
    const observed = runDns({ ...noPods, timeout: '200ms' }, { clients, horizon: '950ms' })
    const seen = observed.requests.map((each) => [outcomeOf(each), each.responseTimeNs / MS])
    // Six refusals are told at once, then one a second: four, two, and none.
    expect(seen.slice(0, 3)).toEqual([
      ['refused', 0],
      ['timedOut', 200],
      ['timedOut', 400],
    ])
  })
})

describe('a query that is lost', () => {
  it('is repeated after 5 s, if only that of one type', () => {
    // One server that has no place for the second query of two.
    const crowded = { replicas: 1, server: { servers: 1, queueCapacity: 0, serviceTime: '100us' } }
    const clients = [users({ arrivals: paced('0.5/s') })]
    const observed = runDns(crowded, { clients, horizon: '7500ms' })
    expect(dnsTimes(observed)[0]).toBe(5_000_120)
    expect(queryCounts(observed)[0]).toBe(3)
    const [pod] = observed.totals.dns
    expect(pod).toEqual({ queries: 7, noError: 4, nxDomain: 0 })
    expect(observed.totals.pods[0]).toMatchObject({ served: 4, rejected: 3 })
  })

  it('is repeated by the same port: its connection tracking leads it where the first one went', () => {
    const observed = runDns(
      { timeout: '1s' },
      { objects: lost, horizon: '4900ms', clients: [users({ arrivals: paced('0.5/s') })] },
    )
    // Two types, twice; the second time of the last request comes after the horizon. One flow each: one packet meets the rules.
    expect(queryCounts(observed)).toEqual([4, 2])
    expect(observed.totals.nodes[0].firstPackets).toBe(2)
    expect(leftovers(observed)).toEqual([1, 0, 1])
  })

  it('is sent as often as resolv.conf says, and then the request has timed out', () => {
    const clients = [users({ arrivals: paced('0.5/s') })]
    const observed = runDns({ attempts: 3, timeout: '500ms' }, { objects: lost, clients, horizon: '3900ms' })
    expect(observed.requests.map((each) => [outcomeOf(each), each.responseTimeNs])).toEqual([
      ['timedOut', 1.5 * S],
    ])
    expect(queryCounts(observed)).toEqual([6])
    expect(leftovers(observed)).toEqual([0, 0, 0])
  })

  it('is no reason to wait longer than the client does, whose look-up goes on all the same', () => {
    const clients = [users({ timeout: '700ms', arrivals: paced('0.5/s') })]
    const dns = { timeout: '300ms', attempts: 4 }
    const observed = runDns(dns, { objects: lost, clients, horizon: '2800ms' })
    expect(observed.requests.map((each) => each.responseTimeNs)).toEqual([700 * MS])
    // Sent at 0, 300 and 600 ms; the attempt at 900 ms is nobody's.
    expect(queryCounts(observed)).toEqual([6])
    expect([...leftovers(observed), observed.world.requests.openCount]).toEqual([1, 0, 1, 1])
    const later = runDns(dns, { objects: lost, clients, horizon: '3500ms' })
    expect([...leftovers(later), later.world.requests.openCount]).toEqual([0, 0, 0, 0])
  })

  it('is tried anew with the request, where requests are retried', () => {
    const retry = { attempts: 2, on: ['timedOut'], backoff: '0s', budget: 10 }
    const clients = [users({ timeout: '10s', retry })]
    const observed = runDns({ timeout: '100ms', attempts: 1 }, { objects: lost, clients, horizon: '1900ms' })
    expect(observed.requests.map((each) => [outcomeOf(each), each.attempts, each.dnsQueries])).toEqual([
      ['timedOut', 2, 4],
    ])
    expect(observed.requests[0].responseTimeNs).toBe(200 * MS)
    expect(leftovers(observed)).toEqual([0, 0, 0])
  })

  it('may be lost on any link, and so may its answer', () => {
    const cluster = { nodes: nodes('a', 'b'), placement: { coredns: ['b'], web: ['a'] } }
    const clients = [users({ nodes: ['a'], count: 1, arrivals: paced('10/s') })]
    const links = { sameZone: '1us', loss: { sameZone: 0.2 } }
    const dns = { timeout: '50ms', attempts: 5, server: { serviceTime: '0ns' } }
    const observed = runDns(dns, { cluster, clients, links, horizon: '100050ms' })
    const repeated = observed.requests.filter((each) => each.dnsQueries > 2)
    // A query and its answer are both there with chance 0.64, both types at once with 0.41.
    expect(repeated.length / observed.requests.length).toBeGreaterThan(0.53)
    expect(repeated.length / observed.requests.length).toBeLessThan(0.65)
    const waits = new Set(observed.requests.map((each) => Math.floor(each.dnsNs / (50 * MS))))
    expect([...waits].sort()).toEqual([0, 1, 2, 3, 4])
  })
})

describe('callers that wait for one look-up', () => {
  it('fail together when it does', () => {
    const clients = [users({ count: 1, arrivals: paced('100/s') })]
    const dns = { cacheTime: '60s', timeout: '15ms', attempts: 1 }
    const { requests } = runDns(dns, { objects: lost, clients, horizon: '75ms' })
    // One look-up from 10 to 25 ms, the next from 30 to 45 ms, which those of 20 and 40 ms join.
    expect(requests.slice(0, 4).map((each) => [each.responseTimeNs / MS, each.dnsQueries])).toEqual([
      [15, 2],
      [5, 0],
      [15, 2],
      [5, 0],
    ])
  })

  it('leave the places in their pool to others', () => {
    const clients = [
      users({ connection: 'keepAlive', pool: { size: 1 }, count: 1, arrivals: paced('100/s') }),
    ]
    const dns = { timeout: '15ms', attempts: 1 }
    const { requests, world } = runDns(dns, { objects: lost, clients, horizon: '65ms' })
    expect(requests.slice(0, 3).map((each) => [outcomeOf(each), each.responseTimeNs / MS])).toEqual([
      ['timedOut', 15],
      ['timedOut', 20],
      ['timedOut', 25],
    ])
    expect(world.connections.openCount).toBe(0)
  })
})

describe('a table of connections that is full', () => {
  const small = { conntrackPerCpu: 1, conntrackTimeWait: '1ms' }
  const cluster = { nodes: [{ name: 'a', cpus: 1 }] }

  it('takes no query', () => {
    const kept = clientsOf('web:80', { name: 'kept', connection: 'keepAlive', arrivals: paced('3/s') })
    const late = users({ arrivals: { ...paced('1/s') }, timeout: '300ms' })
    const limits = { ...small, conntrackLeast: 1, conntrackUdp: '1ms' }
    const { requests, totals, world } = runDns(
      {},
      { limits, cluster, clients: [kept, late], horizon: '1900ms' },
    )
    const of = (caller: string) =>
      requests.filter((each) => world.graph.sites[each.call].caller === caller).map(outcomeOf)
    expect(of('kept')).toEqual(['completed', 'completed', 'completed', 'completed', 'completed'])
    expect(of('users')).toEqual(['timedOut'])
    expect(totals.nodes[0].drops.conntrackFull).toBe(2)
  })

  it('forgets exchanges that are over before it drops anything', () => {
    const limits = { ...small, conntrackLeast: 4 }
    const clients = [users({ arrivals: paced('20/s') })]
    const { requests, totals, world } = runDns({}, { limits, cluster, clients, horizon: '2990ms' })
    expect(totals.nodes[0].drops.conntrackFull).toBe(0)
    expect(outcomeCounts(requests)).toEqual({ completed: 59 })
    expect(world.nodes[0].connections.peakCount).toBe(4)
  })
})

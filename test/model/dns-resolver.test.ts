import { describe, expect, it } from 'vitest'
import { clientsOf, meta, nodes, service, workload } from '../kubernetes/objects.js'
import { answersOf, dnsTimes, MS, queryCounts, runDns, US, users, web } from './dns-run.js'
import { outcomeOf, partsOf } from './observed.js'

const five = <T>(value: T) => new Array<T>(5).fill(value)

describe('a look-up of a Service', () => {
  it('asks for A and AAAA side by side, and waits for both', () => {
    const observed = runDns({})
    expect(queryCounts(observed)).toEqual(five(2))
    // 10 us to the pod on the same node, 100 us there on a server each, 10 us back.
    expect(partsOf(observed.requests[0])).toEqual({
      dns: 120 * US,
      connect: 20 * US,
      network: 20 * US,
      service: 2 * MS,
    })
    expect(answersOf(observed)).toEqual({ queries: 10, noError: 10, nxDomain: 0 })
  })

  it('is over later where one server answers both', () => {
    expect(dnsTimes(runDns({ server: { servers: 1, serviceTime: '100us' } }))).toEqual(five(220))
  })

  it('asks for AAAA after the answer to A, with single-request', () => {
    const observed = runDns({ singleRequest: true })
    expect(queryCounts(observed)).toEqual(five(2))
    expect(dnsTimes(observed)).toEqual(five(240))
  })

  it('asks for one type only where AAAA is left out', () => {
    const observed = runDns({ aaaa: false })
    expect(queryCounts(observed)).toEqual(five(1))
    expect(answersOf(observed)).toEqual({ queries: 5, noError: 5, nxDomain: 0 })
  })

  it('is no concern of clients outside', () => {
    const objects = { ...web, services: [service('web', { type: 'NodePort' })] }
    const observed = runDns({}, { objects, clients: [users({ location: 'outside' })] })
    expect(queryCounts(observed)).toEqual(five(0))
    expect(dnsTimes(observed)).toEqual(five(0))
  })

  it('crosses the link to the node of its CoreDNS pod, and back', () => {
    const cluster = { nodes: nodes('a/zone-1', 'b/zone-2'), placement: { coredns: ['b'], web: ['a'] } }
    const observed = runDns({}, { cluster, clients: [users({ nodes: ['a'] })] })
    expect(dnsTimes(observed)).toEqual(five(500 + 100 + 500))
  })

  it('pays for the rules of the nodes as every first packet does, and for later packets what those cost', () => {
    const costs = { set: { connection: 1_000, rule: 100, statisticRule: 100, packet: 10 } }
    const observed = runDns({ replicas: 1 }, { costs })
    const rules = observed.totals.nodes[0].rulesEvaluated
    const rulesOfRequests = observed.connections.reduce((sum, each) => sum + each.rulesEvaluated, 0)
    // Five names, each by a port of its own, of which the second query follows the first one's way.
    expect(observed.totals.nodes[0].firstPackets).toBe(10)
    const rulesPerName = (rules - rulesOfRequests) / 5
    expect(rulesPerName).toBeGreaterThan(5)
    const packetNs = 1_000 + 100 * rulesPerName
    // Two servers answer the two queries at the same time, as the second comes with the first.
    expect(observed.requests.map((each) => each.dnsNs)).toEqual(five(packetNs + 10_000 + 100_000 + 10_010))
  })
})

describe('the search path', () => {
  const lookups: { name: string; to?: string; dns?: object; more?: object; queries: number }[] = [
    { name: 'the name of the Service alone', queries: 2 },
    { name: 'the Service and its namespace', to: 'web.default:80', queries: 4 },
    { name: 'a name up to svc', to: 'web.default.svc:80', queries: 6 },
    { name: 'a full name of four dots', to: 'web.default.svc.cluster.local:80', queries: 8 },
    { name: 'a full name with its final dot', to: 'web.default.svc.cluster.local.:80', queries: 2 },
    {
      name: 'a full name of four dots with ndots 4',
      to: 'web.default.svc.cluster.local:80',
      dns: { ndots: 4 },
      queries: 2,
    },
    { name: 'a name with ndots 0: asked upstream first', dns: { ndots: 0 }, queries: 4 },
    { name: 'a name outside, two dots, ndots 5', more: { resolves: 'api.example.com' }, queries: 8 },
    {
      name: 'a name outside, two dots, ndots 2',
      more: { resolves: 'api.example.com' },
      dns: { ndots: 2 },
      queries: 2,
    },
    { name: 'a name outside with its final dot', more: { resolves: 'api.example.com.' }, queries: 2 },
    {
      name: 'a name outside, and two more search domains',
      more: { resolves: 'api.example.com' },
      dns: { searchDomains: ['corp.example', 'eu.internal'] },
      queries: 12,
    },
    {
      name: 'a name outside, A only',
      more: { resolves: 'api.example.com' },
      dns: { aaaa: false },
      queries: 4,
    },
  ]

  it.each(lookups)('costs $queries queries for $name', ({ to = 'web:80', dns = {}, more = {}, queries }) => {
    const observed = runDns(dns, { clients: [users({ to, ...more })] })
    expect(queryCounts(observed)).toEqual(five(queries))
    expect(observed.requests.map(outcomeOf)).toEqual(five('completed'))
    const found = dns && 'aaaa' in dns ? 1 : 2
    expect(answersOf(observed)).toEqual({
      queries: 5 * queries,
      noError: 5 * found,
      nxDomain: 5 * (queries - found),
    })
  })

  it('asks name after name: each takes as long as the first', () => {
    const upstream = { serviceTime: '100us', upstreamTime: '0ms' }
    const ask = (ndots: number) =>
      dnsTimes(runDns({ ndots, server: upstream }, { clients: [users({ resolves: 'api.example.com' })] }))
    expect(ask(5)).toEqual(five(480))
    expect(ask(2)).toEqual(five(120))
  })

  it('begins in the namespace of the pod that calls', () => {
    const objects = {
      workloads: [workload('web'), workload('db', { meta: meta('db', 'data') })],
      services: [service('web'), service('db', { meta: meta('db', 'data') })],
    }
    const queriesFor = (to: string) => {
      const { requests, world } = runDns({}, { objects, pods: { web: { calls: [{ to }] } } })
      const caller = (call: number) => world.graph.sites[call].caller
      return requests.filter((each) => caller(each.call) === 'web').map((each) => each.dnsQueries)
    }
    expect(queriesFor('db.data:80')).toEqual(five(4))
    expect(queriesFor('db.data.svc.cluster.local.:80')).toEqual(five(2))
  })

  it('tells calls of one workload apart that write a Service in two ways', () => {
    const pods = { gate: { calls: [{ to: 'web:80' }, { to: 'web.default:80' }] } }
    const objects = {
      workloads: [workload('gate'), ...web.workloads],
      services: [service('gate'), ...web.services],
    }
    const clients = [users({ to: 'gate:80' })]
    const { requests, world } = runDns({}, { objects, pods, clients })
    const names = world.graph.sites.map((site) => `${site.caller} ${site.name}`)
    expect(names).toEqual(['users gate', 'gate web', 'gate web.default'])
    expect(requests.filter((each) => each.call === 1).map((each) => each.dnsQueries)).toEqual(five(2))
    expect(requests.filter((each) => each.call === 2).map((each) => each.dnsQueries)).toEqual(five(4))
  })
})

describe('names outside of the cluster', () => {
  const outside = (dns: object, more: object = {}) =>
    runDns(dns, { clients: [users({ resolves: 'api.example.com.', ...more })] })

  it('are known to a CoreDNS pod for a while once the resolver upstream has told', () => {
    const server = { serviceTime: '100us', upstreamTime: '14ms', cacheTime: '2500ms' }
    expect(dnsTimes(outside({ replicas: 1, server }))).toEqual([14_120, 120, 120, 14_120, 120])
  })

  it('hold no server of the pod while it waits for upstream', () => {
    const server = { servers: 1, serviceTime: '100us', upstreamTime: '14ms' }
    const clients = [
      users({ resolves: 'api.example.com.' }),
      users({ name: 'others', arrivals: { rate: '200/s', process: 'paced' } }),
    ]
    const { requests, world } = runDns({ replicas: 1, server }, { clients, horizon: '1100ms' })
    const times = (caller: string) =>
      requests
        .filter((each) => world.graph.sites[each.call].caller === caller && each.intendedNs < 1_015 * MS)
        .map((each) => each.dnsNs / US)
    expect(times('users')).toEqual([14_220])
    expect(Math.max(...times('others'))).toBe(420)
  })

  it('that an ExternalName stands for are asked for upstream, too', () => {
    const alias = service('alias', { type: 'ExternalName', ports: [], externalName: 'www.example.org' })
    const objects = { ...web, services: [alias, ...web.services] }
    const clients = [users({ resolves: 'alias' })]
    expect(dnsTimes(runDns({ replicas: 1 }, { objects, clients })).slice(0, 2)).toEqual([14_120, 120])
  })
})

describe('answers that a client remembers', () => {
  it('are good for the cache time, for each client by itself', () => {
    expect(queryCounts(runDns({ cacheTime: '10s' }, { clients: [users({ count: 2 })] }))).toEqual([
      2, 2, 0, 0, 0,
    ])
    expect(dnsTimes(runDns({ cacheTime: '2s' }))).toEqual([120, 0, 0, 120, 0])
  })

  it('are awaited by all who ask while the answer is on its way; one of them has sent the queries', () => {
    const clients = [users({ arrivals: { rate: '20000/s', process: 'paced' }, count: 1 })]
    const spec = { clients, horizon: '10ms', pods: { web: { serviceTime: '2us', servers: 9 } } }
    const shared = runDns({ cacheTime: '10s' }, spec)
    expect(dnsTimes(shared).slice(0, 5)).toEqual([120, 70, 20, 0, 0])
    expect(queryCounts(shared).slice(0, 5)).toEqual([2, 0, 0, 0, 0])
    const alone = runDns({ cacheTime: '0s', server: { servers: 99, serviceTime: '100us' } }, spec)
    expect(dnsTimes(alone).slice(0, 5)).toEqual([120, 120, 120, 120, 120])
    expect(queryCounts(alone).slice(0, 5)).toEqual([2, 2, 2, 2, 2])
  })
})

describe('CoreDNS', () => {
  it('answers queries only: calls to its pods are refused before the run', () => {
    const clients = [clientsOf('kube-dns.kube-system:53')]
    expect(() => runDns({}, { clients })).toThrow('CALL_DNS_POD')
  })

  it('is as busy as its queries are many', () => {
    const clients = [users({ arrivals: { rate: '1000/s', process: 'paced' } })]
    const { totals, world } = runDns({ replicas: 1 }, { clients, horizon: '1s' })
    const pod = world.cluster.pods.findIndex((each) => each.workload === 'coredns')
    expect(totals.dns[pod]?.queries).toBe(1_998)
    expect(totals.pods[pod]).toMatchObject({ served: 1_998, serverCount: 2, busyAreaNs: 1_998 * 100 * US })
  })
})

import { describe, expect, it } from 'vitest'
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, outcomeOf, partsOf, run } from './observed.js'

const US = 1_000
const MS = 1_000_000

/** One node, packets that cost nothing, a pod that takes 2 ms; by ClusterIP a request takes 2,340 µs. */
const SPEC = {
  warmUp: '0s',
  horizon: '5500ms',
  cluster: { nodes: nodes('a') },
  pods: { web: { serviceTime: '2ms' } },
  costs: { preset: 'none' },
}
const everySecond = { rate: '1/s', process: 'paced', order: 'inTurn' }
const users = (more: object = {}) => clientsOf('web:80', { arrivals: everySecond, ...more })
const web = { workloads: [workload('web')], services: [service('web')] }

function runWith(spec: object, objects: Parameters<typeof run>[0] = web): Observed {
  return run(objects, { ...SPEC, ...spec })
}

const responseTimes = ({ requests }: Observed) => requests.map((each) => each.responseTimeNs)
const entryCounts = ({ world }: Observed) => world.nodes.map((node) => node.connections.table.entryCount)

describe('a connection for each request', () => {
  it('is opened every time and closed after the answer', () => {
    const observed = runWith({ clients: [users()] })
    expect(responseTimes(observed)).toEqual(new Array(5).fill(2_340 * US))
    expect(observed.connections).toHaveLength(5)
    expect([observed.world.connections.openCount, ...entryCounts(observed)]).toEqual([0, 0])
  })

  it('takes the next source port of the client each time', () => {
    const observed = runWith({ clients: [users()] })
    // Rows are used again: that of the last connection still tells its source port, the fifth from 32,768.
    expect(observed.world.connections.sourcePort[0]).toBe(32_772)
  })
})

describe('a connection kept alive', () => {
  it('is paid for by the first request only', () => {
    const observed = runWith({ clients: [users({ connection: 'keepAlive' })] })
    expect(responseTimes(observed)).toEqual([2_340 * US, ...new Array(4).fill(2_020 * US)])
    expect(partsOf(observed.requests[1])).toEqual({ network: 20 * US, service: 2 * MS })
    expect(observed.connections).toHaveLength(1)
    expect([observed.world.connections.openCount, ...entryCounts(observed)]).toEqual([1, 1])
  })

  it('is closed after its maximum of requests', () => {
    const observed = runWith({ clients: [users({ connection: 'keepAlive', maxRequests: 2 })] })
    const [opened, reused] = [2_340 * US, 2_020 * US]
    expect(responseTimes(observed)).toEqual([opened, reused, opened, reused, opened])
    expect(observed.world.connections.openCount).toBe(1)
  })

  it("is the client's own", () => {
    const observed = runWith({ clients: [users({ connection: 'keepAlive', count: 2 })] })
    const [opened, reused] = [2_340 * US, 2_020 * US]
    expect(responseTimes(observed)).toEqual([opened, opened, reused, reused, reused])
  })

  it('carries one request at a time: another one opens another connection', () => {
    const clients = [users({ connection: 'keepAlive', arrivals: { rate: '1000/s', process: 'paced' } })]
    const observed = runWith({
      clients,
      horizon: '10500us',
      pods: { web: { serviceTime: '2ms', servers: 9 } },
    })
    const opened = (count: number) => new Array(count).fill(2_340 * US)
    // Answers are back 2,340 µs after the start at 1, 2, 3 … ms: from 4 ms on there is always an idle one.
    expect(responseTimes(observed).slice(0, 8)).toEqual([...opened(3), ...new Array(5).fill(2_020 * US)])
    expect(observed.connections).toHaveLength(3)
  })

  it('stays with its pod', () => {
    const objects = { ...web, workloads: [workload('web', { replicas: 9 })] }
    const spec = { cluster: { nodes: nodes('a', 'b', 'c') }, horizon: '30s' }
    const podsOf = (connection: string) =>
      new Set(
        runWith({ ...spec, clients: [users({ count: 1, connection })] }, objects).requests.map(
          (each) => each.pod,
        ),
      )
    expect(podsOf('keepAlive').size).toBe(1)
    expect(podsOf('perRequest').size).toBe(9)
  })

  it('is kept where the pod said no, and closed where the time ran out', () => {
    const full = { pods: { web: { serviceTime: '3500ms', queueCapacity: 0 } } }
    const told = runWith({ ...full, clients: [users({ connection: 'keepAlive', timeout: '10s' })] })
    expect(told.requests.map(outcomeOf)).toEqual([
      'rejected',
      'rejected',
      'rejected',
      'completed',
      'unfinished',
    ])
    expect(told.world.connections.openCount).toBe(2)
    const lost = runWith({ ...full, clients: [users({ connection: 'keepAlive', timeout: '500ms' })] })
    expect(lost.requests.map(outcomeOf)).toEqual(['timedOut', 'rejected', 'rejected', 'rejected', 'timedOut'])
    expect([lost.world.connections.openCount, ...entryCounts(lost)]).toEqual([0, 0])
  })
})

describe('connection tracking', () => {
  it('has an entry for each open connection on each node that it passes', () => {
    const cluster = { nodes: nodes('a', 'b', 'c'), placement: { web: ['c'] } }
    const clients = [
      users({ connection: 'keepAlive', count: 4, nodes: ['a', 'b'] }),
      users({ name: 'others', count: 1, nodes: ['c'] }),
    ]
    const observed = runWith({ clients, cluster })
    expect(observed.world.connections.openCount).toBe(4)
    expect(entryCounts(observed)).toEqual([2, 2, 4])
  })

  it('forgets connections that were refused or dropped', () => {
    const objects = { services: [service('web')] }
    const refused = runWith({ clients: [users({ timeout: '500ms' })], pods: {} }, objects)
    expect([refused.world.connections.openCount, ...entryCounts(refused)]).toEqual([0, 0])
    const local = { services: [service('web', { type: 'NodePort', externalTrafficPolicy: 'Local' })] }
    const dropped = runWith(
      {
        clients: [users({ location: 'outside', entryNodes: ['a'], timeout: '1s' })],
        cluster: { nodes: nodes('a', 'b'), placement: { web: ['b'] } },
      },
      { ...web, ...local },
    )
    // The one of the fifth second is dropped, but its client does not know yet.
    expect([dropped.world.connections.openCount, ...entryCounts(dropped)]).toEqual([1, 0, 0])
  })
})

describe('a load balancer', () => {
  it('counts kept-alive connections as open, and others as closed after the answer', () => {
    const objects = {
      workloads: [workload('web', { replicas: 2 })],
      services: [service('web', { type: 'LoadBalancer' })],
    }
    const spec = {
      loadBalancers: { web: { algorithm: 'leastConnections', targets: 'pods' } },
      clients: [
        users({ name: 'kept', location: 'outside', count: 1, connection: 'keepAlive' }),
        users({ name: 'short', location: 'outside', count: 1, arrivals: { ...everySecond, gap: '1s' } }),
      ],
    }
    const { requests, world } = runWith(spec, objects)
    const podsOf = (caller: string) =>
      requests.filter((each) => world.graph.sites[each.call].caller === caller).map((each) => each.pod)
    expect(podsOf('kept')).toEqual([0, 0, 0, 0, 0])
    expect(podsOf('short')).toEqual([1, 1, 1, 1, 1])
  })
})

describe('names', () => {
  const dnsOf = (spec: object) => runWith(spec).requests.map((each) => each.dnsNs / US)

  it('are resolved for every new connection where nothing is remembered', () => {
    expect(dnsOf({ clients: [users()] })).toEqual([300, 300, 300, 300, 300])
  })

  it('are remembered for the cache time, by each client for itself', () => {
    const clients = [users({ count: 2 })]
    expect(dnsOf({ clients, dns: { cacheTime: '10s' } })).toEqual([300, 300, 0, 0, 0])
    expect(dnsOf({ clients: [users()], dns: { cacheTime: '2s' } })).toEqual([300, 0, 0, 300, 0])
  })

  it('are awaited by all who ask while the answer is on its way', () => {
    const clients = [users({ arrivals: { rate: '10000/s', process: 'paced' }, timeout: '10s' })]
    const spec = { clients, horizon: '1s', pods: { web: { serviceTime: '2us', servers: 9 } } }
    expect(dnsOf({ ...spec, dns: { cacheTime: '10s' } }).slice(0, 6)).toEqual([300, 200, 100, 0, 0, 0])
    expect(dnsOf({ ...spec, dns: { cacheTime: '0s' } }).slice(0, 6)).toEqual(new Array(6).fill(300))
  })

  it('are no concern of clients outside', () => {
    const objects = { ...web, services: [service('web', { type: 'NodePort' })] }
    const { requests } = runWith({ clients: [users({ location: 'outside' })] }, objects)
    expect(requests.map((each) => each.dnsNs)).toEqual([0, 0, 0, 0, 0])
  })
})

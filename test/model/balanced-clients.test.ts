/** Clients that choose among the addresses of a headless Service by themselves, on a world where packets cost nothing. */
import { describe, expect, it } from 'vitest'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import { buildWorld, type World } from '../../src/model/world.js'
import {
  clientsOf,
  compile,
  nodes,
  scenario as scenarioOf,
  service,
  servicePort,
  workload,
} from '../kubernetes/objects.js'
import { assertDrained, runConserved } from './conservation.js'
import { type Observed, outcomeCounts, run } from './observed.js'

const MS = 1_000_000
const POD_COUNT = 4
const WEB = {
  workloads: [workload('web', { replicas: POD_COUNT })],
  services: [service('web', { clusterIp: 'None', ports: [servicePort(80)] })],
}
const SPEC = {
  warmUp: '0s',
  horizon: '4050ms',
  cluster: { nodes: nodes('a') },
  pods: { web: { servers: 50, serviceTime: '100ms' } },
  costs: { preset: 'none' },
  dns: { lookupTime: '10ms' },
}
const users = (pool: object, more: object = {}) =>
  clientsOf('web:80', {
    nodes: ['a'],
    count: 3,
    arrivals: { rate: '60/s', process: 'paced' },
    connection: 'multiplexed',
    pool,
    ...more,
  })

function runWith(pool: object, more: object = {}, spec: object = {}): Observed {
  return run(WEB, { ...SPEC, ...spec, clients: [users(pool, more)] })
}

/** A world in which demand ends, and all that follows from it, long before the horizon. */
function drainingWorld(spec: object): World {
  const cluster = compile(WEB, spec)
  const scenario = scenarioOf(spec)
  const trace = recordWorkload({ factors: [], cluster, scenario, axes: [] } as never, 1)
  const longer = { ...scenario, spec: { ...scenario.spec, horizon: 300_000 * MS } }
  return buildWorld({ cluster, scenario: longer as never, seed: 1, replication: 0, trace })
}

/** Requests by client and pod. */
function countsByClient({ requests }: Observed): number[][] {
  const counts = Array.from({ length: 3 }, () => new Array<number>(POD_COUNT).fill(0))
  for (const { client, pod } of requests) if (pod >= 0) counts[client][pod]++
  return counts
}

const POLICIES = ['pickFirst', 'roundRobin', 'random', 'leastRequests'] as const
const RESOLVERS = ['onFailure', 'every', 'onConnect', 'once'] as const

describe('balancing of clients', () => {
  it.each(['multiplexed', 'keepAlive'])('pickFirst keeps each client on one pod, %s', (connection) => {
    for (const counts of countsByClient(runWith({ balancing: 'pickFirst' }, { connection })))
      expect(counts.filter((count) => count > 0)).toHaveLength(1)
  })

  it.each(['multiplexed', 'keepAlive'])('roundRobin is exactly even for each client, %s', (connection) => {
    for (const counts of countsByClient(runWith({ balancing: 'roundRobin' }, { connection })))
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  it('roundRobin has one connection to each address', () => {
    expect(runWith({ balancing: 'roundRobin' }).connections).toHaveLength(3 * POD_COUNT)
  })

  it('roundRobin stays even over new answers, whose order is another', () => {
    const pool = { balancing: 'roundRobin', resolver: 'every', refresh: '100ms' }
    for (const counts of countsByClient(runWith(pool)))
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  it('random reaches every pod, and not evenly', () => {
    const [counts] = countsByClient(runWith({ balancing: 'random' }))
    expect(Math.min(...counts)).toBeGreaterThan(0)
    expect(Math.max(...counts) - Math.min(...counts)).toBeGreaterThan(1)
  })

  it('leastRequests keeps away from a pod that is slow, which random does not', () => {
    const objects = {
      workloads: [workload('fast', { replicas: 3 }), workload('slow')].map((each) => ({
        ...each,
        podLabels: new Map([['app', 'web']]),
      })),
      services: WEB.services,
    }
    const pods = { fast: { servers: 50, serviceTime: '20ms' }, slow: { servers: 50, serviceTime: '800ms' } }
    const slowShare = (balancing: string) => {
      const observed = run(objects, { ...SPEC, pods, clients: [users({ balancing })] })
      const slow = observed.world.cluster.pods.find(({ workload: of }) => of === 'slow')?.index
      return observed.requests.filter(({ pod }) => pod === slow).length / observed.requests.length
    }
    expect(slowShare('random')).toBeGreaterThan(0.18)
    expect(slowShare('leastRequests')).toBeLessThan(0.12)
  })
})

describe('look-ups of clients that balance', () => {
  /** Requests that waited for a name. */
  const lookUps = ({ requests }: Observed) => requests.filter(({ dnsNs }) => dnsNs > 0).length
  const one = { count: 1, arrivals: { rate: '20/s', process: 'paced' } }

  it('once: the first request alone waits', () => {
    expect(lookUps(runWith({ balancing: 'roundRobin', resolver: 'once', maxAge: '200ms' }, one))).toBe(1)
  })

  it('every: one request an interval waits', () => {
    const pool = { balancing: 'roundRobin', resolver: 'every', refresh: '1s' }
    expect(lookUps(runWith(pool, one))).toBe(4)
  })

  it('onFailure: none as long as no connection is lost', () => {
    expect(lookUps(runWith({ balancing: 'roundRobin', refresh: '1s' }, one))).toBe(1)
  })

  it('onFailure: after a lost connection, but not more often than the interval', () => {
    const pool = { balancing: 'pickFirst', refresh: '1s', maxAge: '200ms' }
    expect(lookUps(runWith(pool, one))).toBe(4)
  })

  it('onConnect: before each new connection', () => {
    const pool = { balancing: 'random', resolver: 'onConnect', maxAge: '500ms' }
    const observed = runWith(pool, one)
    expect(lookUps(observed)).toBeGreaterThanOrEqual(observed.connections.length)
  })

  it('are shared by all requests that come before the first answer', () => {
    const observed = runWith({ balancing: 'roundRobin' }, one, { dns: { lookupTime: '120ms' } })
    expect(observed.requests.slice(0, 3).map(({ dnsNs }) => dnsNs)).toEqual([120 * MS, 70 * MS, 20 * MS])
  })
})

describe('every way to balance', () => {
  const cases = POLICIES.flatMap((balancing) =>
    RESOLVERS.flatMap((resolver) =>
      ['multiplexed', 'keepAlive'].map((connection) => ({ balancing, resolver, connection })),
    ),
  )

  it.each(cases)('loses nobody and leaves nothing: $balancing $resolver $connection', (each) => {
    const { connection, ...pool } = each
    const refresh = each.resolver === 'every' || each.resolver === 'onFailure' ? { refresh: '150ms' } : {}
    const group = users(
      { ...pool, ...refresh, maxAge: '300ms', size: 2, idleTimeout: '200ms' },
      // They end long before the horizon; some time out over their connection, or while it opens.
      { connection, timeout: '130ms', arrivals: { rate: '90/s' } },
    )
    const spec = { ...SPEC, pods: { web: { servers: 1, queueCapacity: 3, serviceTime: '40ms' } } }
    const observed = runConserved(drainingWorld({ ...spec, clients: [group] }))
    assertDrained(observed)
    expect(outcomeCounts(observed.requests).completed).toBeGreaterThan(50)
  })
})

describe('an address that leaves the answer', () => {
  it.each(['multiplexed', 'keepAlive'])(
    'gets no new requests, and its connections are closed, %s',
    (connection) => {
      const pool = { balancing: 'roundRobin', resolver: 'every', refresh: '100ms' }
      const events = [{ at: '100ms', kind: 'setReady', workload: 'web', pods: [0], ready: false }]
      const spec = { ...SPEC, clients: [users(pool, { connection })], events }
      const cluster = compile(WEB, spec)
      const world = buildWorld({ cluster, scenario: scenarioOf(spec), seed: 1, replication: 0 })
      const gone = { podIndex: 0 }
      const observed = runConserved(world)
      const late = observed.requests.filter(({ intendedNs }) => intendedNs > 1000 * MS)
      expect(late.length).toBeGreaterThan(100)
      expect(late.some(({ pod }) => pod === gone.podIndex)).toBe(false)
      expect(observed.connections.some(({ pod }) => pod === gone.podIndex)).toBe(true)
      const openAtGone = [...world.connections.isIdle.keys()].filter(
        (row) => world.connections.isIdle[row] === 1 && world.connections.pod[row] === gone.podIndex,
      )
      expect(openAtGone).toEqual([])
    },
  )
})

/** Pods and nodes that go and come during a run, held against what a real kernel did: test/data/ground-truth/removal.json. */
import { describe, expect, it } from 'vitest'
import type { RequestRecord } from '../../src/model/records.js'
import removal from '../data/ground-truth/removal.json' with { type: 'json' }
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, outcomeCounts, outcomeOf, run } from './observed.js'

const MS = 1_000_000
const S = 1_000 * MS

/** Rules stay as they are, whatever happens. */
const RULES_STAY = { ruleDelay: '1000s', probeFailureNotices: '1000s' }
const TWO = { workloads: [workload('web', { replicas: 2 })], services: [service('web')] }
const SPEC = {
  warmUp: '0s',
  cluster: { nodes: nodes('a') },
  pods: { web: { serviceTime: '1ms', servers: 100 } },
  costs: { preset: 'none' },
  controlPlane: RULES_STAY,
}

const measured = removal.pod_disappears_rules_stay
const WAYS = {
  exit: measured['process ends, FIN (pod address stays, port closed)'],
  crash: measured['process killed, RST (pod address stays, port closed)'],
  noRoute: measured['cable gone, node has no route at all to the pod'],
  swallowed: measured["cable gone, node's default route swallows packets"],
  blackhole: measured['cable gone, blackhole route for the pod CIDR'],
  unreachable: measured['cable gone, unreachable route for the pod CIDR'],
  noArpReply: measured['cable gone, pod CIDR on-link, ARP unanswered'],
} as const
type Way = keyof typeof WAYS

/** The outcome by which a client sees what the kernel told it. */
const SEEN = {
  connected: 'completed',
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'refused',
  EHOSTUNREACH: 'refused',
  'still waiting after 4.5 s': 'timedOut',
} as const

interface Counted {
  readonly n: number
  readonly after_ms: readonly number[]
}

/** Sixty clients on the node, one connection each within a second, after one of two pods has gone. */
function newConnections(how: Way): readonly RequestRecord[] {
  const group = clientsOf('web:80', {
    count: 60,
    timeout: '4500ms',
    arrivals: { rate: '60/s', process: 'paced', order: 'inTurn' },
  })
  const events = [{ at: '1ms', kind: 'killPods', workload: 'web', pods: [0], how }]
  const { requests } = run(TWO, { ...SPEC, horizon: '6s', clients: [group], events })
  return requests.filter(({ intendedNs }) => intendedNs < 1.01 * S)
}

describe.each(Object.keys(WAYS) as Way[])('a pod that is gone while its rules stay (%s)', (how) => {
  const truth = Object.entries(WAYS[how].new_connections as unknown as Record<string, Counted>)

  it('meets new connections as in the kernel', () => {
    const records = newConnections(how)
    const expected = new Set(truth.map(([told]) => SEEN[told as keyof typeof SEEN]))
    expect(new Set(records.map(outcomeOf))).toEqual(expected)
    for (const [told, { n, after_ms: times }] of truth) {
      const here = records.filter((each) => outcomeOf(each) === SEEN[told as keyof typeof SEEN])
      // Two random splits of 60 in two: they differ by more than 18 once in 800 times.
      expect(Math.abs(here.length - n)).toBeLessThan(how === 'blackhole' ? 8 : 18)
      const slowestMs = Math.max(...here.map((each) => each.responseTimeNs / MS))
      const isAtOnce = Math.max(...times) < 20
      if (isAtOnce) expect(slowestMs).toBeLessThan(20)
      else if (how !== 'blackhole') expect(slowestMs / Math.max(...times)).toBeCloseTo(1, 1)
    }
  })

  it('leaves established connections as in the kernel', () => {
    const group = clientsOf('web:80', {
      count: 20,
      timeout: '3s',
      connection: 'keepAlive',
      arrivals: { rate: '20/s', process: 'paced', order: 'inTurn' },
    })
    const slow = { ...SPEC, pods: { web: { serviceTime: '1100ms', servers: 100 } } }
    const events = [{ at: '1s', kind: 'killPods', workload: 'web', how }]
    const { requests } = run(TWO, { ...slow, horizon: '6s', clients: [group], events })
    const isSilent = WAYS[how].established_to_dead_pod.got === 'silence'
    const before = requests.filter(({ intendedNs }) => intendedNs < 0.99 * S)
    expect(before.length).toBeGreaterThan(15)
    expect(new Set(before.map(outcomeOf))).toEqual(new Set([isSilent ? 'timedOut' : 'reset']))
    if (isSilent) return
    for (const each of before) expect(each.intendedNs + each.responseTimeNs - S).toBeLessThan(1 * MS)
  })
})

describe('the choice of a node that drops packets by a blackhole route', () => {
  it('is drawn anew with every repeated packet: half of those that failed, each second', () => {
    const records = newConnections('blackhole').filter((each) => outcomeOf(each) === 'completed')
    const bySecond = [0, 0, 0, 0, 0]
    for (const { responseTimeNs } of records) bySecond[Math.floor(responseTimeNs / (1.02 * S))]++
    const truth = Object.values(WAYS.blackhole.new_connections.connected.by_second)
    for (const [second, count] of truth.entries()) expect(Math.abs(bySecond[second] - count)).toBeLessThan(16)
    expect(bySecond[1] + bySecond[2]).toBeGreaterThan(8)
  })
})

describe('a pod that lives while its rules are removed', () => {
  const three = { workloads: [workload('web', { replicas: 3 })], services: [service('web')] }
  const open = clientsOf('web:80', {
    name: 'open',
    count: 30,
    connection: 'keepAlive',
    arrivals: { rate: '30/s', process: 'paced', order: 'inTurn' },
  })
  const fresh = { ...open, name: 'fresh', connection: 'perRequest' }
  const control = { ...SPEC, controlPlane: { ruleDelay: '0s', minSyncPeriod: '0s' }, horizon: '11s' }
  const unready = (pods?: number[]) => [{ at: '2s', kind: 'setReady', workload: 'web', pods, ready: false }]
  const later = ({ requests, world }: Observed, caller: string) =>
    requests.filter((each) => world.graph.sites[each.call].caller === caller && each.intendedNs > 2.1 * S)

  it('keeps its connections, and gets no new ones', () => {
    const observed = run(three, { ...control, clients: [open, fresh], events: unready([0]) })
    const counts = (caller: string) => {
      const pods = [0, 0, 0]
      for (const { pod } of later(observed, caller)) pods[pod]++
      return pods
    }
    expect(outcomeCounts(observed.requests).reset).toBe(undefined)
    expect(counts('open')[0]).toBeGreaterThan(30)
    expect(counts('fresh')[0]).toBe(0)
    const [, one, two] = counts('fresh')
    expect(Math.abs(one - two)).toBeLessThan(4 * Math.sqrt(one + two))
  })

  it('keeps them even when no endpoint is left, while new ones are refused', () => {
    const observed = run(three, { ...control, clients: [open, fresh], events: unready() })
    expect(new Set(later(observed, 'open').map(outcomeOf))).toEqual(new Set(['completed']))
    const told = new Set(later(observed, 'fresh').map(outcomeOf))
    told.delete('unfinished')
    expect(told).toEqual(new Set(['refused']))
  })
})

describe('session affinity when an endpoint goes and comes back', () => {
  const sticky = {
    workloads: [workload('web', { replicas: 3 })],
    services: [service('web', { sessionAffinity: 'ClientIP' })],
  }
  const group = clientsOf('web:80', {
    count: 90,
    arrivals: { rate: '90/s', process: 'paced', order: 'inTurn' },
  })
  const control = { ...SPEC, controlPlane: { ruleDelay: '0s', minSyncPeriod: '0s' }, horizon: '4s' }
  const podsBySecond = ({ requests }: Observed) => {
    const pods = [0, 1, 2, 3].map(() => new Map<number, number>())
    for (const { client, pod, intendedNs } of requests)
      pods[Math.floor(intendedNs / (1.0001 * S))]?.set(client, pod)
    return pods
  }
  const away = { at: '1005ms', kind: 'setReady', workload: 'web', pods: [0], ready: false }
  const back = { ...away, at: '3005ms', ready: true }

  it.each(['iptables', 'nftables'])(
    'leaves other clients alone, and its own stay where they went (%s)',
    (mode) => {
      const observed = run(sticky, { ...control, proxy: { mode }, clients: [group], events: [away, back] })
      const [first, second, third, last] = podsBySecond(observed)
      const victims = [...first].filter(([, pod]) => pod === 0).map(([client]) => client)
      const others = [...first].filter(([, pod]) => pod !== 0).map(([client]) => client)
      expect(victims.length).toBeGreaterThan(15)
      for (const client of others) expect(second.get(client)).toBe(first.get(client))
      for (const client of victims) {
        expect(second.get(client)).not.toBe(0)
        expect(third.get(client)).toBe(second.get(client))
        // 0 of 17 returned in the kernel.
        if (last.has(client)) expect(last.get(client)).toBe(third.get(client))
      }
      expect(new Set(victims.map((client) => second.get(client)))).toEqual(new Set([1, 2]))
    },
  )

  it('binds a client to a dead pod as long as it goes on trying', () => {
    const services = [service('web', { sessionAffinity: 'ClientIP', sessionAffinityTimeoutSeconds: 1 })]
    const trying = clientsOf('web:80', {
      count: 12,
      timeout: '500ms',
      arrivals: { rate: '20/s', process: 'paced', order: 'inTurn' },
    })
    const events = [{ at: '1s', kind: 'killPods', workload: 'web', pods: [0], how: 'swallowed' }]
    const { requests } = run(
      { workloads: [workload('web', { replicas: 2 })], services },
      { ...SPEC, horizon: '10s', clients: [trying], events },
    )
    const stuck = new Set(
      requests.filter((each) => outcomeOf(each) === 'timedOut').map(({ client }) => client),
    )
    expect(stuck.size).toBeGreaterThan(2)
    const tries = requests.filter(
      ({ client, intendedNs }) => stuck.has(client) && intendedNs > 2 * S && intendedNs < 9 * S,
    )
    expect(new Set(tries.map(outcomeOf))).toEqual(new Set(['timedOut']))
  })
})

describe('a rolling update', () => {
  const four = { workloads: [workload('web', { replicas: 4 })], services: [service('web')] }
  const group = clientsOf('web:80', { count: 50, arrivals: { rate: '400/s' } })
  const events = [{ at: '2s', kind: 'rollout', workload: 'web' }]
  const lostWith = (shutdown: object) => {
    const pods = { web: { serviceTime: '10ms', servers: 10, startup: { readyAfter: '1s' }, shutdown } }
    const controlPlane = { ruleDelay: '300ms', minSyncPeriod: '0s' }
    const observed = run(four, { ...SPEC, controlPlane, pods, horizon: '15s', clients: [group], events })
    const { completed = 0, unfinished = 0 } = outcomeCounts(observed.requests)
    return { lost: observed.requests.length - completed - unfinished, observed }
  }

  it('loses requests where processes end at once, and none where they wait for the rules and drain', () => {
    const abrupt = lostWith({ onTerm: 'exit' })
    const { refused = 0, reset = 0 } = outcomeCounts(abrupt.observed.requests)
    expect(refused).toBeGreaterThan(20)
    expect(reset).toBeGreaterThan(0)
    expect(lostWith({ preStop: '400ms', onTerm: 'drain' }).lost).toBe(0)
  })

  it('replaces every pod, and keeps to its surge', () => {
    const { observed } = lostWith({ onTerm: 'exit' })
    const { pods, changes } = observed.world.cluster
    expect(pods.map(({ name }) => name)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((ordinal) => `web-${ordinal}`))
    const served = observed.totals.pods.map((pod) => pod.served)
    expect(Math.min(...served)).toBeGreaterThan(0)
    for (const { services } of changes) {
      if (services === undefined) continue
      const ready = services[0].ports[0].endpoints.filter((each) => each.ready)
      expect(ready.length).toBeGreaterThanOrEqual(3)
      expect(ready.length).toBeLessThanOrEqual(5)
    }
  })
})

describe('kube-proxy', () => {
  it('writes rules no more often than minSyncPeriod, and what it learnt meanwhile at once', () => {
    const ten = { workloads: [workload('web', { replicas: 10 })], services: [service('web')] }
    const events = Array.from({ length: 9 }, (_, index) => ({
      at: `${1_000 + 100 * index}ms`,
      kind: 'setReady',
      workload: 'web',
      pods: [index],
      ready: false,
    }))
    const group = clientsOf('web:80', { count: 10, arrivals: { rate: '1000/s', process: 'paced' } })
    const controlPlane = { ruleDelay: '0s', minSyncPeriod: '1s' }
    const { connections } = run(ten, { ...SPEC, controlPlane, horizon: '3s', clients: [group], events })
    const podsIn = (fromS: number, toS: number) =>
      new Set(
        connections
          .filter((each) => each.intendedNs > fromS * S && each.intendedNs < toS * S)
          .map(({ pod }) => pod),
      )
    expect(podsIn(0, 0.99).size).toBe(10)
    expect(podsIn(1.01, 1.99).size).toBe(9)
    expect(podsIn(2.01, 2.99)).toEqual(new Set([9]))
  })
})

describe('a node that is lost', () => {
  const objects = {
    workloads: [workload('web', { replicas: 2 })],
    services: [service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' })],
  }
  const spec = {
    ...SPEC,
    cluster: { nodes: nodes('a', 'b') },
    loadBalancers: { web: { healthCheck: { interval: '2s', timeout: '1s', unhealthyThreshold: 3 } } },
    clients: [
      clientsOf('web:80', { location: 'outside', count: 100, timeout: '500ms', arrivals: { rate: '200/s' } }),
    ],
    horizon: '20s',
    events: [{ at: '5s', kind: 'loseNode', node: 'b' }],
  }

  it('still gets connections until the load balancer has asked often enough', () => {
    const { requests } = run(objects, spec)
    const lost = requests.filter((each) => outcomeOf(each) === 'timedOut')
    const lastS = Math.max(...lost.map(({ intendedNs }) => intendedNs)) / S
    // Three questions two seconds apart, the last of which is given one second: after 5 to 7 s.
    expect(lastS).toBeGreaterThan(5 + 4.9)
    expect(lastS).toBeLessThan(5 + 7.1)
    const during = requests.filter(({ intendedNs }) => intendedNs > 5.5 * S && intendedNs < 9.5 * S)
    const share = during.filter((each) => outcomeOf(each) === 'timedOut').length / during.length
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
  })

  it('gets them again some time after it is back', () => {
    const events = [{ at: '5s', kind: 'loseNode', node: 'b', backAfter: '8s' }]
    const { requests, world } = run(objects, { ...spec, horizon: '30s', events })
    const nodeOf = (each: RequestRecord) => world.cluster.pods[each.pod]?.nodeIndex
    const after = requests.filter(({ intendedNs }) => intendedNs > 25 * S && intendedNs < 29 * S)
    const onB = after.filter((each) => nodeOf(each) === 1 && outcomeOf(each) === 'completed').length
    expect(onB / after.length).toBeGreaterThan(0.4)
  })
})

describe('clients of a headless Service', () => {
  const objects = {
    workloads: [workload('web', { replicas: 2 })],
    services: [service('web', { clusterIp: 'None' })],
  }
  const group = (pool: object) =>
    clientsOf('web:80', {
      count: 4,
      connection: 'keepAlive',
      pool: { balancing: 'roundRobin', ...pool },
      arrivals: { rate: '100/s', process: 'paced' },
      timeout: '1s',
    })
  const events = [{ at: '2s', kind: 'scale', workload: 'web', replicas: 4 }]
  const spec = {
    ...SPEC,
    pods: { web: { serviceTime: '1ms', startup: { readyAfter: '1s' } } },
    horizon: '12s',
  }
  const lastPods = (clients: object) => {
    const { requests } = run(objects, { ...spec, clients: [clients], events })
    expect(outcomeCounts(requests).completed).toBeGreaterThan(1_000)
    return new Set(requests.filter(({ intendedNs }) => intendedNs > 10 * S).map(({ pod }) => pod))
  }

  it('find new pods when they ask again', () => {
    expect(lastPods(group({ resolver: 'every', refresh: '2s' }))).toEqual(new Set([0, 1, 2, 3]))
    expect(lastPods(group({ resolver: 'once' }))).toEqual(new Set([0, 1]))
  })

  it('find them with every connection where they do not balance', () => {
    const clients = clientsOf('web:80', {
      count: 4,
      arrivals: { rate: '100/s', process: 'paced' },
      timeout: '1s',
    })
    expect(lastPods(clients)).toEqual(new Set([0, 1, 2, 3]))
  })

  it('leave pods that are gone once a connection has failed', () => {
    const down = [{ at: '2s', kind: 'scale', workload: 'web', replicas: 1 }]
    const clients = group({ resolver: 'onFailure', refresh: '1s' })
    const { requests } = run(objects, { ...spec, clients: [clients], events: down })
    const late = requests.filter(({ intendedNs }) => intendedNs > 8 * S && intendedNs < 11 * S)
    expect(new Set(late.map(outcomeOf))).toEqual(new Set(['completed']))
  })
})

import { describe, expect, it } from 'vitest'
import { NS_PER_S } from '../../src/base/nanoseconds.js'
import { Streams } from '../../src/engine/streams.js'
import type { DesignPoint } from '../../src/experiment/plan.js'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import type { Scenario } from '../../src/input/scenario-schema.js'
import { poolPolicyKey } from '../../src/model/pool-policy.js'
import { Outcome, type RequestRecord } from '../../src/model/records.js'
import { simulateInSlices } from '../../src/model/simulation.js'
import { buildWorld, type World } from '../../src/model/world.js'
import { assertDrained, runConserved } from './conservation.js'
import { type Observed, observeCluster } from './observed.js'
import { draftScenario, loadDraft, type ScenarioDraft } from './random-scenario.js'

/** Runs `check` for the scenarios of so many seeds; an error says which seed it was. */
function forSeeds(count: number, check: (seed: number) => void): void {
  for (let seed = 0; seed < count; seed++) {
    try {
      check(seed)
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
}

const loaded = new Map<number, DesignPoint>()

/** The design point of a seed, loaded once for all tests. */
function pointOf(seed: number): DesignPoint {
  const point = loaded.get(seed) ?? loadDraft(draftScenario(seed))
  loaded.set(seed, point)
  return point
}

/** A world in which the demand of the scenario ends, and all that follows from it, long before the horizon. */
function drainingWorld({ cluster, scenario, ...point }: DesignPoint): World {
  const trace = recordWorkload({ cluster, scenario, ...point }, scenario.spec.seed)
  const horizon = (scenario.spec.horizon + 100 * NS_PER_S) as Scenario['spec']['horizon']
  const longer = { ...scenario, spec: { ...scenario.spec, horizon } }
  return buildWorld({ cluster, scenario: longer, seed: scenario.spec.seed, replication: 0, trace })
}

function observePoint({ cluster, scenario }: DesignPoint): Observed {
  return observeCluster(cluster, scenario, { seed: scenario.spec.seed })
}

/** Requests by caller and Service, without the numbers of their calls. */
function byCall({ requests, world }: Observed): Map<string, Omit<RequestRecord, 'call'>[]> {
  const records = new Map<string, Omit<RequestRecord, 'call'>[]>()
  for (const { call, ...record } of requests) {
    const { caller, service, timeoutNs, pool } = world.graph.sites[call]
    const key = [caller, service.name, timeoutNs, poolPolicyKey(pool)].join(' ')
    records.set(key, [...(records.get(key) ?? []), record])
  }
  return records
}

/** Were more requests worked on by some pod than it has servers? */
function isSharing({ world, totals }: Observed): boolean {
  const { ofPod } = world.graph.behaviours
  return totals.pods.some((pod, index) => ofPod[index].discipline === 'ps' && pod.queueAreaNs > 0)
}

const TIMES = [
  'intendedNs',
  'responseTimeNs',
  'dnsNs',
  'connectNs',
  'rulesNs',
  'networkNs',
  'queueNs',
  'serviceNs',
  'downstreamNs',
  'retryNs',
] as const

describe('random scenarios', () => {
  it('lose no request, and leave nothing open that nobody uses', () => {
    const outcomes = new Set<number>()
    const met = { throttled: 0, sharing: 0, asking: 0 }
    forSeeds(200, (seed) => {
      const observed = runConserved(drainingWorld(pointOf(seed)))
      assertDrained(observed)
      for (const { outcome } of observed.requests) outcomes.add(outcome)
      if (observed.totals.pods.some((pod) => pod.throttledNs > 0)) met.throttled++
      if (isSharing(observed)) met.sharing++
      if (observed.requests.some((each) => each.dnsQueries > 0)) met.asking++
    })
    const { completed, refused, timedOut, rejected } = Outcome
    expect([...outcomes].sort()).toEqual([completed, refused, timedOut, rejected].sort())
    expect(Math.min(met.throttled, met.sharing, met.asking)).toBeGreaterThan(20)
  })

  it('lose no request when the horizon comes first', () => {
    let unfinished = 0
    forSeeds(40, (seed) => {
      const { cluster, scenario } = pointOf(seed)
      const { requests } = runConserved(buildWorld({ cluster, scenario, seed, replication: 0 }))
      unfinished += requests.filter((record) => record.outcome === Outcome.unfinished).length
    })
    expect(unfinished).toBeGreaterThan(0)
  })

  it('give the same bytes when run twice', () => {
    forSeeds(20, (seed) => {
      const run = () => {
        const { requests, connections, totals } = observePoint(pointOf(seed))
        return JSON.stringify([requests, connections, totals])
      }
      expect(run()).toBe(run())
    })
  })

  it('give the same from a recorded workload as from the draws it was recorded from', () => {
    forSeeds(20, (seed) => {
      const point = pointOf(seed)
      const trace = recordWorkload(point, 7)
      const { cluster, scenario } = point
      const drawn = observeCluster(cluster, scenario, { seed: 7 })
      expect(observeCluster(cluster, scenario, { seed: 7, trace }).requests).toEqual(drawn.requests)
    })
  })

  it('give the same in slices of simulated time as at once', () => {
    forSeeds(15, (seed) => {
      const { cluster, scenario } = pointOf(seed)
      const records: RequestRecord[] = []
      const observer = {
        connectionReached() {},
        requestEnded: (record: Readonly<RequestRecord>) => records.push({ ...record }),
      }
      const settings = { cluster, scenario, seed: scenario.spec.seed, replication: 0 }
      const slices = simulateInSlices(settings, observer, 1)
      let slice = slices.next(0)
      while (slice.done !== true) slice = slices.next(slice.value.nowNs + 7_654_321)
      const { requests, totals } = observePoint(pointOf(seed))
      expect([records, slice.value]).toEqual([requests, totals])
    })
  })

  it('take twice as long in all if every time is twice as long', () => {
    forSeeds(30, (seed) => {
      const once = observePoint(loadDraft(draftScenario(seed, { isConstant: true })))
      const twice = observePoint(loadDraft(draftScenario(seed, { isConstant: true, timeFactor: 2 })))
      const doubled = once.requests.map((record) => {
        const times = TIMES.map((name) => [name, 2 * record[name]])
        return { ...record, ...Object.fromEntries(times) }
      })
      expect(twice.requests).toEqual(doubled)
    })
  })

  it('do not change by a Service, a workload and a client group beside them that do nothing', () => {
    forSeeds(30, (seed) => {
      const draft = free(draftScenario(seed))
      expect(byCall(observePoint(loadDraft(withBystander(draft))))).toEqual(
        byCall(observePoint(loadDraft(draft))),
      )
    })
  })

  it('do not depend on the order of manifests', () => {
    forSeeds(20, (seed) => {
      const draft = draftScenario(seed)
      const documents = [...draft.documents]
      new Streams(seed, 0).get('order').shuffle(documents)
      const { requests, connections } = observePoint(loadDraft({ ...draft, documents }))
      const original = observePoint(pointOf(seed))
      expect([requests, connections]).toEqual([original.requests, original.connections])
    })
  })
})

/** Packets cost nothing: more rules take no more time. */
function free({ documents, spec }: ScenarioDraft): ScenarioDraft {
  return { documents, spec: { ...spec, costs: { preset: 'none' } } }
}

function withBystander({ documents, spec }: ScenarioDraft): ScenarioDraft {
  const labels = { app: 'zz-idle' }
  const idle = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'zz-idle' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'idle', image: 'idle' }] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'zz-idle' },
      spec: { selector: labels, type: 'LoadBalancer', sessionAffinity: 'ClientIP', ports: [{ port: 80 }] },
    },
  ]
  const clients = {
    name: 'zz-nobody',
    to: 'zz-idle:80',
    count: 5,
    arrivals: { rate: '1/h', process: 'paced' },
  }
  return { documents: [...idle, ...documents], spec: { ...spec, clients: [...spec.clients, clients] } }
}

describe('the checks of random scenarios', () => {
  /** A scenario in which connections are made and kept, pods queue and calls follow. */
  const BUSY = 12
  const world = (seed = BUSY) => drainingWorld(pointOf(seed))
  /** One in which requests share servers, and CPU limits let pods stand still. */
  const LIMITED = 8
  /** One in which names are resolved by queries, from new ports every time. */
  const ASKING = 3

  it('find nothing in a world without faults', () => {
    const observed = runConserved(world())
    assertDrained(observed)
    expect(observed.requests.length).toBeGreaterThan(50)
  })

  const faults: { name: string; seed?: number; plant: (world: World) => void; says: string }[] = [
    {
      name: 'connections that are closed and stay open',
      plant: ({ connections }) => {
        connections.close = () => {}
      },
      says: 'connections are left that nobody can use',
    },
    {
      name: 'a node that forgets to forget a connection',
      plant: ({ nodes }) => {
        for (const { connections } of nodes) connections.table.close = () => {}
      },
      says: 'connection tracking is not of the open connections',
    },
    {
      name: 'a request that is never let go',
      plant: ({ requests }) => {
        const close = requests.closeIfDone.bind(requests)
        requests.closeIfDone = (row) => row !== 0 && close(row)
      },
      says: 'rows of requests are left',
    },
    {
      name: 'a look-up of a name that never ends',
      seed: ASKING,
      plant: ({ dns }) => {
        if (dns !== undefined) dns.lookups.close = () => {}
      },
      says: 'look-ups of names are left',
    },
    {
      name: 'a query that nobody lets go of',
      seed: ASKING,
      plant: ({ dns }) => {
        if (dns !== undefined) dns.queries.close = () => {}
      },
      says: 'queries are left',
    },
    {
      name: 'a UDP port that stays open',
      seed: ASKING,
      plant: ({ dns }) => {
        if (dns !== undefined) dns.flows.close = () => {}
      },
      says: 'UDP flows are left',
    },
    {
      name: 'a pod that loses the count of time',
      plant: ({ stations }) => {
        for (const station of stations) {
          const leave = station.leave.bind(station)
          station.leave = (nowNs, sojournNs) => leave(nowNs, sojournNs + 1)
        }
      },
      says: "Little's law does not hold",
    },
    {
      name: 'a pod that forgets a request that it works on',
      seed: LIMITED,
      plant: ({ work }) => {
        for (const each of work) {
          if (each === undefined) continue
          const take = each.takeFinished.bind(each)
          let count = 0
          each.takeFinished = (nowNs) => {
            const done = take(nowNs)
            return done >= 0 && count++ === 0 ? -1 : done
          }
        }
      },
      says: 'rows of requests are left',
    },
    {
      name: 'a pod that stands still for longer than time goes on',
      seed: LIMITED,
      plant: ({ work }) => {
        for (const each of work) {
          if (each !== undefined) each.throttledNs = (nowNs) => 2 * nowNs
        }
      },
      says: 'a pod was busier than it can be',
    },
  ]

  it.each(faults)('find $name', ({ seed, plant, says }) => {
    const broken = world(seed)
    plant(broken)
    expect(() => assertDrained(runConserved(broken))).toThrow(says)
  })

  it('find a record that is lost', () => {
    const lossy = () => {
      let count = 0
      return runConserved(world(), (observer) => ({
        ...observer,
        requestEnded: (record) => {
          if (count++ !== 5) observer.requestEnded(record)
        },
      }))
    }
    expect(lossy).toThrow('issued is not the sum of outcomes')
  })

  it('find a part of a response time that is lost', () => {
    const forgetful = () =>
      runConserved(world(), (observer) => ({
        ...observer,
        requestEnded: (record) => observer.requestEnded({ ...record, connectNs: 0 }),
      }))
    expect(forgetful).toThrow('parts do not add up')
  })
})

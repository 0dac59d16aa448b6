import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import type { DesignPoint } from '../../src/experiment/plan.js'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import { poolPolicyKey } from '../../src/model/pool-policy.js'
import { Outcome, type RequestRecord } from '../../src/model/records.js'
import { simulateInSlices } from '../../src/model/simulation.js'
import { buildWorld } from '../../src/model/world.js'
import { assertDrained, runConserved } from './conservation.js'
import { drainingWorld } from './draining-world.js'
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
    forSeeds(100, (seed) => {
      const observed = runConserved(drainingWorld(pointOf(seed)))
      assertDrained(observed)
      for (const { outcome } of observed.requests) outcomes.add(outcome)
      if (observed.totals.pods.some((pod) => pod.throttledNs > 0)) met.throttled++
      if (isSharing(observed)) met.sharing++
      if (observed.requests.some((each) => each.dnsQueries > 0)) met.asking++
    })
    const { completed, refused, timedOut, rejected } = Outcome
    expect([...outcomes].sort()).toEqual([completed, refused, timedOut, rejected].sort())
    expect(Math.min(met.throttled, met.sharing, met.asking)).toBeGreaterThan(10)
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

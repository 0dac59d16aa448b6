import { describe, expect, it } from 'vitest'
import { NS_PER_S } from '../../../src/base/nanoseconds.js'
import { Streams } from '../../../src/engine/streams.js'
import type { DesignPoint } from '../../../src/experiment/plan.js'
import { recordWorkload } from '../../../src/experiment/record-workload.js'
import { BALANCER_PRESETS, BALANCING_ALGORITHMS } from '../../../src/input/load-balancer-schema.js'
import type { Scenario } from '../../../src/input/scenario-schema.js'
import { Outcome } from '../../../src/model/records.js'
import { buildWorld } from '../../../src/model/world.js'
import { assertDrained, runConserved } from '../conservation.js'
import { observeCluster } from '../observed.js'
import { draftScenario, loadDraft } from '../random-scenario.js'

/** A random scenario in which every load balancer is of some preset, with some settings of its own. */
function pointOf(seed: number): DesignPoint {
  const stream = new Streams(seed, 0).get('load balancers')
  const pick = <T>(...choices: readonly T[]) => choices[stream.below(choices.length)]
  const balancer = () => ({
    preset: pick(...BALANCER_PRESETS),
    ...pick<object>({}, {}, { algorithm: pick(...BALANCING_ALGORITHMS) }),
    ...pick<object>({}, { mode: 'proxy' }, { mode: 'passThrough' }),
    ...pick<object>({}, { targets: pick('nodes', 'pods') }, { delivery: pick('nodePort', 'virtualAddress') }),
    ...pick<object>({}, { crossZone: pick(true, false) }, { balancerNodes: pick('one', 'perZone') }),
    ...pick<object>({}, { preservesSource: pick(true, false) }, { link: pick('none', 'sameZone', 'byZone') }),
    ...pick<object>({}, {}, { announcement: pick('none', 'hashOfNode', 'oneLeader', 'leaderPerService') }),
    ...pick<object>({}, { connection: pick('perRequest', 'keepAlive') }, { idleTimeout: '20ms' }),
    ...pick<object>({}, {}, { connectTimeout: '30ms' }),
    ...pick<object>({}, { tableSize: 251 }),
  })
  const draft = draftScenario(seed)
  const names = Object.keys(draft.spec.loadBalancers as object)
  const loadBalancers = Object.fromEntries(names.map((name) => [name, balancer()]))
  return loadDraft({ ...draft, spec: { ...draft.spec, loadBalancers } })
}

function forSeeds(count: number, check: (seed: number) => void): void {
  for (let seed = 0; seed < count; seed++) {
    try {
      check(seed)
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
}

describe('random load balancers', () => {
  it('lose no request, and leave nothing open that nobody uses', () => {
    let proxied = 0
    const outcomes = new Set<number>()
    forSeeds(80, (seed) => {
      const { cluster, scenario, ...point } = pointOf(seed)
      const trace = recordWorkload({ cluster, scenario, ...point }, scenario.spec.seed)
      const horizon = (scenario.spec.horizon + 400 * NS_PER_S) as Scenario['spec']['horizon']
      const longer = { ...scenario, spec: { ...scenario.spec, horizon } }
      const settings = { cluster, scenario: longer, seed: scenario.spec.seed, replication: 0, trace }
      const observed = runConserved(buildWorld(settings))
      assertDrained(observed)
      const { entries } = observed.world
      for (const { call, outcome } of observed.requests) {
        if (entries[call].loadBalancer?.isProxy !== true) continue
        proxied++
        outcomes.add(outcome)
      }
    })
    expect(proxied).toBeGreaterThan(150)
    const { completed, timedOut, rejected } = Outcome
    expect([...outcomes].sort()).toEqual([completed, timedOut, rejected])
  })

  it('give the same bytes when run twice', () => {
    forSeeds(15, (seed) => {
      const run = () => {
        const { cluster, scenario } = pointOf(seed)
        const { requests, connections, totals } = observeCluster(cluster, scenario, { seed })
        return JSON.stringify([requests, connections, totals])
      }
      expect(run()).toBe(run())
    })
  })
})

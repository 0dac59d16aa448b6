import { describe, expect, it } from 'vitest'
import { NS_PER_S } from '../../src/base/nanoseconds.js'
import type { DesignPoint } from '../../src/experiment/plan.js'
import { recordWorkload } from '../../src/experiment/record-workload.js'
import type { Scenario } from '../../src/input/scenario-schema.js'
import { Outcome } from '../../src/model/records.js'
import { buildWorld, type World } from '../../src/model/world.js'
import { assertDrained, runConserved } from './conservation.js'
import { withEvents } from './random-events.js'
import { draftScenario, loadDraft } from './random-scenario.js'

/** The demand of the scenario ends, and all that follows from it, long before the horizon. */
function drainingWorld({ cluster, scenario, ...point }: DesignPoint): World {
  const trace = recordWorkload({ cluster, scenario, ...point }, scenario.spec.seed)
  const horizon = (scenario.spec.horizon + 100 * NS_PER_S) as Scenario['spec']['horizon']
  const longer = { ...scenario, spec: { ...scenario.spec, horizon } }
  return buildWorld({ cluster, scenario: longer, seed: scenario.spec.seed, replication: 0, trace })
}

/** Runs `check` for the scenarios of seeds; an error says which seed it was. */
function forPoints(first: number, count: number, check: (point: DesignPoint, seed: number) => void): void {
  for (let seed = first; seed < first + count; seed++) {
    try {
      check(loadDraft(withEvents(draftScenario(seed), seed)), seed)
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error })
    }
  }
}

describe('random scenarios in which pods and nodes come and go', () => {
  it('lose no request, and leave nothing open that nobody uses', () => {
    const outcomes = new Map<number, number>()
    forPoints(0, 150, (point) => {
      const observed = runConserved(drainingWorld(point))
      assertDrained(observed)
      for (const { outcome } of observed.requests) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    })
    const { completed, refused, timedOut, reset, rejected } = Outcome
    expect([...outcomes.keys()].sort()).toEqual([completed, refused, timedOut, reset, rejected].sort())
    expect(Math.min(...outcomes.values())).toBeGreaterThan(50)
  })

  it('lose no request when the horizon comes first, and give the same bytes when run twice', () => {
    forPoints(0, 40, ({ cluster, scenario }, seed) => {
      const once = () => runConserved(buildWorld({ cluster, scenario, seed, replication: 0 }))
      const { requests, connections, totals } = once()
      const again = once()
      const text = JSON.stringify([requests, connections, totals])
      expect(JSON.stringify([again.requests, again.connections, again.totals])).toBe(text)
    })
  })
})

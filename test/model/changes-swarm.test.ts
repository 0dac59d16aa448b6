import { describe, expect, it } from 'vitest'
import type { DesignPoint } from '../../src/experiment/plan.js'
import { Outcome } from '../../src/model/records.js'
import { buildWorld } from '../../src/model/world.js'
import { assertDrained, runConserved } from './conservation.js'
import { drainingWorld } from './draining-world.js'
import { withEvents } from './random-events.js'
import { draftScenario, loadDraft } from './random-scenario.js'

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

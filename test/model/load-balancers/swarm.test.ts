import { describe, expect, it } from 'vitest'
import { Streams } from '../../../src/engine/streams.js'
import type { DesignPoint } from '../../../src/experiment/plan.js'
import { Outcome } from '../../../src/model/records.js'
import { assertDrained, runConserved } from '../conservation.js'
import { drainingWorld } from '../draining-world.js'
import { observeCluster } from '../observed.js'
import { draftScenario, loadDraft } from '../random-scenario.js'
import { drawBalancer } from './random-balancer.js'

/** A random scenario in which every load balancer is of some preset. */
function pointOf(seed: number): DesignPoint {
  const stream = new Streams(seed, 0).get('load balancers')
  const draft = draftScenario(seed)
  const names = Object.keys(draft.spec.loadBalancers as object)
  const loadBalancers = Object.fromEntries(names.map((name) => [name, drawBalancer(stream)]))
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
      const observed = runConserved(drainingWorld(pointOf(seed)))
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

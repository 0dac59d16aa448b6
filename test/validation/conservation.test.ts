/**
 * Two thousand random scenarios, small but together with every way in which a request can end: none is lost, and nothing
 * is left behind. The ways are counted, so that the scenarios can not come to miss one unnoticed.
 */
import { describe, expect, it } from 'vitest'
import { buildWorld, type World } from '../../src/model/world.js'
import { assertDrained, runConserved } from '../model/conservation.js'
import { drainingWorld } from '../model/draining-world.js'
import { PATHS, watchPaths } from '../model/paths-reached.js'
import { loadDraft } from '../model/random-scenario.js'
import { draftVariant } from '../model/random-variant.js'

const SCENARIOS = 2_000
/** Scenarios that must reach each way. */
const LEAST = 10
/** Every so many is cut off at its horizon as well, before it has drained. */
const CUT_OFF_EVERY = 10

/** Runs the scenario of a seed until all is over. Returns the ways that it took. */
function pathsOf(seed: number): ReadonlySet<string> {
  const point = loadDraft(draftVariant(seed))
  const drained = run(drainingWorld(point))
  assertDrained(drained.observed)
  if (seed % CUT_OFF_EVERY !== 0) return drained.paths
  const { cluster, scenario } = point
  const cutOff = run(buildWorld({ cluster, scenario, seed, replication: 0 }))
  return new Set([...drained.paths, ...cutOff.paths])
}

function run(world: World) {
  const pathsOf = watchPaths(world)
  const observed = runConserved(world)
  return { observed, paths: pathsOf(observed) }
}

describe('two thousand random scenarios', () => {
  const reached = new Map(PATHS.map((path) => [path, 0]))

  it('lose no request, and leave nothing open that nobody uses', () => {
    for (let seed = 0; seed < SCENARIOS; seed++) {
      try {
        for (const path of pathsOf(seed)) reached.set(path, (reached.get(path) ?? 0) + 1)
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error })
      }
    }
  }, 300_000)

  it.each(PATHS)(`reach, ${LEAST} of them at least, "%s"`, (path) => {
    expect(reached.get(path)).toBeGreaterThanOrEqual(LEAST)
  })

  it('take no way that is not known', () => {
    expect([...reached.keys()]).toEqual(PATHS)
  })
})

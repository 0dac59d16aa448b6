/**
 * Joins the results of parts of one experiment: shards of a sweep, run apart. The points follow one another in the
 * order given, so results are merged in the order of the plan, whoever was ready first.
 */
import { canonicalJson } from '../base/canonical-json.js'
import { InputError } from '../base/diagnostics.js'
import { settledResults } from './results-json.js'
import type { Results } from './results-schema.js'

/** What must be equal for points to stand side by side in one table. */
const SAME: readonly [string, (results: Results) => unknown][] = [
  ['tool', (results) => results.tool],
  ['scenario', (results) => results.scenario],
  ['seed', (results) => results.seed],
  ['replications', (results) => results.replications],
  ['warm-up', (results) => results.warmUpNs],
  ['horizon', (results) => results.horizonNs],
  ['sweep', (results) => results.sweep ?? null],
  ['answer', (results) => results.solve ?? null],
]

/**
 * Joins results of the same scenario.
 *
 * @param given - at least one; their points are disjoint
 * @returns the points in the order given; assumptions and warnings each once, in order of first appearance; commands
 *   joined by ` && `, which repeats all parts
 * @throws InputError RESULTS_MISMATCH if they differ in anything but their points, or share a point
 */
export function mergeResults(given: readonly Results[]): Results {
  const parts = given.map(settledResults)
  const [first, ...others] = parts
  if (first === undefined) throw mismatch('there are no results to merge')
  for (const other of others) {
    const different = SAME.find(([, of]) => canonicalJson(of(other)) !== canonicalJson(of(first)))
    if (different !== undefined)
      throw mismatch(`results that differ in their ${different[0]} can not be merged`)
  }
  const points = parts.flatMap((each) => each.points)
  checkDisjoint(points)
  return {
    ...first,
    command: distinct(parts.map((each) => each.command)).join(' && '),
    assumptions: distinct(parts.flatMap((each) => each.assumptions)),
    warnings: distinct(parts.flatMap((each) => each.warnings)),
    points,
  }
}

function checkDisjoint(points: Results['points']): void {
  const seen = new Set<string>()
  for (const point of points) {
    const key = canonicalJson(point.settings)
    if (seen.has(key)) throw mismatch(`two results hold the same point: ${settingsText(point.settings)}`)
    seen.add(key)
  }
}

function settingsText(settings: Results['points'][number]['settings']): string {
  const text = settings.map(({ axis, value }) => `${axis} = ${value}`).join(', ')
  return text === '' ? 'the only one of a scenario without a sweep' : text
}

function distinct<T>(values: readonly T[]): T[] {
  const byText = new Map<string, T>()
  for (const value of values) {
    const text = canonicalJson(value)
    if (!byText.has(text)) byText.set(text, value)
  }
  return [...byText.values()]
}

function mismatch(message: string): InputError {
  return new InputError([{ severity: 'error', code: 'RESULTS_MISMATCH', message }])
}

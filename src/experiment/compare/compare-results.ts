/**
 * Saved results against the first of them, point by point: a point is compared with those of the same setting. All tests of
 * all points are taken together.
 */
import { canonicalJson } from '../../base/canonical-json.js'
import type { Comparison } from '../../results/comparison-schema.js'
import type { PointResult, Results } from '../../results/results-schema.js'
import { type ComparedGroup, compareGroups } from './compare-alternatives.js'

/** Results and the name by which they are known, e.g. of their file. */
export interface NamedResults {
  readonly name: string
  readonly results: Results
}

/**
 * Compares.
 *
 * @param given - two or more, of different names; the first is the baseline
 * @param command - repeats the comparison
 * @returns undefined if no setting is in all of them, so that there is nothing to compare
 */
export function compareResults(given: readonly NamedResults[], command: string): Comparison | undefined {
  const [baseline] = given
  const groups: ComparedGroup[] = []
  const unmatched = new Set<string>()
  for (const { settings } of given.flatMap(({ results }) => results.points)) {
    if (!isInAll(given, settings)) unmatched.add(whereText(settings))
  }
  for (const { settings } of baseline.results.points) {
    const alternatives = given.flatMap(({ name, results }) => {
      const point = pointAt(results, settings)
      return point === undefined ? [] : [{ name, results, point }]
    })
    if (alternatives.length === given.length) groups.push({ where: whereText(settings), alternatives })
  }
  return groups.length === 0 ? undefined : compareGroups(groups, [...unmatched], command)
}

function isInAll(given: readonly NamedResults[], settings: PointResult['settings']): boolean {
  return given.every(({ results }) => pointAt(results, settings) !== undefined)
}

/** The point with the same values of the same axes, in whatever order. */
function pointAt({ points }: Results, settings: PointResult['settings']): PointResult | undefined {
  const key = settingsKey(settings)
  return points.find((point) => settingsKey(point.settings) === key)
}

function settingsKey(settings: PointResult['settings']): string {
  return settings
    .map((setting) => canonicalJson(setting))
    .sort()
    .join('\n')
}

/** `web.replicas 2, way in NodePort`; empty for the only point of a scenario without a sweep. */
function whereText(settings: PointResult['settings']): string {
  return settings.map(({ axis, value }) => `${axis} ${value}`).join(', ')
}

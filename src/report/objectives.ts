/** Objectives of a sweep: the limits that its thresholds set to a metric of calls, and up to where they are kept. */

import type { Metric } from '../results/metric-catalogue.js'
import type { Results, ThresholdResult } from '../results/results-schema.js'
import { figureText } from './figures.js'
import { isRate, type SweepAxis, settingPhrase } from './sweep-axes.js'
import type { SweepLines, SweepSeries, SweepStep } from './sweep-series.js'
import { isUnstable } from './unstable.js'

/** Lines that a sentence names. */
const MAX_NAMED = 4

/** A limit to a figure. */
export interface Objective {
  readonly operator: ThresholdResult['operator']
  /** In the unit of the metric. */
  readonly limit: number
}

/** The objectives of calls of these lines for a metric, each once, in the order of the thresholds. */
export function objectivesOf(
  { points }: Results,
  { series }: SweepLines,
  metric: Metric,
): readonly Objective[] {
  const calls = series.flatMap(({ steps }) => steps.map(({ call }) => call))
  const names = new Set(
    calls.flatMap(({ caller, service, port }) => [
      `client.${caller}.${metric.path}`,
      `service.${service}.${metric.path}`,
      `service.${service}.${port}.${metric.path}`,
    ]),
  )
  const found = new Map<string, Objective>()
  for (const { metric: name, operator, limit } of points.flatMap(({ thresholds }) => thresholds ?? [])) {
    if (names.has(name)) found.set(`${operator} ${limit}`, { operator, limit })
  }
  return [...found.values()]
}

/** `objective: p99 < 250 ms`. */
export function objectiveLabel({ operator, limit }: Objective, { label, unit }: Metric): string {
  return `objective: ${label} ${operator} ${figureText(unit, limit)}`
}

/**
 * Up to where each line keeps the objective, or has a steady state where there is none: without a full stop.
 *
 * @returns undefined where there is no objective and every point has a steady state
 */
export function capacityFinding(
  { axis, series }: SweepLines,
  metric: Metric,
  objective: Objective | undefined,
): string | undefined {
  const steps = series.flatMap((each) => each.steps)
  if (axis.numbers === undefined) return undefined
  if (objective === undefined && !steps.some(({ call }) => isUnstable(call))) return undefined
  const isKept = (step: SweepStep) =>
    !isUnstable(step.call) && (objective === undefined || keeps(metric.of(step.call).value, objective))
  const phrases = series.map((each) => reachPhrase(each, axis, isKept))
  const what =
    objective === undefined
      ? 'Steady state'
      : `${metric.label} ${objective.operator} ${figureText(metric.unit, objective.limit)}`
  const more = phrases.length - MAX_NAMED
  const named = phrases.slice(0, MAX_NAMED).join(', ')
  return `${what} up to ${named}${more > 0 ? `, and so on for ${more} more` : ''}`
}

function keeps(value: number | null, { operator, limit }: Objective): boolean {
  if (value === null) return false
  switch (operator) {
    case '<':
      return value < limit
    case '<=':
      return value <= limit
    case '>':
      return value > limit
    case '>=':
      return value >= limit
  }
}

/** `300/s (replicas 3)`: the last step before the first that does not keep it. */
function reachPhrase(
  { label, steps }: SweepSeries,
  axis: SweepAxis,
  isKept: (step: SweepStep) => boolean,
): string {
  const first = steps.findIndex((step) => !isKept(step))
  const last = first < 0 ? steps.at(-1) : steps[first - 1]
  const of = label === '' ? '' : ` (${label})`
  if (last === undefined) return `none tried${of}`
  const value = isRate(last.value) ? last.value : settingPhrase(axis, last.value)
  return `${first < 0 ? 'at least ' : ''}${value}${of}`
}

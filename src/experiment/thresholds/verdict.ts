/**
 * Whether a threshold is kept, by the 95 % interval of its figure: passed where the whole interval keeps it, failed where none of
 * it does, else undecided. One replication has no interval and decides nothing.
 */
import type { Estimate, PointResult, ThresholdResult } from '../../results/results-schema.js'
import type { Threshold, ThresholdOperator } from './figure.js'
import { figureIn, figureOver } from './figure-value.js'

export type Verdict = ThresholdResult['verdict']

/** What an estimate says about a limit. */
export function verdictOf(
  { value, halfWidth95 }: Estimate,
  operator: ThresholdOperator,
  limit: number,
): Verdict {
  if (value === null || halfWidth95 === null) return 'undecided'
  const [low, high] = [value - halfWidth95, value + halfWidth95]
  switch (operator) {
    case '<':
      return high < limit ? 'passed' : low >= limit ? 'failed' : 'undecided'
    case '<=':
      return high <= limit ? 'passed' : low > limit ? 'failed' : 'undecided'
    case '>':
      return low > limit ? 'passed' : high <= limit ? 'failed' : 'undecided'
    case '>=':
      return low >= limit ? 'passed' : high < limit ? 'failed' : 'undecided'
  }
}

/**
 * Judges thresholds at one point.
 *
 * @param replications - the results of the point, replication by replication
 * @returns in the order of the thresholds; those of what the point does not have are left out
 */
export function judgeReplications(
  thresholds: readonly Threshold[],
  replications: readonly PointResult[],
): ThresholdResult[] {
  return thresholds.flatMap((threshold) => {
    const estimate = figureOver(threshold.figure, replications)
    return estimate === undefined ? [] : [judged(threshold, estimate, replications.length)]
  })
}

/** The same from saved results, which hold intervals for single calls, pods and nodes. */
export function judgeSaved(
  thresholds: readonly Threshold[],
  point: PointResult,
  replications: number,
): ThresholdResult[] {
  return thresholds.flatMap((threshold) => {
    const estimate = figureIn(threshold.figure, point)
    if (estimate === undefined) return []
    const result = judged(threshold, estimate, replications)
    if (replications === 1 || estimate.value === null || estimate.halfWidth95 !== null) return [result]
    return [{ ...result, note: 'saved results have no interval of this figure: judge it when you run' }]
  })
}

function judged(threshold: Threshold, estimate: Estimate, replications: number): ThresholdResult {
  const { figure, operator, limit, text } = threshold
  const verdict = verdictOf(estimate, operator, limit)
  const note = verdict === 'undecided' ? undecidedNote(estimate, replications) : undefined
  return {
    threshold: text,
    metric: figure.name,
    unit: figure.unit,
    operator,
    limit,
    ...estimate,
    verdict,
    ...(note === undefined ? {} : { note }),
  }
}

function undecidedNote({ value, halfWidth95 }: Estimate, replications: number): string {
  if (value === null) return 'nothing was observed'
  if (replications === 1) return 'one replication has no interval: run with --replications 5 or more'
  if (halfWidth95 === null) return 'only one replication has the figure: run more of them'
  return 'the interval holds the limit: run more replications, or --on-undecided extend'
}

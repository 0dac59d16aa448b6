/**
 * Runs replications of one design point until what is asked of it is settled: every threshold is decided, and the figure that is
 * watched is known precisely enough. Replications are numbered on, so that the first n are those of a run of n.
 */
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import type { PointResult, PrecisionResult } from '../../results/results-schema.js'
import type { DesignPoint, ExperimentPlan } from '../plan.js'
import type { ReplicationRange } from '../run-experiment.js'
import type { Figure, Threshold } from '../thresholds/figure.js'
import { figureOver } from '../thresholds/figure-value.js'
import { judgedPoint, singleResults } from '../thresholds/judged-point.js'
import { judgeReplications } from '../thresholds/verdict.js'
import { LEAST_REPLICATIONS, nextCount, relativeHalfWidth } from './relative-precision.js'

/** What replications go on for. */
export interface Goals {
  readonly thresholds: readonly Threshold[]
  /** More replications where a threshold is undecided. */
  readonly isExtending: boolean
  /** One threshold that failed settles the point, whatever the others say. */
  readonly isOneFailureEnough?: boolean
  readonly precision: Precision | undefined
  /** No point gets more, unless it is told to begin with more. */
  readonly maxReplications: number
}

export interface Precision {
  readonly figure: Figure
  /** Half of the 95 % interval over the value, at most. */
  readonly ratio: number
}

/** The fewest from which verdicts are drawn where more may follow: with fewer an interval is mostly too wide to decide. */
export const LEAST_TO_JUDGE = 5

export interface SettledPoint {
  readonly result: PointResult
  readonly replications: number
}

/**
 * Runs a point.
 *
 * @param least - replications at least
 * @param run - runs a range of replications; it is told how precise the figure is that is watched, as soon as that is known
 */
export async function settlePoint(
  plan: ExperimentPlan,
  point: DesignPoint,
  goals: Goals,
  least: number,
  run: (range: ReplicationRange, reached: string | undefined) => Promise<ReplicationMeasures[]>,
): Promise<SettledPoint> {
  const measures: ReplicationMeasures[] = []
  const singles: PointResult[] = []
  for (let to: number | undefined = firstCount(goals, least); to !== undefined; ) {
    const more = await run({ from: measures.length, to }, reachedText(goals, singles))
    measures.push(...more)
    singles.push(...singleResults(point, more))
    to = continuation(goals, singles)
  }
  const result = judgedPoint({ ...plan, thresholds: goals.thresholds }, point, measures)
  const precision = goals.precision && precisionResult(goals.precision, singles)
  return {
    result: precision === undefined ? result : { ...result, precision },
    replications: measures.length,
  }
}

function firstCount({ precision, isExtending, thresholds, maxReplications }: Goals, least: number): number {
  const wanted =
    precision !== undefined ? LEAST_REPLICATIONS : isExtending && thresholds.length > 0 ? LEAST_TO_JUDGE : 1
  return Math.max(least, Math.min(wanted, maxReplications))
}

/** How many replications there should be in all; undefined: these are enough, or all that there may be. */
function continuation(goals: Goals, singles: readonly PointResult[]): number | undefined {
  const count = singles.length
  const wanted = [precisionCount(goals, singles), decisionCount(goals, singles)]
  const most = wanted.reduce<number>((max, each) => Math.max(max, each ?? 0), 0)
  const next = Math.min(most, goals.maxReplications)
  return next > count ? next : undefined
}

function precisionCount({ precision }: Goals, singles: readonly PointResult[]): number | undefined {
  const estimate = precision && figureOver(precision.figure, singles)
  return estimate && nextCount(estimate, singles.length, precision.ratio)
}

/** Twice as many where a threshold is undecided: few looks, as each is another chance to be wrong. */
function decisionCount(goals: Goals, singles: readonly PointResult[]): number | undefined {
  if (!goals.isExtending) return undefined
  const verdicts = judgeReplications(goals.thresholds, singles).map(({ verdict }) => verdict)
  if (goals.isOneFailureEnough === true && verdicts.includes('failed')) return undefined
  return verdicts.includes('undecided') ? 2 * singles.length : undefined
}

/** `half-width 3.4 % of 2 %`: how far the watched figure has come. */
function reachedText({ precision }: Goals, singles: readonly PointResult[]): string | undefined {
  const estimate = precision && figureOver(precision.figure, singles)
  const reached = estimate && relativeHalfWidth(estimate)
  if (precision === undefined || reached === undefined) return undefined
  return `half-width ${percent(reached)} % of ${percent(precision.ratio)} %`
}

function percent(ratio: number): string {
  return String(Math.round(ratio * 10_000) / 100)
}

function precisionResult(
  { figure, ratio }: Precision,
  singles: readonly PointResult[],
): PrecisionResult | undefined {
  const estimate = figureOver(figure, singles)
  if (estimate === undefined) return undefined
  const isReached = nextCount(estimate, singles.length, ratio) === undefined
  return { metric: figure.name, unit: figure.unit, ...estimate, asked: ratio, isReached }
}

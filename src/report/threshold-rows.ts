/** Thresholds, precision and the answer of a search as sentences and rows; text and Markdown only lay them out. */
import { formatPercent } from '../base/units.js'
import type { PointResult, Results, ThresholdResult } from '../results/results-schema.js'
import { counted, estimateText } from './figures.js'

/** Columns of the table of thresholds, after those of the factors. */
export const THRESHOLD_COLUMNS = ['threshold', 'value', 'replications', 'verdict'] as const

/** One threshold at one point. */
export interface ThresholdRow {
  /** The value of each factor. */
  readonly settings: readonly string[]
  readonly result: ThresholdResult
  /** As `THRESHOLD_COLUMNS`. */
  readonly cells: readonly string[]
}

/** Every threshold of every point, in their order; empty where there is none. */
export function thresholdRows(results: Results): readonly ThresholdRow[] {
  return results.points.flatMap((point) =>
    (point.thresholds ?? []).map((result) => ({
      settings: point.settings.map(({ value }) => value),
      result,
      cells: [
        result.threshold,
        estimateText(result.unit, result),
        String(point.replications ?? results.replications),
        result.verdict,
      ],
    })),
  )
}

/** Why thresholds are undecided, each reason once. */
export function thresholdNotes(results: Results): readonly string[] {
  const notes = thresholdRows(results).flatMap(({ result }) => result.note ?? [])
  return [...new Set(notes)].map((note) => `Undecided: ${note}.`)
}

/** How precisely the figure that was watched is known, at each point; empty where none was watched. */
export function precisionSentences(results: Results): readonly string[] {
  return results.points.flatMap((point) => {
    const { precision } = point
    if (precision === undefined) return []
    const replications = counted(point.replications ?? results.replications, 'replication')
    const figure = `${settingsText(point)}${precision.metric} is ${estimateText(precision.unit, precision)}`
    const { value, halfWidth95, asked, isReached } = precision
    const known =
      value === null || halfWidth95 === null || value === 0
        ? 'which has no relative precision'
        : `known to ${formatPercent(halfWidth95 / Math.abs(value))}`
    const end = isReached
      ? `${formatPercent(asked)} was asked`
      : `the ${formatPercent(asked)} that was asked was NOT reached; --max-replications allows more`
    return [`${figure}, ${known} after ${replications}: ${end}.`]
  })
}

function settingsText({ settings }: PointResult): string {
  return settings.length === 0 ? '' : `${settings.map(({ axis, value }) => `${axis} ${value}`).join(', ')}: `
}

/** The answer of a search, its remarks and the order in which values were tried; empty where nothing was sought. */
export function solveSentences({ solve }: Results): readonly string[] {
  if (solve === undefined) return []
  const { path, goal, range, step, until, answer, remark, tried } = solve
  const extreme = goal === 'minimise' ? 'smallest' : 'largest'
  const among = `${range} in steps of ${step}`
  const thresholds = until.join(' and ')
  const sentence =
    answer === null
      ? `No value of ${path} that was tried in ${among} keeps ${thresholds}.`
      : `${path} = ${answer} is the ${extreme} value of ${among} that keeps ${thresholds}, at 95 % confidence.`
  const order = tried.map(({ value, verdict }) => `${value} ${verdict}`).join(', ')
  return [sentence, ...(remark === undefined ? [] : [remark]), `Tried in this order: ${order}.`]
}

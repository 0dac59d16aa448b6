/**
 * What a sweep has found, in a sentence: how a metric changes along the main factor, or where it is lowest and
 * highest. Differences within the intervals (or below 2 %) are not called differences.
 */
import { type Metric, metricAt } from '../results/metric-catalogue.js'
import type { Estimate, Results } from '../results/results-schema.js'
import { figureText } from './figures.js'
import { type SweepAxis, settingPhrase } from './sweep-axes.js'
import { type SweepLines, type SweepSeries, sweepLines } from './sweep-series.js'

/** Differences below this share of the larger figure are not worth a sentence. */
const NEGLIGIBLE = 0.02

/** Labels named in one place; more are counted. */
const MAX_LABELS = 3

/** A figure and what it belongs to. */
interface Reading {
  readonly label: string
  readonly estimate: Estimate & { readonly value: number }
}

/** The sentences that open the report of a sweep: latency, then stickiness. Empty if nothing varies. */
export function sweepFindings(results: Results): readonly string[] {
  const lines = sweepLines(results)
  if (lines === undefined) return []
  const hasReturns = lines.series.some(({ steps }) =>
    steps.some(({ call }) => call.stickiness.returnRatio.value !== null),
  )
  const metrics = ['responseTime.p99', ...(hasReturns ? ['stickiness.returnRatio'] : [])].map((path) =>
    metricAt(path),
  )
  return metrics.map((metric) => `${metricFinding(lines, metric)}.`)
}

/** How one metric behaves over these lines, without a full stop: the title of a chart. */
export function metricFinding({ axis, series }: SweepLines, metric: Metric): string {
  if (axis.numbers === undefined)
    return extremesFinding(
      metric,
      series.flatMap((each) => readings(each, metric, (value) => joined(value, each.label))),
      '',
    )
  const [only] = series
  if (series.length === 1)
    return trendFinding(
      metric,
      axis,
      readings(only, metric, (value) => value),
    )
  const last = axis.values[axis.numbers.indexOf(axis.numbers.reduce((left, right) => Math.max(left, right)))]
  const atLast = series.flatMap((each) => readings(each, metric, () => each.label, last))
  return extremesFinding(metric, atLast, ` at ${settingPhrase(axis, last)}`)
}

function trendFinding(metric: Metric, axis: SweepAxis, along: readonly Reading[]): string {
  const first = along[0]
  const last = along.at(-1)
  const name = sentenceName(metric)
  if (first === undefined || last === undefined) return `${name} was not observed`
  const at = (reading: Reading) => `${text(metric, reading)} at ${settingPhrase(axis, reading.label)}`
  const least = along.reduce((left, right) => (right.estimate.value < left.estimate.value ? right : left))
  const most = along.reduce((left, right) => (right.estimate.value > left.estimate.value ? right : left))
  if (isBelow(least, first) && isBelow(least, last))
    return `${name} is lowest, ${at(least)}; it is ${at(first)} and ${at(last)}`
  if (isBelow(first, most) && isBelow(last, most))
    return `${name} is highest, ${at(most)}; it is ${at(first)} and ${at(last)}`
  if (isBelow(last, first)) return `${name} falls from ${at(first)} to ${at(last)}`
  if (isBelow(first, last)) return `${name} rises from ${at(first)} to ${at(last)}`
  return `${name} stays at about ${at(first)} and ${at(last)}`
}

function extremesFinding(metric: Metric, among: readonly Reading[], where: string): string {
  const name = sentenceName(metric)
  if (among.length === 0) return `${name}${where} was not observed`
  const least = among.reduce((left, right) => (right.estimate.value < left.estimate.value ? right : left))
  const most = among.reduce((left, right) => (right.estimate.value > left.estimate.value ? right : left))
  if (!isBelow(least, most)) return `${name}${where} is about ${text(metric, least)} in every case`
  const range = [least, most].map((each) => `${text(metric, each)} (${labelsLike(metric, each, among)})`)
  return `${name}${where} ranges from ${range.join(' to ')}`
}

/** The readings of one line; those at one value only if it is given. */
function readings(
  series: SweepSeries,
  metric: Metric,
  label: (value: string) => string,
  only?: string,
): readonly Reading[] {
  return series.steps.flatMap(({ value, call }) => {
    const { value: figure, halfWidth95 } = metric.of(call)
    if (figure === null || (only !== undefined && value !== only)) return []
    return [{ label: label(value), estimate: { value: figure, halfWidth95 } }]
  })
}

/** The labels of all readings that are written like this one. */
function labelsLike(metric: Metric, reading: Reading, among: readonly Reading[]): string {
  const labels = among
    .filter((each) => text(metric, each) === text(metric, reading))
    .map((each) => each.label)
  const rest = labels.length - MAX_LABELS
  return [...labels.slice(0, MAX_LABELS), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
}

/** Whether the left reading is lower by more than both intervals and by more than 2 %. */
function isBelow(left: Reading, right: Reading): boolean {
  const gap = right.estimate.value - left.estimate.value
  const noise = (left.estimate.halfWidth95 ?? 0) + (right.estimate.halfWidth95 ?? 0)
  return gap > noise && gap > NEGLIGIBLE * Math.abs(right.estimate.value)
}

function text(metric: Metric, { estimate }: Reading): string {
  return figureText(metric.unit, estimate.value)
}

/** `p99`, `Return ratio`: the label, fit to open a sentence. */
function sentenceName({ label }: Metric): string {
  return /^p\d/.test(label) ? label : label.charAt(0).toUpperCase() + label.slice(1)
}

function joined(value: string, label: string): string {
  return label === '' ? value : `${value}, ${label}`
}

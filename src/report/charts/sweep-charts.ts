/** The charts of a sweep: response times and stickiness along its main factor. */

import { type Metric, metricAt } from '../../results/metric-catalogue.js'
import type { CallResult, Estimate, Results } from '../../results/results-schema.js'
import { figureColumn } from '../figure-column.js'
import { estimateText, figureText } from '../figures.js'
import { capacityFinding, type Objective, objectiveLabel, objectivesOf } from '../objectives.js'
import { isRate, numericPair, type SweepAxis } from '../sweep-axes.js'
import { metricFinding } from '../sweep-findings.js'
import {
  type Pairing,
  pairedUp,
  type SweepLines,
  type SweepSeries,
  sharedOut,
  sweepLines,
} from '../sweep-series.js'
import { isUnstable, UNSTABLE_MARK } from '../unstable.js'
import { againstLoad } from './against-load.js'
import type { Chart, LinePicture, LineSeries } from './chart.js'
import { endLabels } from './end-labels.js'

/** Charts of one kind that are drawn; the tables hold the rest. */
const MAX_CHARTS = 12

/** Beyond this many lines the companions (p50) are in the table only. */
const MAX_WITH_COMPANIONS = 4

/** What one kind of chart shows. */
interface Subject {
  readonly name: string
  readonly metric: Metric
  readonly companion: Metric | undefined
  readonly isWhole: boolean
  /** Drawn with bands, on a scale of equal factors where figures spread: a figure against the load. */
  readonly isAgainstLoad?: boolean
}

const SUBJECTS: readonly Subject[] = [
  {
    name: 'response-time',
    metric: metricAt('responseTime.p99'),
    companion: metricAt('responseTime.p50'),
    isWhole: false,
  },
  {
    name: 'stickiness',
    metric: metricAt('stickiness.returnRatio'),
    companion: undefined,
    isWhole: true,
  },
]

/** The charts of a sweep, in the order in which they are read; none if nothing varies or nothing was observed. */
export function sweepCharts(results: Results): readonly Chart[] {
  const lines = sweepLines(results)
  if (lines === undefined) return []
  const isAgainstLoad = lines.axis.values.every(isRate)
  return chartsAlong(
    results,
    lines,
    SUBJECTS.map((subject) => ({ ...subject, isAgainstLoad: isAgainstLoad && !subject.isWhole })),
  )
}

/**
 * The response time against the numeric factor that is not the main one (a rate, say, where replicas vary too), a line
 * for each value of the main one; none where no two factors are numeric.
 */
export function crossedCharts(results: Results): readonly Chart[] {
  const pair = numericPair(results)
  const lines = pair === undefined ? undefined : sweepLines(results, pair.second)
  if (lines === undefined) return []
  return chartsAlong(results, lines, [{ ...SUBJECTS[0], name: 'response-time-across', isAgainstLoad: true }])
}

function chartsAlong(results: Results, lines: SweepLines, subjects: readonly Subject[]): readonly Chart[] {
  return subjects.flatMap((subject) => {
    const pairing = pairedUp(lines)
    if (pairing !== undefined) return pairedChart(subject, lines, pairing)
    const groups = sharedOut(lines).filter(({ series }) =>
      series.some((each) => hasValues(each, subject.metric)),
    )
    return groups.slice(0, MAX_CHARTS).map(({ common, series }, index) => {
      const name = groups.length === 1 ? subject.name : `${subject.name}-${index + 1}`
      const objectives = objectivesOf(results, lines, subject.metric)
      return sweepChart(name, subject, common, { ...lines, series }, objectives)
    })
  })
}

function sweepChart(
  name: string,
  subject: Subject,
  common: string,
  lines: SweepLines,
  objectives: readonly Objective[],
): Chart {
  const { metric, companion, isAgainstLoad } = subject
  const capacity = isAgainstLoad === true ? capacityFinding(lines, metric, objectives[0]) : undefined
  const finding = capacity ?? metricFinding(lines, metric)
  const isWithCompanion =
    companion !== undefined && isAgainstLoad !== true && lines.series.length <= MAX_WITH_COMPANIONS
  const how = isWithCompanion
    ? `solid: ${metric.label}, dashed: ${companion.label}`
    : metric.definition.replace(/\.$/, '')
  const subtitle = `${how}${intervalsPhrase(lines, metric)}${crossPhrase(lines, metric)}`
  return {
    name,
    title: common === '' ? finding : `${common}: ${finding}`,
    subtitle,
    alt: `Chart of ${metric.label} against ${lines.axis.name}, ${lines.series.length === 1 ? 'one line' : `${lines.series.length} lines`}. ${finding}. The numbers are in the table below it.`,
    table: numbersTable(subject, lines),
    picture: linePicture(subject, isWithCompanion, lines, objectives),
  }
}

/** One chart for pairs of lines; none if nothing was observed. */
function pairedChart(subject: Subject, lines: SweepLines, pairing: Pairing): readonly Chart[] {
  const { metric } = subject
  if (!lines.series.some((each) => hasValues(each, metric))) return []
  const { solid, dashed, factor, solidSeries, dashedSeries } = pairing
  const findings = [
    `${factor} ${solid}: ${metricFinding({ ...lines, series: solidSeries }, metric)}`,
    `${factor} ${dashed}: ${metricFinding({ ...lines, series: dashedSeries }, metric)}`,
  ]
  const picture = linePicture(subject, false, { ...lines, series: solidSeries }, [])
  const { size } = displayUnit(
    metric,
    lines.series.flatMap(({ steps }) => steps.map(({ call }) => metric.of(call))),
  )
  const place = placesOf(lines.axis)
  const linesOf = (series: readonly SweepSeries[], isCompanion: boolean) =>
    series.map((each, styleIndex) => lineOf(each, metric, size, styleIndex, isCompanion, place))
  const series = [...linesOf(solidSeries, false), ...linesOf(dashedSeries, true)]
  const ends = series.flatMap(({ label, isCompanion, points }) => {
    const last = points.at(-1)
    return last === undefined ? [] : [{ kind: isCompanion ? dashed : solid, label, y: last.y }]
  })
  return [
    {
      name: subject.name,
      title: findings[0],
      subtitle: `${metric.label}; solid: ${factor} ${solid}, dashed: ${factor} ${dashed}${intervalsPhrase(lines, metric)}`,
      alt: `Chart of ${metric.label} against ${lines.axis.name}, ${lines.series.length} lines. ${findings.join('. ')}. The numbers are in the table below it.`,
      table: numbersTable({ ...subject, companion: undefined }, lines),
      picture: {
        ...picture,
        y: subject.isWhole ? picture.y : { name: yName(metric, lines), unit: yUnit(metric, lines) },
        series,
        endLabels: subject.isWhole ? endLabels(ends) : [],
      },
    },
  ]
}

/** Says that there are error bars, where there are some. */
function intervalsPhrase({ series }: SweepLines, metric: Metric): string {
  const hasIntervals = series.some(({ steps }) =>
    steps.some(({ call }) => (metric.of(call).halfWidth95 ?? 0) > 0),
  )
  return hasIntervals ? '; with 95 % intervals' : ''
}

/** Says what a cross is, where there is one. */
function crossPhrase({ series }: SweepLines, metric: Metric): string {
  const hasCross =
    metric.unit === 'duration' && series.some(({ steps }) => steps.some(({ call }) => isUnstable(call)))
  return hasCross ? '; ×: no steady state, so it depends on how long the run is' : ''
}

/** `response time, ms`. */
function yName(metric: Metric, { series }: SweepLines): string {
  const estimates = series.flatMap(({ steps }) => steps.map(({ call }) => metric.of(call)))
  const what = metric.unit === 'duration' ? 'response time' : metric.label
  return `${what}, ${displayUnit(metric, estimates).name}`
}

function yUnit(metric: Metric, { series }: SweepLines): string {
  return displayUnit(
    metric,
    series.flatMap(({ steps }) => steps.map(({ call }) => metric.of(call))),
  ).name
}

function linePicture(
  subject: Subject,
  isWithCompanion: boolean,
  lines: SweepLines,
  objectives: readonly Objective[],
): LinePicture {
  const metrics =
    isWithCompanion && subject.companion !== undefined
      ? [subject.metric, subject.companion]
      : [subject.metric]
  const estimates = lines.series.flatMap(({ steps }) => steps.map(({ call }) => subject.metric.of(call)))
  const unit = displayUnit(subject.metric, estimates)
  const place = placesOf(lines.axis)
  const series = lines.series.flatMap((each, styleIndex) =>
    metrics.map((metric, index) => lineOf(each, metric, unit.size, styleIndex, index > 0, place)),
  )
  const picture: LinePicture = {
    kind: 'lines',
    x: {
      name: lines.axis.name,
      isContinuous: lines.axis.numbers !== undefined,
      ticks: lines.axis.values
        .map((label) => ({ at: place(label), label }))
        .sort((left, right) => left.at - right.at),
    },
    y: {
      name: yName(subject.metric, lines),
      unit: unit.name,
      ...(subject.isWhole ? { max: 100 } : {}),
    },
    series,
    ...(objectives.length === 0
      ? {}
      : {
          limits: objectives.map((each) => ({
            at: each.limit / unit.size,
            label: objectiveLabel(each, subject.metric),
          })),
        }),
    endLabels: [],
  }
  return subject.isAgainstLoad === true ? againstLoad(picture, subject.metric.unit, unit.size) : picture
}

function lineOf(
  series: SweepSeries,
  metric: Metric,
  unitSize: number,
  styleIndex: number,
  isCompanion: boolean,
  place: (value: string) => number,
): LineSeries {
  const points = series.steps.flatMap(({ value, call }) => {
    const estimate = metric.of(call)
    if (estimate.value === null) return []
    const half = (estimate.halfWidth95 ?? 0) / unitSize
    return [
      {
        x: place(value),
        y: estimate.value / unitSize,
        half,
        text: figureText(metric.unit, estimate.value),
        ...(metric.unit === 'duration' && isUnstable(call) ? { isUnstable: true } : {}),
      },
    ]
  })
  return {
    label: series.label === '' ? metric.label : series.label,
    styleIndex,
    isCompanion,
    points,
  }
}

/**
 * Where values stand on the axis: at their number, unless one is over 20 times another and would crush it; then, and
 * where they are no numbers, one beside the other.
 */
function placesOf(axis: SweepAxis): (value: string) => number {
  const { numbers } = axis
  const least = numbers?.reduce((left, right) => Math.min(left, right)) ?? 0
  const most = numbers?.reduce((left, right) => Math.max(left, right)) ?? 0
  const isToScale = numbers !== undefined && least >= 0 && (most <= 20 || most <= 20 * least)
  if (isToScale) return (value) => numbers[axis.values.indexOf(value)]
  const order =
    numbers === undefined
      ? axis.values
      : [...axis.values].sort((a, b) => numbers[axis.values.indexOf(a)] - numbers[axis.values.indexOf(b)])
  return (value) => order.indexOf(value)
}

/** The unit of the vertical axis: that of a table column of the same figures. */
function displayUnit(
  metric: Metric,
  estimates: readonly Estimate[],
): { readonly name: string; readonly size: number } {
  const name = figureColumn(metric.unit, estimates).unit
  const sizes: Readonly<Record<string, number>> = {
    '%': 0.01,
    ns: 1,
    µs: 1e3,
    ms: 1e6,
    s: 1e9,
    min: 6e10,
    h: 3.6e12,
  }
  return { name, size: sizes[name] ?? 1 }
}

function numbersTable({ metric, companion }: Subject, { axis, series }: SweepLines): Chart['table'] {
  const metrics = companion === undefined ? [metric] : [companion, metric]
  const isLabelled = series.length > 1
  const headers = [
    axis.name,
    ...series.flatMap(({ label }) =>
      metrics.map((each) => (isLabelled ? `${label}, ${each.label}` : each.label)),
    ),
  ]
  const rows = axis.values.map((value) => [
    value,
    ...series.flatMap(({ steps }) => {
      const call = steps.find((step) => step.value === value)?.call
      return metrics.map(({ unit, of }) =>
        call === undefined ? figureText(unit, null) : markedText(estimateText(unit, of(call)), unit, call),
      )
    }),
  ])
  return { headers, rows }
}

function markedText(text: string, unit: Metric['unit'], call: CallResult): string {
  return unit === 'duration' && isUnstable(call) ? `${text} ${UNSTABLE_MARK}` : text
}

function hasValues({ steps }: SweepSeries, metric: Metric): boolean {
  return steps.some(({ call }) => metric.of(call).value !== null)
}

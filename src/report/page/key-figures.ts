/** The few figures that matter most, each with its interval and what it is of. */
import { formatNumber, formatPercent } from '../../base/units.js'
import { failedCount, type Metric, metricAt } from '../../results/metric-catalogue.js'
import type { CallResult, Estimate, Results } from '../../results/results-schema.js'
import { counted, figureText, halfWidthText, spreadVerdict } from '../figures.js'
import { settingPhrase } from '../sweep-axes.js'
import { type SweepLines, sweepLines } from '../sweep-series.js'
import { html, type Markup } from './html-text.js'
import { figure } from './page-table.js'

/** One figure. */
export interface KeyFigure {
  readonly label: string
  readonly unit: Metric['unit']
  readonly estimate: Estimate
  readonly note: string
}

/** The figures of results; nothing where nothing was called. */
export function keyFigures(results: Results): Markup | undefined {
  return keyList(results.sweep === undefined ? runFigures(results) : sweepFigures(results))
}

/** Figures beside one another; nothing without any. */
export function keyList(figures: readonly KeyFigure[]): Markup | undefined {
  if (figures.length === 0) return undefined
  return html`<dl class="keys">
${figures.map(keyFigure)}</dl>
`
}

function keyFigure({ label, unit, estimate, note }: KeyFigure): Markup {
  const half = halfWidthText(unit, estimate)
  const value = figure(estimate.value, figureText(unit, estimate.value))
  return html`<div class="key"><dt>${label}</dt><dd class="value">${value}${half === undefined ? undefined : html` <span class="half">${half}</span>`}</dd><dd class="note">${note}</dd></div>
`
}

/** Of the first call, which is that of the first client group. */
function runFigures(results: Results): readonly KeyFigure[] {
  const call = results.points[0].calls[0]
  if (call === undefined || call.outcomes.issued === 0) return []
  return [
    {
      label: 'p99 response time',
      unit: 'duration',
      estimate: call.responseTime.p99,
      note: `median ${figureText('duration', call.responseTime.p50.value)}`,
    },
    {
      label: 'completed',
      unit: 'ratio',
      estimate: metricAt('outcomes.completedRatio').of(call),
      note: `of ${counted(call.outcomes.issued, 'request')}; ${failedCount(call) === 0 ? 'none failed' : `${formatPercent(failedCount(call) / call.outcomes.issued, 2)} failed`}`,
    },
    ...spreadFigure(call),
    ...returnFigure(call),
  ]
}

function spreadFigure({ connections }: CallResult): readonly KeyFigure[] {
  if (connections.perPod.length < 2 || connections.maxOverMean.value === null) return []
  const verdict = spreadVerdict(connections.pValue)
  return [
    {
      label: 'busiest pod over mean',
      unit: 'number',
      estimate: connections.maxOverMean,
      note: `${counted(connections.perPod.length, 'pod')}${verdict === undefined ? '' : `, ${verdict}`}; Jain’s index ${figureText('number', connections.jainIndex.value)}`,
    },
  ]
}

function returnFigure({ connections, stickiness }: CallResult): readonly KeyFigure[] {
  if (connections.perPod.length < 2 || stickiness.returnRatio.value === null) return []
  return [
    {
      label: 'return to the same pod',
      unit: 'ratio',
      estimate: stickiness.returnRatio,
      note: `of ${counted(stickiness.returningConnections, 'returning connection')}; by chance ${formatPercent(1 / connections.perPod.length, 2)}`,
    },
  ]
}

/** The best and the worst of a sweep. */
function sweepFigures(results: Results): readonly KeyFigure[] {
  const lines = sweepLines(results)
  if (lines === undefined) return []
  return [
    ...extremes(lines, metricAt('responseTime.p99'), ['lowest p99', 'highest p99']),
    ...extremes(lines, metricAt('stickiness.returnRatio'), ['lowest return ratio', 'highest return ratio']),
  ]
}

function extremes(
  { axis, series }: SweepLines,
  metric: Metric,
  labels: readonly [string, string],
): readonly KeyFigure[] {
  const readings = series.flatMap(({ label, steps }) =>
    steps.flatMap(({ value, call }) => {
      const estimate = metric.of(call)
      const note = [settingPhrase(axis, value), label].filter((text) => text !== '').join(', ')
      return estimate.value === null ? [] : [{ estimate, value: estimate.value, note }]
    }),
  )
  if (readings.length === 0) return []
  const least = readings.reduce((left, right) => (right.value < left.value ? right : left))
  const most = readings.reduce((left, right) => (right.value > left.value ? right : left))
  const noteOf = (reading: (typeof readings)[number]) => {
    const like = readings.filter(({ value }) => value === reading.value).length - 1
    return like === 0 ? reading.note : `${reading.note}, and ${formatNumber(like)} more`
  }
  return [
    { label: labels[0], unit: metric.unit, estimate: least.estimate, note: noteOf(least) },
    { label: labels[1], unit: metric.unit, estimate: most.estimate, note: noteOf(most) },
  ]
}

/** The Service as written beside other settings of it: spread, stickiness, and what each costs in time. */
import type { CapacityAlternative } from '../../results/capacity-schema.js'
import { metricAt } from '../../results/metric-catalogue.js'
import type { PointResult } from '../../results/results-schema.js'
import { estimateText, figureText, NO_VALUE } from '../figures.js'
import {
  type CapacityCellText,
  type CapacityTable,
  estimateCell,
  figureCell,
  wordCell,
} from './capacity-table.js'
import { type CapacityView, clientCall, pointAt, TIME, watchedAt } from './capacity-view.js'
import { listed, rateText, replicasText } from './capacity-words.js'
import { isClear, type TimeDifference, timeDifference } from './time-difference.js'

/** Figures of each, besides the time; with their intervals where these matter. */
const METRICS = [
  { metric: metricAt('connections.maxOverMean'), isWithInterval: true },
  { metric: metricAt('connections.jainIndex'), isWithInterval: false },
  { metric: metricAt('stickiness.returnRatio'), isWithInterval: true },
  { metric: metricAt('rulesPerConnection'), isWithInterval: false },
] as const

/** One alternative at one number of replicas. */
export interface AlternativeStep {
  readonly replicas: number
  readonly point: PointResult
  /** Against the Service as written at as many replicas; undefined for itself, or where that was not simulated. */
  readonly difference: TimeDifference | undefined
  readonly asWritten: PointResult | undefined
}

/** What was simulated of an alternative, by number of replicas. */
export function alternativeSteps(
  view: CapacityView,
  { points, isAsWritten }: CapacityAlternative,
): readonly AlternativeStep[] {
  const written = view.capacity.alternatives.find((each) => each.isAsWritten)?.points ?? []
  return points.flatMap((at) => {
    const { replicas } = at
    const point = pointAt(view, at.point)
    if (point === undefined) return []
    const asWritten = pointAt(view, written.find((each) => each.replicas === replicas)?.point)
    const difference =
      isAsWritten || asWritten === undefined ? undefined : timeDifference(view, asWritten, point, at)
    return [{ replicas, point, difference, asWritten }]
  })
}

/** One row for each alternative at each number of replicas. */
export function alternativeTable(view: CapacityView): CapacityTable {
  const { alternatives, details } = view.capacity
  const rows = alternatives.flatMap((alternative) =>
    alternativeSteps(view, alternative).map((step) => rowOf(view, alternative, step)),
  )
  const isAnyUnpaired = alternatives.some((each) =>
    alternativeSteps(view, each).some(({ difference }) => difference?.isPaired === false),
  )
  return {
    caption: `Settings of the Service at ${rateText(details.ratePerSec)}`,
    columns: [
      { header: 'setting', kind: 'name' },
      ...[
        'replicas',
        'max/mean',
        'Jain’s index',
        'return ratio',
        'rules',
        view.watched.label,
        'difference',
      ].map((header) => ({ header, kind: 'figure' as const })),
    ],
    rows,
    notes: [
      `max/mean and Jain’s index are those of connections per pod, 1 where all get the same; return ratio: returning connections that reach the same pod again; rules: evaluated for a new connection; difference: of ${view.watched.label} to the Service as written${isAnyUnpaired ? '' : ', within each replication'}.`,
    ],
  }
}

function rowOf(
  view: CapacityView,
  { name }: CapacityAlternative,
  { replicas, point, difference }: AlternativeStep,
): readonly CapacityCellText[] {
  const call = clientCall(view, point)
  return [
    wordCell(name),
    figureCell('count', replicas),
    ...METRICS.map(({ metric, isWithInterval }) => {
      const estimate = call === undefined ? undefined : metric.of(call)
      return isWithInterval
        ? estimateCell(metric.unit, estimate)
        : figureCell(metric.unit, estimate?.value ?? null)
    }),
    estimateCell(TIME, watchedAt(view, point)),
    differenceCell(difference),
  ]
}

function differenceCell(difference: TimeDifference | undefined): CapacityCellText {
  const value = difference?.estimate.value ?? null
  if (difference === undefined || value === null) return wordCell(NO_VALUE)
  return { text: differenceText(difference), value }
}

/** `+1.2 ± 0.4 ms`. */
function differenceText({ estimate }: TimeDifference): string {
  return `${(estimate.value ?? 0) > 0 ? '+' : ''}${estimateText(TIME, estimate)}`
}

/** What each alternative changes at the number of replicas of the details, in a sentence each. */
export function alternativeSentences(view: CapacityView): readonly string[] {
  const { alternatives } = view.capacity
  const written = alternatives.find(({ isAsWritten }) => isAsWritten)
  if (written === undefined) return []
  const steps = alternativeSteps(view, written)
  const shown = steps.find(({ replicas }) => replicas === view.capacity.details.replicas) ?? steps.at(-1)
  if (shown === undefined) return []
  const others = alternatives
    .filter(({ isAsWritten }) => !isAsWritten)
    .flatMap((each) => {
      const step = alternativeSteps(view, each).find(({ replicas }) => replicas === shown.replicas)
      return step === undefined ? [] : [changeSentence(view, each.name, step, shown.point)]
    })
  return [writtenSentence(view, shown), ...others]
}

function writtenSentence(view: CapacityView, { replicas, point }: AlternativeStep): string {
  const call = clientCall(view, point)
  const start = `As written, with ${replicasText(replicas)}`
  if (call === undefined) return `${start}, nothing was called.`
  const { connections, stickiness } = call
  const spread =
    connections.maxOverMean.value === null || replicas === 1
      ? []
      : [
          `the busiest pod gets ${figureText('number', connections.maxOverMean.value)} times the mean of connections`,
        ]
  const returned =
    stickiness.returnRatio.value === null || replicas === 1
      ? []
      : [
          `${estimateText('ratio', stickiness.returnRatio)} of returning connections reach the same pod (by chance ${figureText('ratio', 1 / replicas)})`,
        ]
  const time = watchedAt(view, point)
  const latency = time === undefined ? [] : [`${view.watched.label} is ${estimateText(TIME, time)}`]
  return `${start}, ${listed([...spread, ...returned, ...latency])}.`
}

/** `sessionAffinity: ClientIP: p99 +3.1 ± 0.4 ms, return ratio 99.8 %, max/mean 1.6.`. */
function changeSentence(
  view: CapacityView,
  name: string,
  { point, difference, replicas }: AlternativeStep,
  written: PointResult,
): string {
  const call = clientCall(view, point)
  const from = watchedAt(view, written)?.value ?? 0
  const { label } = view.watched
  const cost =
    difference === undefined
      ? `${label} was not observed`
      : isClear(difference, from)
        ? `${label} ${differenceText(difference)}`
        : `no clear difference in ${label}`
  const figures =
    call === undefined || replicas === 1
      ? []
      : [
          `max/mean ${figureText('number', call.connections.maxOverMean.value)}`,
          `return ratio ${figureText('ratio', call.stickiness.returnRatio.value)}`,
        ]
  return `${name}: ${[cost, ...figures].join(', ')}.`
}

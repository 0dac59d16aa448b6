/** The Service as written beside other settings of it: spread, stickiness, and what each costs in time. */
import { formatNumber } from '../../base/units.js'
import type { CapacityAlternative } from '../../results/capacity-schema.js'
import { exactly, metricAt } from '../../results/metric-catalogue.js'
import type { PointResult } from '../../results/results-schema.js'
import { estimateText, figureText, NO_VALUE, timesText } from '../figures.js'
import { type CapacityCellText, type CapacityTable, estimates, figures, words } from './capacity-table.js'
import { type CapacityView, clientCall, pointAt, TIME, watchedAt } from './capacity-view.js'
import { judgedText, listed, rateText, replicasText } from './capacity-words.js'
import { isClear, type TimeDifference, timeDifference } from './time-difference.js'
import { timeScale } from './time-scale.js'

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

/** A table for each number of replicas, a row for each alternative in it: the needed and the greatest number, then the others. */
export function alternativeTables(view: CapacityView): {
  readonly first: readonly CapacityTable[]
  readonly others: readonly CapacityTable[]
} {
  const lines = view.capacity.alternatives.map((alternative) => ({
    name: alternative.name,
    steps: alternativeSteps(view, alternative),
  }))
  const all = [...new Set(lines.flatMap(({ steps }) => steps.map(({ replicas }) => replicas)))].sort(
    (left, right) => left - right,
  )
  const { replicas: needed } = view.capacity.details
  const isFirst = (replicas: number) => replicas === needed || replicas === all.at(-1)
  const tableOf = (replicas: number) => {
    const rows = lines.flatMap(({ name, steps }) => {
      const step = steps.find((each) => each.replicas === replicas)
      return step === undefined ? [] : [{ name, step }]
    })
    return tableAt(view, replicas, rows, replicas === all.at(-1))
  }
  return {
    first: all.filter(isFirst).map(tableOf),
    others: all.filter((replicas) => !isFirst(replicas)).map(tableOf),
  }
}

/** An alternative at the number of replicas of its table. */
interface AlternativeRow {
  readonly name: string
  readonly step: AlternativeStep
}

function tableAt(
  view: CapacityView,
  replicas: number,
  rows: readonly AlternativeRow[],
  isLast: boolean,
): CapacityTable {
  const calls = rows.map(({ step }) => clientCall(view, step.point))
  const { label } = view.watched
  const { unit, size } = timeScale(
    rows.flatMap(({ step }) => watchedAt(view, step.point) ?? []),
    undefined,
  )
  const estimated = (path: string, header: string) =>
    estimates(
      header,
      metricAt(path).unit,
      calls.map((call) => (call === undefined ? undefined : metricAt(path).of(call))),
    )
  const exact = (path: string, header: string) =>
    figures(
      header,
      metricAt(path).unit,
      calls.map((call) => (call === undefined ? undefined : metricAt(path).of(call).value)),
    )
  return {
    caption: `Settings of the Service with ${replicasText(replicas)} at ${rateText(view.capacity.details.ratePerSec)}`,
    columns: [
      words(
        'setting',
        rows.map(({ name }) => name),
      ),
      words(
        'objectives',
        rows.map(({ step }) => verdictWord(step.point)),
        'figure',
      ),
      estimated('connections.maxOverMean', 'max/mean'),
      exact('connections.jainIndex', 'Jain'),
      estimated('stickiness.returnRatio', 'returns'),
      exact('rulesPerConnection', 'rules'),
      estimates(
        label,
        TIME,
        rows.map(({ step }) => watchedAt(view, step.point)),
      ),
      {
        header: `change, ${unit}`,
        kind: 'figure',
        cells: rows.map(({ step }) => differenceCell(step.difference, size)),
      },
    ],
    notes: isLast ? [legend(label)] : [],
  }
}

function legend(label: string): string {
  return `max/mean and Jain’s index: of connections per pod, 1 where all get the same; returns: returning connections that reach the same pod again; rules: evaluated for a new connection; change: of ${label} against the Service as written.`
}

/** `kept`, `failed`, `undecided`; of all objectives together. */
export function verdictWord({ thresholds }: PointResult): string {
  const verdicts = (thresholds ?? []).map(({ verdict }) => verdict)
  if (verdicts.length === 0) return NO_VALUE
  if (verdicts.includes('failed')) return 'failed'
  return verdicts.includes('undecided') ? 'undecided' : 'kept'
}

function differenceCell(difference: TimeDifference | undefined, size: number): CapacityCellText {
  const value = difference?.estimate.value ?? null
  if (difference === undefined || value === null) return { text: NO_VALUE }
  return { text: differenceText(difference, size), value }
}

/** `+1.2 ±0.4`, in a unit of that many ns. */
function differenceText({ estimate }: TimeDifference, size: number): string {
  const { value, halfWidth95 } = estimate
  const sign = (value ?? 0) > 0 ? '+' : ''
  const half = halfWidth95 === null || halfWidth95 === 0 ? '' : ` ±${formatNumber(halfWidth95 / size, 2)}`
  return `${sign}${formatNumber((value ?? 0) / size)}${half}`
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
      : [`the busiest pod gets ${timesText(connections.maxOverMean.value)} times the mean of connections`]
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
  const { unit, size } = timeScale([watchedAt(view, written) ?? exactly(null)], undefined)
  const failed = (point.thresholds ?? []).filter(({ verdict }) => verdict === 'failed')
  const broken = failed.map((each) => judgedText(view.capacity, each))
  const cost =
    difference === undefined
      ? `${label} was not observed`
      : isClear(difference, from)
        ? `${label} ${differenceText(difference, size)} ${unit}`
        : `no clear difference in ${label}`
  const others =
    call === undefined || replicas === 1
      ? []
      : [
          `max/mean ${figureText('number', call.connections.maxOverMean.value)}`,
          `return ratio ${figureText('ratio', call.stickiness.returnRatio.value)}`,
        ]
  return `${name}: ${[...(broken.length === 0 ? [] : [`objectives FAIL (${broken.join('; ')})`]), cost, ...others].join(', ')}.`
}

/** The map of replicas against rates: where the objectives are kept, and where that begins. */
import { formatCount, formatNumber } from '../../base/units.js'
import type { CapacityCell } from '../../results/capacity-schema.js'
import type { PointResult, ThresholdResult } from '../../results/results-schema.js'
import type { Chart, VerdictPicture } from '../charts/chart.js'
import { estimateText, figureText, NO_VALUE } from '../figures.js'
import { type CapacityView, cellAt, metricLabel, pointAt, TIME, watchedAt } from './capacity-view.js'
import { FILLS_MARK, fillsNote, rangeText, rateLabel, rateText, replicasText } from './capacity-words.js'

/** The map; with a row for each number of replicas. */
export function gridChart(view: CapacityView): Chart {
  const { capacity, watched } = view
  const finding = gridFinding(view)
  const rates = capacity.rates.map((rate) => rateLabel(capacity, rate))
  const fills =
    fillsNote(capacity) === undefined
      ? ''
      : `; ${FILLS_MARK}: for the run only, a table of connections fills up after it`
  const replicas = capacity.replicas.map(formatCount)
  return {
    name: 'replicas-and-rates',
    title: finding,
    subtitle: `${watched.label} (or what fails in its place) where it was simulated, with 95 % intervals in the table; light: follows from others, or the pods are asked for more than they can do${fills}`,
    alt: `Map of ${replicas.length} numbers of replicas by ${rates.length} rates. ${finding}. The numbers are in the table below it.`,
    table: {
      headers: ['replicas \\ requests/s', ...rates],
      rows: [...capacity.replicas]
        .reverse()
        .map((count) => [
          formatCount(count),
          ...capacity.rates.map((rate) => cellWords(view, cellAt(view, rate, count))),
        ]),
    },
    picture: picture(view, rates, replicas),
  }
}

function picture(view: CapacityView, rates: readonly string[], replicas: readonly string[]): VerdictPicture {
  const { capacity } = view
  return {
    kind: 'verdicts',
    x: { name: 'requests/s', labels: rates },
    y: { name: 'replicas', labels: replicas },
    cells: capacity.cells.flatMap((cell) => {
      const x = capacity.rates.indexOf(cell.ratePerSec)
      const y = capacity.replicas.indexOf(cell.replicas)
      if (x < 0 || y < 0) return []
      const { verdict, basis } = cell
      return [
        {
          x,
          y,
          verdict,
          isImplied: basis !== 'simulated',
          text: cellText(view, cell),
          note: cellWords(view, cell),
        },
      ]
    }),
    frontier: capacity.rates.map((rate) => {
      const least = capacity.leastReplicas.find(({ ratePerSec }) => ratePerSec === rate)?.replicas ?? null
      const row = least === null ? -1 : capacity.replicas.indexOf(least)
      return row < 0 ? null : row
    }),
    frontierName: 'the least number of replicas',
  }
}

/** `From 1 replica at 100 requests/s to 5 at 700 the objectives are kept`. */
function gridFinding({ capacity }: CapacityView): string {
  const found = capacity.leastReplicas.filter(({ replicas }) => replicas !== null)
  const [first] = found
  const last = found.at(-1)
  if (first === undefined || last === undefined)
    return `None of ${rangeText(capacity)} replicas keeps the objectives at any rate`
  const from = `${replicasText(first.replicas ?? 0)} at ${rateText(first.ratePerSec)}`
  if (first === last) return `It takes ${from}`
  const to = `${formatCount(last.replicas ?? 0)} at ${formatNumber(last.ratePerSec)}`
  const beyond = found.length < capacity.leastReplicas.length ? ', and more than the range beyond' : ''
  return `It takes ${from}, ${to}${beyond}`
}

/** The time, or the figure that fails where it is another. */
function cellText(view: CapacityView, cell: CapacityCell): string {
  const point = cell.basis === 'simulated' ? pointAt(view, cell.point) : undefined
  if (point === undefined) return ''
  const failed = failedOthers(view, point)
  const isTimeKept = (point.thresholds ?? []).every(
    ({ metric, verdict }) => metric !== view.watched.objective?.metric || verdict !== 'failed',
  )
  const [first] = failed
  if (first !== undefined && isTimeKept) return figureText(first.unit, first.value)
  const time = watchedAt(view, point)
  return time === undefined ? '' : figureText(TIME, time.value)
}

/** Objectives on other figures than the watched time that are not kept. */
function failedOthers({ watched }: CapacityView, { thresholds }: PointResult): readonly ThresholdResult[] {
  return (thresholds ?? []).filter(
    ({ metric, verdict }) => verdict === 'failed' && metric !== watched.objective?.metric,
  )
}

/** `61.2 ± 1.1 ms, passed`; `61.2 ± 1.1 ms, errors 4.67 %, failed`; `implied: passed`. */
function cellWords(view: CapacityView, cell: CapacityCell | undefined): string {
  if (cell === undefined) return NO_VALUE
  if (cell.basis === 'overloaded') return 'more than the pods can do'
  if (cell.basis === 'implied') return `implied: ${cell.verdict}`
  const point = pointAt(view, cell.point)
  const time = point === undefined ? undefined : watchedAt(view, point)
  const others = (point === undefined ? [] : failedOthers(view, point)).map(
    (each) => `${metricLabel(view.capacity, each.metric)} ${estimateText(each.unit, each)}`,
  )
  const figures = [...(time === undefined ? [] : [estimateText(TIME, time)]), ...others]
  return [...figures, cell.verdict].join(', ')
}

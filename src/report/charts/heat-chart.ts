/** Heat maps of a sweep of two numeric factors: the p99 of each pair, e.g. of rate and replicas. */
import { metricAt } from '../../results/metric-catalogue.js'
import type { CallResult, Estimate, Results } from '../../results/results-schema.js'
import { estimateText, figureText, NO_VALUE } from '../figures.js'
import { numericPair, type SweepAxis, sweepAxes } from '../sweep-axes.js'
import { type SweepSeries, sweepLines } from '../sweep-series.js'
import { isUnstable, UNSTABLE_MARK } from '../unstable.js'
import type { Chart, HeatPicture } from './chart.js'
import { HEAT_STEPS } from './palette.js'

/** Heat maps of one sweep; the tables hold the rest. */
const MAX_MAPS = 6

const METRIC = metricAt('responseTime.p99')

/** The line of one value of the second factor, and what else it belongs to. */
interface Row {
  readonly group: string
  readonly value: string
  readonly series: SweepSeries
}

/** One map for each setting of what else varies; none unless two factors are numeric. */
export function heatCharts(results: Results): readonly Chart[] {
  const pair = numericPair(results)
  const lines = pair === undefined ? undefined : sweepLines(results)
  if (pair === undefined || lines === undefined) return []
  const second = sweepAxes(results)[pair.second]
  const keyIndex = lines.keyNames.indexOf(second.name)
  const rows = lines.series.map((series) => ({
    group: series.keys.filter((_, index) => index !== keyIndex).join(' · '),
    value: series.keys[keyIndex] ?? '',
    series,
  }))
  const groups = [...new Set(rows.map(({ group }) => group))].slice(0, MAX_MAPS)
  return groups.map((group, index) => {
    const name = groups.length === 1 ? 'heat-map' : `heat-map-${index + 1}`
    return heatChart(
      name,
      group,
      rows.filter((row) => row.group === group),
      lines.axis,
      second,
    )
  })
}

function heatChart(
  name: string,
  group: string,
  rows: readonly Row[],
  main: SweepAxis,
  second: SweepAxis,
): Chart {
  const xs = inOrder(main)
  const ordered = inOrder(second).flatMap((value) => {
    const row = rows.find((each) => each.value === `${second.name} ${value}`)
    return row === undefined ? [] : [{ value, series: row.series }]
  })
  const calls = ordered.map(({ series }) => xs.map((x) => callAt(series, x)))
  const figures = calls.map((row) => row.map((call) => call && METRIC.of(call)))
  const isMarked = calls.some((row) => row.some(isUnstable))
  const mark = (y: number, x: number) => (isUnstable(calls[y][x]) ? ` ${UNSTABLE_MARK}` : '')
  const known = figures.flat().flatMap((each) => each?.value ?? [])
  const least = known.reduce((left, right) => Math.min(left, right), known[0] ?? 0)
  const most = known.reduce((left, right) => Math.max(left, right), least)
  const text = (value: number) => figureText(METRIC.unit, value)
  const cells = figures.flatMap((row, y) =>
    row.flatMap((each, x) => {
      const value = each?.value ?? null
      return value === null
        ? []
        : [{ x, y, step: stepOf(value, least, most), text: `${text(value)}${mark(y, x)}` }]
    }),
  )
  const finding = `${METRIC.label} ranges from ${text(least)} to ${text(most)} over ${main.name} and ${second.name}`
  return {
    name,
    title: group === '' ? finding : `${group}: ${finding}`,
    subtitle: `${METRIC.label} of each pair of settings; each step of colour is the same factor apart${isMarked ? `; ${UNSTABLE_MARK}: no steady state` : ''}`,
    alt: `Heat map of ${METRIC.label}, ${xs.length} values of ${main.name} by ${ordered.length} of ${second.name}. ${finding}. The numbers are in the table below it.`,
    table: {
      headers: [`${second.name} \\ ${main.name}`, ...xs],
      rows: ordered.map(({ value }, y) => [
        value,
        ...figures[y].map((each, x) => `${cellText(each)}${mark(y, x)}`),
      ]),
    },
    picture: {
      kind: 'heat',
      x: { name: main.name, labels: xs },
      y: { name: second.name, labels: ordered.map(({ value }) => value) },
      cells,
      least: text(least),
      most: text(most),
      what: METRIC.label,
    } satisfies HeatPicture,
  }
}

function cellText(estimate: Estimate | undefined): string {
  return estimate === undefined ? NO_VALUE : estimateText(METRIC.unit, estimate)
}

function inOrder({ values, numbers }: SweepAxis): readonly string[] {
  if (numbers === undefined) return values
  return [...values].sort((a, b) => numbers[values.indexOf(a)] - numbers[values.indexOf(b)])
}

function callAt({ steps }: SweepSeries, value: string): CallResult | undefined {
  return steps.find((each) => each.value === value)?.call
}

/** 0 to 6, by equal factors between the least and the greatest figure; times spread over decades as loads grow. */
function stepOf(value: number, least: number, most: number): number {
  if (most <= least || least <= 0) return 0
  // ratio^7 against whole^step: equal factors without a logarithm.
  let step = 0
  while (step < HEAT_STEPS - 1 && isAbove(value / least, most / least, step + 1)) step += 1
  return step
}

/** Whether ratio > whole^(step/7), that is ratio^7 > whole^step. */
function isAbove(ratio: number, whole: number, step: number): boolean {
  let left = 1
  let right = 1
  for (let count = 0; count < HEAT_STEPS; count += 1) left *= ratio
  for (let count = 0; count < step; count += 1) right *= whole
  return left > right
}

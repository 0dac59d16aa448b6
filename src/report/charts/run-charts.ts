/** The charts of a single run: response time by percentile, and the parts of its mean. */
import { ln } from '../../base/exact-math.js'
import { bucketUpperBound } from '../../base/histogram-buckets.js'
import { formatPercent } from '../../base/units.js'
import { PART_NAMES, type PartName } from '../../results/metric-catalogue.js'
import type { CallResult, Results } from '../../results/results-schema.js'
import { callFileName, callTitle, serviceName } from '../calls.js'
import { figureColumn } from '../figure-column.js'
import { estimateText, figureText } from '../figures.js'
import type { Chart, LinePoint } from './chart.js'

/** Calls that a chart holds. */
const MAX_CALLS = 7

/** Steps of the percentile axis, in decades: finer ones can not be seen. */
const LEAST_STEP = 0.01

const PERCENTILES = [
  '0 %',
  '90 %',
  '99 %',
  '99.9 %',
  '99.99 %',
  '99.999 %',
  '99.9999 %',
  '99.99999 %',
  '99.999999 %',
]

const TIME_UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  min: 6e10,
  h: 3.6e12,
}

/** Response time by percentile, on the scale of HdrHistogram: each step to the right is ten times rarer. */
export function percentileChart(results: Results): Chart | undefined {
  const calls = completedCalls(results)
  if (calls.length === 0) return undefined
  const [first] = calls
  const { p50, p99 } = first.responseTime
  const title = `Half of ${first.caller} → ${serviceName(first)} take at most ${figureText('duration', p50.value)}, 99 % at most ${figureText('duration', p99.value)}`
  return percentilesOf(calls, calls.map(callTitle), title)
}

function percentilesOf(calls: readonly CallResult[], labels: readonly string[], title: string): Chart {
  const unit = figureColumn(
    'duration',
    calls.flatMap((call) => [call.responseTime.p50, call.responseTime.max]),
  ).unit
  const size = TIME_UNITS[unit] ?? 1
  const series = calls.map((call, styleIndex) => ({
    label: labels[styleIndex],
    styleIndex,
    isCompanion: false,
    points: curve(call, size),
  }))
  const widest = Math.max(1, ...series.map(({ points }) => points.at(-1)?.x ?? 0))
  const ticks = PERCENTILES.slice(0, Math.floor(widest) + 1).map((label, at) => ({ at, label }))
  return {
    name: 'percentiles',
    title,
    subtitle:
      'response time by percentile; each step to the right is ten times rarer; all replications together',
    alt: `Curves of response time against percentile for ${calls.length === 1 ? 'one call' : `${calls.length} calls`}. ${title}. The numbers are in the table below it.`,
    table: percentileTable(calls, labels),
    picture: {
      kind: 'lines',
      x: {
        name: 'percentile of completed requests',
        isContinuous: true,
        ticks,
      },
      y: { name: `response time, ${unit}`, unit },
      series,
      endLabels: [],
    },
  }
}

/** The same for calls of several results, each under the name of its result. */
export function overlaidPercentiles(
  calls: readonly { readonly label: string; readonly call: CallResult }[],
): Chart | undefined {
  const present = calls
    .filter(({ call }) => call.responseTime.histogram.counts.length > 0)
    .slice(0, MAX_CALLS)
  if (present.length === 0) return undefined
  const p99s = present.map(
    ({ label, call }) => `${figureText('duration', call.responseTime.p99.value)} (${label})`,
  )
  const all = present.map(({ call }) => call)
  return percentilesOf(
    all,
    present.map(({ label }) => label),
    `${callTitle(all[0])}: 99 % take at most ${p99s.join(', ')}`,
  )
}

/** What share of the mean response time each part has: a chart for each call. */
export function partsCharts(results: Results): readonly Chart[] {
  return completedCalls(results)
    .filter((call) => (call.responseTime.mean.value ?? 0) > 0)
    .map(partsChart)
}

function partsChart(call: CallResult): Chart {
  const mean = call.responseTime.mean.value ?? 1
  const shareOf = (name: PartName) => (call.parts[name].value ?? 0) / mean
  const names = PART_NAMES.filter((name) => shareOf(name) > 0)
  const bySize = [...names].sort((left, right) => shareOf(right) - shareOf(left)).slice(0, 2)
  const most = bySize.map((name) => `${formatPercent(shareOf(name), 2)} ${name}`).join(' and ')
  const who = `${call.caller} → ${serviceName(call)}`
  const title = `${who}: ${most}`
  return {
    name: `parts-${callFileName(call)}`,
    title,
    subtitle: `parts of the mean response time of ${figureText('duration', call.responseTime.mean.value)}`,
    alt: `Stacked bar of the parts of the mean response time. ${title}. The numbers are in the table below it.`,
    table: {
      headers: ['part', 'mean', 'share'],
      rows: names.map((name) => [
        name,
        estimateText('duration', call.parts[name]),
        formatPercent(shareOf(name)),
      ]),
    },
    picture: {
      kind: 'stack',
      rows: [{ label: who, note: figureText('duration', call.responseTime.mean.value) }],
      segments: names.map((label) => ({
        label,
        colourIndex: PART_NAMES.indexOf(label),
        shares: [shareOf(label)],
      })),
    },
  }
}

/** The parts of all calls in one chart, a row for each. */
export function allPartsChart(results: Results): Chart | undefined {
  const calls = completedCalls(results).filter((call) => (call.responseTime.mean.value ?? 0) > 0)
  const charts = calls.map(partsChart)
  if (charts.length < 2) return charts[0]
  const shareOf = (call: CallResult, name: PartName) =>
    (call.parts[name].value ?? 0) / (call.responseTime.mean.value ?? 1)
  const names = PART_NAMES.filter((name) => calls.some((call) => shareOf(call, name) > 0))
  const rows = calls.map((call) => ({
    label: `${call.caller} → ${serviceName(call)}`,
    note: figureText('duration', call.responseTime.mean.value),
  }))
  return {
    ...charts[0],
    name: 'parts',
    subtitle: 'parts of the mean response time of each call, which stands beside its name',
    alt: `Stacked bars of the parts of the mean response time of ${calls.length} calls. ${charts.map(({ title }) => title).join('. ')}. The numbers are in the table below it.`,
    table: {
      headers: ['call', 'mean', ...names],
      rows: calls.map((call, index) => [
        rows[index].label,
        estimateText('duration', call.responseTime.mean),
        ...names.map((name) => estimateText('duration', call.parts[name])),
      ]),
    },
    picture: {
      kind: 'stack',
      rows,
      segments: names.map((label) => ({
        label,
        colourIndex: PART_NAMES.indexOf(label),
        shares: calls.map((call) => shareOf(call, label)),
      })),
    },
  }
}

function completedCalls(results: Results): readonly CallResult[] {
  return results.points[0].calls
    .filter((call) => call.responseTime.histogram.counts.length > 0)
    .slice(0, MAX_CALLS)
}

/** The longest response time of each share of requests; a step at each bucket, thinned to what can be seen. */
function curve(call: CallResult, unitSize: number): readonly LinePoint[] {
  const { bitsPerOctave, buckets, counts } = call.responseTime.histogram
  const total = counts.reduce((sum, count) => sum + count, 0)
  const points: LinePoint[] = []
  let below = 0
  for (const [index, bucket] of buckets.entries()) {
    const y = bucketUpperBound(bucket, bitsPerOctave) / unitSize
    const from = decades(total, below)
    below += counts[index]
    // The rarest request is one in `total`: the curve ends there, since nothing is known beyond.
    const to = Math.min(decades(total, below), decades(total, total - 1))
    const last = points.at(-1)
    if (last === undefined || to - last.x >= LEAST_STEP || index === buckets.length - 1) {
      points.push({ x: from, y, half: 0, text: '' }, { x: to, y, half: 0, text: '' })
    }
  }
  return points
}

/** -log10(1 - below/total): 1 at 90 %, 2 at 99 %. */
function decades(total: number, below: number): number {
  return below >= total ? Number.POSITIVE_INFINITY : (ln(total) - ln(total - below)) / ln(10)
}

function percentileTable(calls: readonly CallResult[], labels: readonly string[]): Chart['table'] {
  const columns = ['p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const
  return {
    headers: ['call', 'completed', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'],
    rows: calls.map((call, index) => [
      labels[index],
      figureText('count', call.responseTime.count),
      ...columns.map((name) => estimateText('duration', call.responseTime[name])),
    ]),
  }
}

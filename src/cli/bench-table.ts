/** The results of `svcsim bench routing` as text: a table for each kind of pods, a row for each algorithm. */
import { terminalText } from '../base/terminal-text.js'
import { formatNumber, formatPercent } from '../base/units.js'
import { figureColumn } from '../report/figure-column.js'
import { provenanceSection } from '../report/text-frame.js'
import { type TextColumn, textTable, wrapped } from '../report/text-layout.js'
import { metricAt } from '../results/metric-catalogue.js'
import type { CallResult, PointResult, Results } from '../results/results-schema.js'

/** Columns after the algorithm; times with their intervals. */
const METRICS = [
  { path: 'outcomes.failedRatio', hasInterval: false },
  { path: 'responseTime.p50', hasInterval: true },
  { path: 'responseTime.p99', hasInterval: true },
  { path: 'responseTime.mean', hasInterval: true },
  { path: 'connections.maxOverMean', hasInterval: true },
  { path: 'stickiness.returnRatio', hasInterval: false },
] as const

/** One algorithm over one kind of pods. */
interface Row {
  readonly algorithm: string
  readonly call: CallResult
}

/**
 * Renders the table.
 *
 * @param results - of the scenario of bench-routing.ts: factors `pods` and `algorithm`, one call
 */
export function benchRoutingText(results: Results): string {
  const groups = groupByPods(results.points)
  const sections = [
    [`${results.scenario.name}: ${results.scenario.description}`],
    ...[...groups].map(([pods, rows]) => [`Pods ${pods}`, ...tableOf(rows).map((line) => `  ${line}`)]),
    notes(results, [...groups.values()]),
    provenanceSection(results, false),
  ]
  const lines = sections.flatMap((section, index) => (index === 0 ? section : ['', ...section]))
  return lines.map((line) => `${terminalText(line)}\n`).join('')
}

function groupByPods(points: readonly PointResult[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>()
  for (const { settings, calls } of points) {
    const [pods, algorithm] = settings.map((setting) => setting.value)
    const rows = groups.get(pods) ?? []
    rows.push({ algorithm, call: calls[0] })
    groups.set(pods, rows)
  }
  return groups
}

function tableOf(rows: readonly Row[]): readonly string[] {
  const columns: TextColumn[] = [
    { header: 'algorithm', align: 'left' },
    ...METRICS.map(({ path }) => ({ header: headerOf(path, rows), align: 'right' as const })),
    { header: 'p99 to best', align: 'right' },
  ]
  const figures = METRICS.map(({ path, hasInterval }) => columnTexts(path, hasInterval, rows))
  const ratios = ratiosToBest(rows)
  return textTable(
    columns,
    rows.map(({ algorithm }, index) => [algorithm, ...figures.map((texts) => texts[index]), ratios[index]]),
  )
}

function headerOf(path: string, rows: readonly Row[]): string {
  const { unit } = columnOf(path, rows)
  return `${metricAt(path).label} ${unit}`.trimEnd()
}

function columnTexts(path: string, hasInterval: boolean, rows: readonly Row[]): readonly string[] {
  const { values, halves } = columnOf(path, rows)
  return values.map((value, index) => (hasInterval ? `${value} ${halves[index]}`.trimEnd() : value))
}

function columnOf(path: string, rows: readonly Row[]) {
  const metric = metricAt(path)
  return figureColumn(
    metric.unit,
    rows.map(({ call }) => metric.of(call)),
  )
}

/** p99 over the lowest p99 of the table. */
function ratiosToBest(rows: readonly Row[]): readonly string[] {
  const values = rows.map(({ call }) => call.responseTime.p99.value)
  const best = Math.min(...values.filter((value) => value !== null))
  return values.map((value) => (value === null ? '–' : `${(value / best).toFixed(2)}×`))
}

function notes(results: Results, groups: readonly (readonly Row[])[]): readonly string[] {
  const hashed = groups[0]?.find(({ algorithm }) => algorithm === 'sourceHash')?.call
  const spread = hashed?.connections
  const clients = hashed?.stickiness.clients ?? 0
  const maxOverMean = spread?.maxOverMean.value ?? null
  const hash =
    spread === undefined || maxOverMean === null
      ? []
      : wrapped(
          `sourceHash spreads addresses, not requests: ${clients} clients over ${spread.perPod.length} pods give the busiest ` +
            `pod ${formatNumber(maxOverMean)} times the mean. With many more clients than pods it evens out; ` +
            'behind a proxy or NAT, where few addresses arrive, it does not.',
        )
  const worst = Math.max(...results.points.map((point) => failedRatio(point.calls[0])))
  const overload =
    worst === 0
      ? []
      : wrapped(
          `Requests that find the queue of a pod full fail (up to ${formatPercent(worst)}) and have no response time: ` +
            'compare times between rows of which the same share fails.',
        )
  return [...hash, ...overload]
}

function failedRatio(call: CallResult): number {
  return metricAt('outcomes.failedRatio').of(call).value ?? 0
}

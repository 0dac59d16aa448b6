/**
 * Results as one tidy table of comma-separated values: a row for each figure of each point. Times are nanoseconds,
 * ratios 0 to 1, numbers the shortest text that reads back as the same double. Lines end in CR LF.
 *
 * Text that a spreadsheet would take for a formula is made harmless by an apostrophe in front; text that begins with an
 * apostrophe gets another, so that the table can be read back exactly.
 * Sources: RFC 4180; OWASP, CSV Injection.
 */
import { callMetricsOf, type Metric } from '../results/metric-catalogue.js'
import type { Estimate, PointResult, Results } from '../results/results-schema.js'
import { callAtPodMetrics, nodeMetrics, podMetricsOf } from '../results/station-metrics.js'
import { allSpreadRows } from './spread-rows.js'

/** Columns after those of the factors. */
const COLUMNS = ['caller', 'service', 'port', 'via', 'pod', 'node', 'metric', 'unit', 'value', 'halfWidth95']

/** The unit in which each kind of figure is written. */
const UNITS = {
  duration: 'ns',
  ratio: 'ratio',
  count: 'count',
  perSec: 'per second',
  number: 'number',
} as const

/** What a row is about: caller, service, port, via, pod, node. */
type Subject = readonly [string, string, number | '', string, string, string]

/** Renders the table of all figures: of calls, of calls at pods, of pods, of nodes. */
export function csvReport(results: Results): string {
  const axes = (results.sweep?.axes ?? []).map((axis) => (COLUMNS.includes(axis) ? `${axis} (axis)` : axis))
  const rows = results.points.flatMap((point) => pointRows(point))
  return csvTable([['scenario', ...axes, ...COLUMNS], ...rows.map((row) => [results.scenario.name, ...row])])
}

/** A table as text: cells separated by commas, rows ended by CR LF. */
export function csvTable(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

/**
 * One cell. Numbers are written untouched, null as nothing; text is made harmless, and quoted where it must be.
 *
 * @remarks An empty text is written as `""`, so that a table of one column holds no empty line.
 */
export function csvCell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r\n'＝＋－＠]/.test(value) ? `'${value}` : value
  return safe === '' || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function pointRows(point: PointResult): readonly (readonly (string | number | null)[])[] {
  const settings = point.settings.map((setting) => setting.value)
  const rows = [
    ...point.calls.flatMap((call) => {
      const subject = [call.caller, call.service, call.port, call.via] as const
      return [
        ...metricRows([...subject, '', ''], callMetricsOf(call), call),
        ...allSpreadRows(call).flatMap((row) =>
          metricRows([...subject, row.pod, row.node], callAtPodMetrics, row),
        ),
      ]
    }),
    ...point.pods.flatMap((pod) => metricRows(['', '', '', '', pod.pod, pod.node], podMetricsOf(pod), pod)),
    ...point.nodes.flatMap((node) => metricRows(['', '', '', '', '', node.node], nodeMetrics, node)),
  ]
  return rows.map((row) => [...settings, ...row])
}

function metricRows<T>(
  subject: Subject,
  metrics: readonly Metric<T>[],
  of: T,
): readonly (readonly (string | number | null)[])[] {
  return metrics.map((metric) => {
    const { value, halfWidth95 }: Estimate = metric.of(of)
    return [...subject, metric.path, UNITS[metric.unit], value, halfWidth95]
  })
}

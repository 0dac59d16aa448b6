/** The tables of a single run: a row for each call in each, then each call at its pods, then pods and nodes. */
import { formatCount } from '../../base/units.js'
import {
  exactly,
  FAILURE_NAMES,
  type Metric,
  metricAt,
  PART_NAMES,
  spreadTotal,
} from '../../results/metric-catalogue.js'
import type { CallResult, NodeResult, PodResult, Results } from '../../results/results-schema.js'
import { nodeMetrics, podMetricsOf } from '../../results/station-metrics.js'
import { callTitle } from '../calls.js'
import { counted, figureText } from '../figures.js'
import { type SpreadRow, spreadRows } from '../spread-rows.js'
import { spreadSummary } from '../text-call.js'
import { type Content, html, type Markup } from './html-text.js'
import {
  columnTable,
  estimateColumn,
  metricColumn,
  nameColumn,
  type PageTable,
  pageTable,
} from './page-table.js'

/** Rows of the tables of pods and nodes; CSV and JSON have all. */
const MAX_STATIONS = 48

const RESPONSE_TIMES = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'].map((name) =>
  metricAt(`responseTime.${name}`),
)
const PARTS = PART_NAMES.map((name) => metricAt(`parts.${name}`))
const SPREAD = [
  'connections.pods',
  'connections.maxOverMean',
  'connections.jainIndex',
  'connections.idlePods',
  'requests.maxOverMean',
  'requests.jainIndex',
].map((path) => metricAt(path))
const STICKINESS = ['clients', 'returningConnections', 'returnRatio', 'modalShare', 'brokenSessions'].map(
  (name) => metricAt(`stickiness.${name}`),
)

/** Tables with what they need said below them. */
export function runTables(results: Results): readonly Markup[] {
  const [{ calls, pods, nodes }] = results.points
  return [
    block(callTable('Response time of completed requests', calls, RESPONSE_TIMES)),
    block(callTable('How requests ended', calls, outcomeMetrics(calls))),
    block(
      callTable(
        'Parts of the mean response time',
        calls,
        PARTS.filter((part) => calls.some((call) => (part.of(call).value ?? 0) > 0)),
      ),
    ),
    block(
      callTable('Spread over the eligible pods', calls, SPREAD),
      'Max/mean and Jain’s index are 1 where all pods get the same.',
    ),
    block(
      callTable(
        'Stickiness',
        calls.filter(({ stickiness }) => stickiness.clients > 0),
        STICKINESS,
      ),
    ),
    ...calls.map((call) => block(callAtPods(call), podsRemark(call))),
    block(podTable(pods), restRemark(pods.length, 'pod')),
    block(nodeTable(nodes), restRemark(nodes.length, 'node')),
  ].filter((each) => each !== undefined)
}

/** A table with a remark; nothing without rows. */
export function block(table: PageTable, remark = ''): Markup | undefined {
  const markup = pageTable(table)
  if (markup === undefined) return undefined
  return html`<div class="block">${markup}${remark === '' ? undefined : html`<p>${remark}</p>`}</div>
`
}

function callTable(caption: string, calls: readonly CallResult[], metrics: readonly Metric[]): PageTable {
  const names = nameColumn('call', calls.map(callTitle))
  return columnTable(caption, [
    names,
    ...metrics.map((metric) => metricColumn(disambiguated(metric, metrics), calls)),
  ])
}

/** Where two columns would have one heading, the path tells them apart. */
function disambiguated(metric: Metric, metrics: readonly Metric[]): Metric {
  const isAlone = metrics.filter(({ label }) => label === metric.label).length === 1
  return isAlone ? metric : { ...metric, label: `${metric.label} of ${metric.path.split('.')[0]}` }
}

function outcomeMetrics(calls: readonly CallResult[]): readonly Metric[] {
  const failures = FAILURE_NAMES.filter((name) => calls.some(({ outcomes }) => outcomes[name] > 0))
  const ratio = metricAt('outcomes.completedRatio')
  return [
    metricAt('outcomes.issued'),
    metricAt('outcomes.completed'),
    { ...ratio, label: 'completed' },
    ...failures.map((name) => metricAt(`outcomes.${name}`)),
    metricAt('offeredPerSec'),
    metricAt('rulesPerConnection'),
  ].map((metric) => (metric.path === 'outcomes.completedRatio' ? { ...metric, label: 'share' } : metric))
}

function callAtPods(call: CallResult): PageTable {
  const { rows, hiddenCount, cutAt } = spreadRows(call)
  const share = (count: (row: SpreadRow) => number, total: number) =>
    rows.map((row) => exactly(total === 0 ? null : count(row) / total))
  const table = columnTable(`Pods of ${callTitle(call)}`, [
    nameColumn(
      'pod',
      rows.map(({ pod }) => pod),
    ),
    nameColumn(
      'node',
      rows.map(({ node }) => node),
    ),
    estimateColumn(
      'connections',
      'count',
      rows.map((row) => exactly(row.connections)),
    ),
    estimateColumn(
      'share',
      'ratio',
      share((row) => row.connections, spreadTotal(call.connections)),
    ),
    estimateColumn(
      'requests',
      'count',
      rows.map((row) => exactly(row.requests)),
    ),
    estimateColumn(
      'share',
      'ratio',
      share((row) => row.requests, spreadTotal(call.requests)),
    ),
  ])
  if (hiddenCount === 0) return table
  const gap: readonly Content[] = [`… ${counted(hiddenCount, 'pod')} between these …`]
  return { ...table, rows: [...table.rows.slice(0, cutAt), gap, ...table.rows.slice(cutAt)] }
}

function podsRemark(call: CallResult): string {
  return call.connections.perPod.length < 2 ? '' : `Connections: ${spreadSummary(call.connections)}.`
}

function podTable(pods: readonly PodResult[]): PageTable {
  const shown = pods.slice(0, MAX_STATIONS)
  const metrics = shown
    .flatMap(podMetricsOf)
    .filter((metric, index, all) => all.findIndex(({ path }) => path === metric.path) === index)
  return columnTable('Pods', [
    nameColumn(
      'pod',
      shown.map(({ pod }) => pod),
    ),
    nameColumn(
      'node',
      shown.map(({ node }) => node),
    ),
    ...metrics.map((metric) => metricColumn(metric, shown)),
  ])
}

function nodeTable(nodes: readonly NodeResult[]): PageTable {
  const shown = nodes.slice(0, MAX_STATIONS)
  const metrics = nodeMetrics.filter(
    (metric) =>
      !metric.path.startsWith('node.drops.') || shown.some((node) => (metric.of(node).value ?? 0) > 0),
  )
  return columnTable('Nodes', [
    nameColumn(
      'node',
      shown.map(({ node }) => node),
    ),
    nameColumn(
      'zone',
      shown.map(({ zone }) => (zone === '' ? '–' : zone)),
    ),
    ...metrics.map((metric) => metricColumn(metric, shown)),
  ])
}

function restRemark(count: number, noun: string): string {
  const rest = count - MAX_STATIONS
  return rest <= 0
    ? ''
    : `The first ${MAX_STATIONS} of ${formatCount(count)} ${noun}s; CSV and JSON have ${figureText('count', rest)} more.`
}

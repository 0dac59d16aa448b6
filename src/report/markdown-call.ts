/** One call of a single run in Markdown: outcomes, response time and its parts, spread per pod, stickiness. */
import { formatCount, formatPercent } from '../base/units.js'
import { FAILURE_NAMES, metricAt, PART_NAMES, spreadTotal } from '../results/metric-catalogue.js'
import type { CallResult } from '../results/results-schema.js'
import { callTitle } from './calls.js'
import { counted, estimateText, figureText, instabilityText } from './figures.js'
import { type MarkdownColumn, markdownTable, markdownText } from './markdown-text.js'
import { spreadRows } from './spread-rows.js'
import { spreadSummary } from './text-call.js'

const RESPONSE_TIMES = ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const

/** The section of one call, as lines. */
export function callMarkdown(call: CallResult): readonly string[] {
  const blocks = [
    [`## ${markdownText(callTitle(call))}`],
    outcomeTable(call),
    responseTimeTable(call),
    unstableLines(call),
    partTable(call),
    spreadTable(call),
    spreadLines(call),
    stickinessTable(call),
  ].filter((lines) => lines.length > 0)
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

/** Columns of figures, aligned at the right. */
export function figureColumns(...headers: readonly string[]): readonly MarkdownColumn[] {
  return headers.map((header) => ({ header, align: 'right' }))
}

/** Columns of names, aligned at the left. */
export function nameColumns(...headers: readonly string[]): readonly MarkdownColumn[] {
  return headers.map((header) => ({ header, align: 'left' }))
}

function outcomeTable(call: CallResult): readonly string[] {
  const { issued } = call.outcomes
  if (issued === 0) return ['No request was issued.']
  const names = ['completed' as const, ...FAILURE_NAMES.filter((name) => call.outcomes[name] > 0)]
  const cells = names.map(
    (name) => `${formatCount(call.outcomes[name])} (${formatPercent(call.outcomes[name] / issued)})`,
  )
  const labels = names.map((name) => metricAt(`outcomes.${name}`).label)
  const queries = call.dnsQueriesPerRequest
  const hasQueries = queries !== undefined && (queries.value ?? 0) > 0
  const last = hasQueries ? ['DNS queries per request'] : []
  return markdownTable(figureColumns('issued', ...labels, 'offered', 'rules per connection', ...last), [
    [
      formatCount(issued),
      ...cells,
      estimateText('perSec', call.offeredPerSec),
      estimateText('number', call.rulesPerConnection),
      ...(hasQueries ? [estimateText('number', queries)] : []),
    ],
  ])
}

function responseTimeTable(call: CallResult): readonly string[] {
  if (call.responseTime.count === 0) return []
  const labels = RESPONSE_TIMES.map((name) => metricAt(`responseTime.${name}`).label)
  const cells = RESPONSE_TIMES.map((name) => estimateText('duration', call.responseTime[name]))
  return markdownTable(
    [...nameColumns('response time'), ...figureColumns(...labels)],
    [[`of ${counted(call.responseTime.count, 'completed request')}`, ...cells]],
  )
}

function unstableLines(call: CallResult): readonly string[] {
  const text = instabilityText(call)
  return text === undefined || call.responseTime.count === 0 ? [] : [`**${markdownText(text)}**`]
}

function partTable(call: CallResult): readonly string[] {
  const mean = call.responseTime.mean.value
  if (mean === null || mean <= 0) return []
  const names = PART_NAMES.filter((name) => (call.parts[name].value ?? 0) > 0)
  const cells = names.map((name) => estimateText('duration', call.parts[name]))
  const shares = names.map((name) => `${((100 * (call.parts[name].value ?? 0)) / mean).toFixed(1)} %`)
  return markdownTable(
    [...nameColumns('part of the mean'), ...figureColumns(...names)],
    [
      ['time', ...cells],
      ['share', ...shares],
    ],
  )
}

function spreadTable(call: CallResult): readonly string[] {
  const { rows, hiddenCount, cutAt } = spreadRows(call)
  const connections = spreadTotal(call.connections)
  const requests = spreadTotal(call.requests)
  const share = (part: number, whole: number) =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
  const cells = rows.map((row) => [
    markdownText(row.pod),
    markdownText(row.node),
    formatCount(row.connections),
    share(row.connections, connections),
    formatCount(row.requests),
    share(row.requests, requests),
  ])
  const gap =
    hiddenCount === 0 ? [] : [[`… ${counted(hiddenCount, 'pod')} between these …`, '', '', '', '', '']]
  return markdownTable(
    [...nameColumns('pod', 'node'), ...figureColumns('connections', 'share', 'requests', 'share')],
    [...cells.slice(0, cutAt), ...gap, ...cells.slice(cutAt)],
  )
}

function spreadLines(call: CallResult): readonly string[] {
  const podCount = call.connections.perPod.length
  if (podCount === 0) return ['No pod was eligible.']
  return podCount === 1 ? [] : [`Spread of connections: ${spreadSummary(call.connections)}.`]
}

function stickinessTable({ stickiness }: CallResult): readonly string[] {
  if (stickiness.clients === 0) return []
  const { clients, returningConnections, returnRatio, modalShare, brokenSessions } = stickiness
  return markdownTable(
    figureColumns('clients', 'returning connections', 'return ratio', 'modal share', 'broken sessions'),
    [
      [
        figureText('count', clients),
        figureText('count', returningConnections),
        estimateText('ratio', returnRatio),
        estimateText('ratio', modalShare),
        estimateText('ratio', brokenSessions),
      ],
    ],
  )
}

/** One call of a single run as text: outcomes, response time and its parts, spread, stickiness, rules, DNS queries. */
import { formatCount, formatNumber, formatPercent } from '../base/units.js'
import { FAILURE_NAMES, metricAt, PART_NAMES, spreadTotal } from '../results/metric-catalogue.js'
import type { CallResult, Spread } from '../results/results-schema.js'
import { callTitle } from './calls.js'
import {
  counted,
  estimateText,
  figureText,
  halfWidthText,
  instabilityText,
  pValueText,
  spreadVerdict,
} from './figures.js'
import { evenShare, type SpreadRow, spreadRows } from './spread-rows.js'
import {
  bar,
  joinedParts,
  labelled,
  padded,
  shortened,
  TEXT_WIDTH,
  textTable,
  wrapped,
} from './text-layout.js'

const LABEL_WIDTH = 17
const INDENT = '  '
const BAR_WIDTH = 20

/** Parts of which each is less than this share of the mean are summed up. */
const SMALL_PART = 0.0005

/** The section of one call, as lines. */
export function callSection(call: CallResult): readonly string[] {
  const sections = [
    [...section('outcomes', outcomeLines(call)), ...section('rate', rateLines(call))],
    section('response time', responseTimeLines(call)),
    section('of the mean', partLines(call)),
    section('spread', spreadLines(call)),
    [
      ...section('stickiness', stickinessLines(call)),
      ...section('rules', ruleLines(call)),
      ...section('DNS', dnsLines(call)),
    ],
  ]
  const body = sections.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines])
  return [callTitle(call), ...body.slice(1)]
}

function section(label: string, lines: readonly string[]): readonly string[] {
  return labelled(label, lines, LABEL_WIDTH).map((line) => (INDENT + line).trimEnd())
}

function outcomeLines(call: CallResult): readonly string[] {
  const { issued, completed } = call.outcomes
  if (issued === 0) return ['no request was issued']
  const share = (count: number) => `(${formatPercent(count / issued)})`
  const failures = FAILURE_NAMES.filter((name) => call.outcomes[name] > 0).map((name) => {
    const count = call.outcomes[name]
    return `${formatCount(count)} ${metricAt(`outcomes.${name}`).label} ${share(count)}`
  })
  const parts = [
    `${formatCount(issued)} issued`,
    `${formatCount(completed)} completed ${share(completed)}`,
    ...failures,
  ]
  return joinedParts(parts, TEXT_WIDTH - LABEL_WIDTH)
}

function rateLines(call: CallResult): readonly string[] {
  const offered = `${estimateText('perSec', call.offeredPerSec)} offered`
  return [`${offered} · ${estimateText('perSec', call.completedPerSec)} completed`]
}

function responseTimeLines(call: CallResult): readonly string[] {
  if (call.responseTime.count === 0) return ['no request was completed']
  const { p50, p90, p99, p999, max, mean } = call.responseTime
  const estimates = [p50, p90, p99, p999, max, mean]
  const headers = ['p50', 'p90', 'p99', 'p99.9', 'max', 'mean']
  const halves = estimates.map((each) => halfWidthText('duration', each) ?? '')
  const rows = [
    estimates.map((each) => figureText('duration', each.value)),
    ...(halves.some((half) => half !== '') ? [halves] : []),
  ]
  const table = textTable(
    headers.map((header) => ({ header, align: 'right' as const })),
    rows,
  )
  const unstable = instabilityText(call)
  return unstable === undefined ? table : [...table, ...wrapped(`! ${unstable}`, TEXT_WIDTH - LABEL_WIDTH)]
}

function partLines(call: CallResult): readonly string[] {
  const mean = call.responseTime.mean.value
  if (mean === null || mean <= 0) return []
  const parts = PART_NAMES.map((name) => ({
    name,
    value: call.parts[name].value ?? 0,
  }))
  const shown = parts
    .filter((part) => part.value / mean >= SMALL_PART)
    .sort((left, right) => right.value - left.value)
  const rows = shown.map(({ name, value }) => [
    name,
    figureText('duration', value),
    percentOf(value, mean),
    bar(value / mean, BAR_WIDTH),
  ])
  const small = parts.filter((part) => part.value > 0 && part.value / mean < SMALL_PART)
  const smallSum = small.reduce((sum, part) => sum + part.value, 0)
  const names = small.map((part) => part.name).join(', ')
  const last =
    small.length === 0 ? [] : [[names, figureText('duration', smallSum), percentOf(smallSum, mean), '']]
  return textTable(plainColumns(['left', 'right', 'right', 'left']), [...rows, ...last])
}

/** To a tenth, so that a column of them lines up. */
function percentOf(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`
}

function spreadLines(call: CallResult): readonly string[] {
  const { rows, hiddenCount, cutAt } = spreadRows(call)
  if (rows.length === 0) return ['no pod was eligible']
  const isSame = rows.every((row) => row.connections === row.requests)
  const lines = spreadTable(call, rows, isSame)
  const gap = hiddenCount === 0 ? [] : [`… ${counted(hiddenCount, 'pod')} between these …`]
  const table = [...lines.slice(0, 1 + cutAt), ...gap, ...lines.slice(1 + cutAt)]
  if (call.connections.perPod.length < 2) return table
  const requests = isSame ? [] : [`requests: ${spreadSummary(call.requests)}`]
  return [...table, `${isSame ? '' : 'connections: '}${spreadSummary(call.connections)}`, ...requests]
}

function spreadTable(call: CallResult, rows: readonly SpreadRow[], isSame: boolean): readonly string[] {
  const connections = spreadTotal(call.connections)
  const requests = spreadTotal(call.requests)
  const even = evenShare(call.connections) ?? 0
  const most = Math.max(1, even, ...rows.map((row) => row.connections))
  const isAlone = call.connections.perPod.length < 2
  const label = isSame ? 'connections = requests' : 'connections'
  const cells = rows.map((row) => [
    shortened(row.pod),
    shortened(row.node),
    formatCount(row.connections),
    percentOf(row.connections, connections),
    ...(isAlone ? [] : [padded(bar(row.connections / most, BAR_WIDTH, even / most), BAR_WIDTH)]),
    ...(isSame ? [] : [formatCount(row.requests), percentOf(row.requests, requests)]),
  ])
  const columns = [
    {
      header: counted(call.connections.perPod.length, 'pod'),
      align: 'left' as const,
    },
    { header: 'node', align: 'left' as const },
    { header: label, align: 'right' as const },
    { header: 'share', align: 'right' as const },
    ...(isAlone ? [] : [{ header: `│ even: ${formatNumber(even)}`, align: 'left' as const }]),
    ...(isSame ? [] : ['requests', 'share']).map((header) => ({
      header,
      align: 'right' as const,
    })),
  ]
  return textTable(columns, cells)
}

/** `max/mean 1.01 · Jain's index 0.999 · χ² p = 0.468, consistent with even`. */
export function spreadSummary(spread: Spread): string {
  const parts = [
    `max/mean ${estimateText('number', spread.maxOverMean)}`,
    `Jain's index ${estimateText('number', spread.jainIndex)}`,
  ]
  const verdict = spreadVerdict(spread.pValue)
  if (spread.pValue !== null) parts.push(`χ² ${pValueText(spread.pValue)}, ${verdict}`)
  if ((spread.idlePods.value ?? 0) > 0) parts.push(`idle pods ${estimateText('number', spread.idlePods)}`)
  return parts.join(' · ')
}

function stickinessLines({ stickiness }: CallResult): readonly string[] {
  const { clients, returningConnections, returnRatio, modalShare, brokenSessions } = stickiness
  if (clients === 0) return ['no client connected']
  const returned =
    returningConnections === 0
      ? 'no client connected twice'
      : `return ratio ${estimateText('ratio', returnRatio)} of ${formatCount(returningConnections)} returning connections`
  return [
    ...joinedParts(
      [
        returned,
        `modal share ${estimateText('ratio', modalShare)}`,
        `broken sessions ${estimateText('ratio', brokenSessions)} of ${counted(clients, 'client')}`,
      ],
      TEXT_WIDTH - LABEL_WIDTH,
    ),
  ]
}

function ruleLines(call: CallResult): readonly string[] {
  if (call.rulesPerConnection.value === null) return []
  return [`${estimateText('number', call.rulesPerConnection)} evaluated per connection`]
}

function dnsLines({ dnsQueriesPerRequest }: CallResult): readonly string[] {
  if (dnsQueriesPerRequest === undefined || (dnsQueriesPerRequest.value ?? 0) === 0) return []
  return [`${estimateText('number', dnsQueriesPerRequest)} queries per request`]
}

function plainColumns(aligns: readonly ('left' | 'right')[]): { header: string; align: 'left' | 'right' }[] {
  return aligns.map((align) => ({ header: '', align }))
}

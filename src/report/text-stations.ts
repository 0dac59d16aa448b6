/** Pods and nodes of a single run as text. */
import { formatCount } from '../base/units.js'
import type { NodeResult, PodResult } from '../results/results-schema.js'
import { dnsHeadings, dnsTexts, droppedCount, estimateText, throttledText, trackedText } from './figures.js'
import { bar, padded, shortened, type TextColumn, textTable } from './text-layout.js'

const BAR_WIDTH = 12
const MAX_ROWS = 24

/** The pods: how busy each was and how long its queue; the busiest ones only where there are very many. */
export function podSection(pods: readonly PodResult[]): readonly string[] {
  if (pods.length === 0) return []
  const shown = busiest(pods)
  const hasRejected = pods.some((pod) => pod.rejected > 0)
  const hasLimit = pods.some((pod) => pod.throttledRatio !== undefined)
  const dns = dnsHeadings(pods)
  const columns: TextColumn[] = [
    ...left('pod', 'node'),
    ...right('served', ...(hasRejected ? ['rejected'] : []), 'utilisation'),
    ...left(''),
    ...right('mean queue', ...(hasLimit ? ['throttled'] : []), ...dns),
  ]
  const rows = shown.map((pod) => [
    shortened(pod.pod),
    shortened(pod.node),
    formatCount(pod.served),
    ...(hasRejected ? [formatCount(pod.rejected)] : []),
    estimateText('ratio', pod.utilisation),
    padded(bar(pod.utilisation.value ?? 0, BAR_WIDTH), BAR_WIDTH),
    estimateText('number', pod.meanQueueLength),
    ...(hasLimit ? [throttledText(pod)] : []),
    ...(dns.length > 0 ? dnsTexts(pod) : []),
  ])
  return stationSection('Pods', pods.length, shown.length, textTable(columns, rows))
}

/** The nodes: what their rules cost; the busiest ones only where there are very many. */
export function nodeSection(nodes: readonly NodeResult[]): readonly string[] {
  if (nodes.length === 0) return []
  const shown = busiest(nodes)
  const columns = [
    ...left('node', 'zone'),
    ...right('first packets', 'rules evaluated', 'utilisation', 'tracked, peak', 'dropped'),
  ]
  const rows = shown.map((node) => [
    shortened(node.node),
    shortened(node.zone === '' ? '–' : node.zone),
    formatCount(node.firstPackets),
    formatCount(node.rulesEvaluated),
    estimateText('ratio', node.utilisation),
    trackedText(node),
    formatCount(droppedCount(node)),
  ])
  return stationSection('Nodes', nodes.length, shown.length, textTable(columns, rows))
}

/** The first 24 in order, or the 24 busiest where there are more. */
function busiest<T extends PodResult | NodeResult>(stations: readonly T[]): readonly T[] {
  if (stations.length <= MAX_ROWS) return stations
  const byUtilisation = [...stations].sort((a, b) => (b.utilisation.value ?? 0) - (a.utilisation.value ?? 0))
  return byUtilisation.slice(0, MAX_ROWS)
}

function stationSection(
  title: string,
  all: number,
  shown: number,
  table: readonly string[],
): readonly string[] {
  const rest = all === shown ? '' : ` (the ${shown} busiest of ${formatCount(all)})`
  return [`${title}${rest}`, ...table.map((line) => `  ${line}`)]
}

function left(...headers: readonly string[]): TextColumn[] {
  return headers.map((header) => ({ header, align: 'left' }))
}

function right(...headers: readonly string[]): TextColumn[] {
  return headers.map((header) => ({ header, align: 'right' }))
}

/** Rates, numbers of replicas and objectives as words. */
import { formatCount, formatNumber, formatPercent } from '../../base/units.js'
import type { CapacityLimit, CapacityLoss, CapacityResult } from '../../results/capacity-schema.js'
import type { ThresholdResult } from '../../results/results-schema.js'
import { estimateText, figureText } from '../figures.js'
import { metricLabel } from './capacity-view.js'

const OPERATORS = { '<': 'below', '<=': 'at most', '>': 'above', '>=': 'at least' } as const

/** `400 requests/s`. */
export function rateText(ratePerSec: number): string {
  return `${formatNumber(ratePerSec)} requests/s`
}

/** Beside rates at which the answer holds for the run only, as a table of connections fills up after it. */
export const FILLS_MARK = '*'

/** Whether a table of connections fills up after the run at this rate, with the least number of replicas. */
export function isFilling({ leastReplicas }: CapacityResult, ratePerSec: number): boolean {
  const row = leastReplicas.find((each) => each.ratePerSec === ratePerSec)
  return (row?.connectionsUse ?? 0) > 1
}

/** `900`, `1,100 *`. */
export function rateLabel(capacity: CapacityResult, ratePerSec: number): string {
  const mark = isFilling(capacity, ratePerSec) ? `\u00a0${FILLS_MARK}` : ''
  return `${formatNumber(ratePerSec)}${mark}`
}

/** What the mark says; undefined where nothing is marked. */
export function fillsNote({ leastReplicas }: CapacityResult): string | undefined {
  const most = leastReplicas.reduce((left, { connectionsUse }) => Math.max(left, connectionsUse ?? 0), 0)
  if (most <= 1) return undefined
  return `${FILLS_MARK} Holds for the run only: a table of connections fills up after it (up to ${formatPercent(most)} would be asked for), and then connections are dropped.`
}

/** `1 replica`, `4 replicas`. */
export function replicasText(replicas: number): string {
  return `${formatCount(replicas)} replica${replicas === 1 ? '' : 's'}`
}

/** `1 to 20`; `3, 5 and 9` where numbers are left out. */
export function rangeText({ replicas }: CapacityResult): string {
  const [first] = replicas
  const last = replicas.at(-1) ?? first
  if (replicas.length === 1) return formatCount(first)
  if (replicas.length === last - first + 1) return `${formatCount(first)} to ${formatCount(last)}`
  return replicas.length <= 6 ? listed(replicas.map(formatCount)) : `those from ${first} to ${last}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(texts: readonly string[], last = 'and'): string {
  if (texts.length < 2) return texts.join('')
  return `${texts.slice(0, -1).join(', ')} ${last} ${texts.at(-1)}`
}

/** `p99 is 61.2 ± 1.1 ms, below 250 ms`; `not below` where it failed. */
export function judgedText(capacity: CapacityResult, result: ThresholdResult): string {
  const not = { passed: '', failed: 'not ', undecided: 'perhaps not ' }[result.verdict]
  const verb = result.metric.endsWith('.errors') ? 'are' : 'is'
  return `${metricLabel(capacity, result.metric)} ${verb} ${estimateText(result.unit, result)}, ${not}${limitText(result)}`
}

/** `below 250 ms`. */
export function limitText({ operator, unit, limit }: ThresholdResult): string {
  return `${OPERATORS[operator]} ${figureText(unit, limit)}`
}

/** `p99 < 250 ms`. */
export function objectiveText(capacity: CapacityResult, result: ThresholdResult): string {
  return `${metricLabel(capacity, result.metric)} ${result.operator} ${figureText(result.unit, result.limit)}`
}

/** `pod counter-0`, `node-b`: the kind stands before names that do not begin with it. */
export function lossName({ kind, name }: CapacityLoss): string {
  return name.startsWith(kind) ? name : `${kind} ${name}`
}

/** Why no number of replicas makes up for a loss: `redis has no pod elsewhere`; undefined where nothing tells it. */
export function fatalReason({ kind, replicas, lastPods, entryNodes }: CapacityLoss): string | undefined {
  if (lastPods.length > 0) {
    if (kind === 'pod') return `it is the only pod of ${listed(lastPods)}`
    return lastPods.length === 1
      ? `${lastPods[0]} has no pod elsewhere`
      : `${listed(lastPods)} have no pods elsewhere`
  }
  return replicas === null && entryNodes.length > 0 ? 'clients keep coming in by its address' : undefined
}

/** `the pods of counter`, `the packet processors of node-a`. */
export function limitName({ resource, name }: CapacityLimit): string {
  switch (resource) {
    case 'pods':
      return `the pods of ${name}`
    case 'dns':
      return `the DNS pods (${name})`
    case 'packets':
      return `packet processing of ${name}`
    case 'connections':
      return `tracked connections of ${name}`
    case 'masqueradePorts':
      return `masquerade ports of ${name}`
  }
}

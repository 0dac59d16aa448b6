/**
 * The answer of a report on capacity: what the rate of the details takes and how far that carries, then what the loss of a
 * part of the cluster changes. Only what the results say; where nothing was found, or nothing is sure, they say that.
 */
import { formatCount, formatNumber } from '../../base/units.js'
import type { CapacityCell, CapacityLoss } from '../../results/capacity-schema.js'
import { figureText } from '../figures.js'
import { type CapacityView, cellAt, pointAt, replicationsAt } from './capacity-view.js'
import {
  fatalReason,
  judgedText,
  limitName,
  listed,
  lossName,
  rangeText,
  rateText,
  replicasText,
} from './capacity-words.js'

/** Losses that are named. */
const MAX_NAMES = 4

/** Two sentences; a third where what was simulated contradicts itself, or holds for the run only. */
export function capacityAnswer(view: CapacityView): readonly string[] {
  const first = view.capacity.details.replicas === null ? nothingFound(view) : needSentence(view)
  const second = lossSentence(view) ?? limitSentence(view)
  return [first, ...(second === undefined ? [] : [second]), ...fillsAfterwards(view), ...contradiction(view)]
}

/** `At 400 requests/s from browsers counter needs 4 replicas: …`. */
function needSentence(view: CapacityView): string {
  const { capacity } = view
  const { ratePerSec } = capacity.details
  const replicas = capacity.details.replicas ?? 0
  const need = `At ${rateText(ratePerSec)} from ${capacity.client}, ${capacity.workload} needs ${replicasText(replicas)}`
  return `${need}${evidence(view, ratePerSec, replicas)}${fewerPerhaps(view, ratePerSec, replicas)}${carries(view)}.`
}

/** The objectives with their figures, or where they follow from. */
function evidence(view: CapacityView, ratePerSec: number, replicas: number): string {
  const { capacity } = view
  const cell = cellAt(view, ratePerSec, replicas)
  const row = capacity.leastReplicas.find((each) => each.ratePerSec === ratePerSec)
  const judged = pointAt(view, cell?.point ?? row?.point)?.thresholds ?? []
  if (judged.length === 0) return ', as follows from what was simulated beside it'
  const texts = judged.map((each) => judgedText(capacity, each))
  return `: ${texts.join(', and ')}, with 95 % confidence`
}

/** Whether one replica less might do. */
function fewerPerhaps(view: CapacityView, ratePerSec: number, replicas: number): string {
  const below = view.capacity.replicas.filter((each) => each < replicas).at(-1)
  if (below === undefined) return ''
  const cell = cellAt(view, ratePerSec, below)
  if (cell?.verdict !== 'undecided') return ''
  return `; whether ${formatCount(below)} would do is undecided${afterReplications(view, cell)}`
}

function afterReplications(view: CapacityView, cell: CapacityCell): string {
  const point = pointAt(view, cell.point)
  return point === undefined ? '' : ` after ${formatCount(replicationsAt(view, point))} replications`
}

/** `; they carry up to 900 requests/s; at 1,000 they fail`. */
function carries(view: CapacityView): string {
  const { capacity } = view
  const { ratePerSec } = capacity.details
  const row = capacity.leastReplicas.find((each) => each.ratePerSec === ratePerSec)
  const greatest = row?.greatestRatePerSec ?? null
  if (row === undefined || greatest === null) return ''
  const they = row.replicas === 1 ? 'it carries' : 'they carry'
  if (row.failsPerSec !== null) {
    const upTo = greatest > ratePerSec ? `; ${they} up to ${rateText(greatest)}` : ''
    return `${upTo}${nextRate(view, row.failsPerSec, row.replicas ?? 0)}`
  }
  return greatest > ratePerSec
    ? `; ${they} ${rateText(greatest)} as well, the highest rate that was asked for`
    : ''
}

/** `; at 1,000 they fail`; a rate between those of the grid may be undecided as well. */
function nextRate(view: CapacityView, next: number, replicas: number): string {
  const verdict = cellAt(view, next, replicas)?.verdict
  if (verdict === undefined) return `, not ${formatNumber(next)}`
  const they = replicas === 1 ? 'it fails' : 'they fail'
  return `; at ${formatNumber(next)} ${verdict === 'undecided' ? 'it is undecided' : they}`
}

/** Why no number of replicas will do. */
function nothingFound(view: CapacityView): string {
  const { capacity } = view
  const { ratePerSec } = capacity.details
  const most = capacity.replicas.at(-1) ?? 0
  const cell = cellAt(view, ratePerSec, most)
  const rate = `${rateText(ratePerSec)} from ${capacity.client}`
  if (cell?.verdict === 'undecided') {
    return `Undecided: whether ${replicasText(most)} of ${capacity.workload}, the most of the range, keep${most === 1 ? 's' : ''} the objectives at ${rate} is open${afterReplications(view, cell)}; more replications (--max-replications) or more replicas may tell.`
  }
  const none = `None of ${rangeText(capacity)} replicas of ${capacity.workload} keeps the objectives at ${rate}`
  if (cell?.basis === 'overloaded') {
    return `${none}: even ${formatCount(most)} are asked for more than they can do.`
  }
  const failed = (pointAt(view, cell?.point)?.thresholds ?? []).filter(({ verdict }) => verdict === 'failed')
  if (failed.length === 0) return `${none}.`
  const texts = failed.map((each) => judgedText(capacity, each))
  return `${none}: with ${formatCount(most)}, ${listed(texts)}.`
}

/** What it takes with a pod, a node or a zone lost; undefined where no loss was tried. */
export function lossSentence({ capacity }: CapacityView): string | undefined {
  const { losses, details } = capacity
  if (losses.length === 0) return undefined
  const fatal = losses.filter((loss) => fatalReason(loss) !== undefined)
  const others = losses.filter((loss) => fatalReason(loss) === undefined)
  const parts = [...survivable(others, details.replicas, rangeText(capacity)), ...fatalPhrases(fatal)]
  return parts.length === 0 ? undefined : `${capitalised(parts.join('; '))}.`
}

/** The worst of each kind that takes more than is needed without a loss. */
function survivable(
  losses: readonly CapacityLoss[],
  needed: number | null,
  range: string,
): readonly string[] {
  if (losses.length === 0) return []
  const worse = (['pod', 'node', 'zone'] as const).flatMap((kind) => {
    const ofKind = losses.filter((loss) => loss.kind === kind)
    const most = ofKind.reduce<CapacityLoss | undefined>(
      (left, right) => (left === undefined || sizeOf(right) > sizeOf(left) ? right : left),
      undefined,
    )
    return most === undefined || (needed !== null && sizeOf(most) <= needed) ? [] : [most]
  })
  const found = worse.filter(({ replicas }) => replicas !== null)
  const phrases = found.map((loss, index) => {
    const it = index === 0 ? 'it takes ' : ''
    return `with ${lossName(loss)} lost ${it}${formatCount(loss.replicas ?? 0)}`
  })
  const none = worse.filter(({ replicas }) => replicas === null)
  const kinds = [...new Set(losses.map(({ kind }) => kind))]
  return [
    ...(worse.length === 0
      ? [
          `with any one ${listed(kinds, 'or')} ${kinds.length === 1 && losses.length === 1 ? `(${lossName(losses[0])}) ` : ''}lost as many are enough`,
        ]
      : []),
    ...(phrases.length === 0 ? [] : [listed(phrases)]),
    ...(none.length === 0
      ? []
      : [`with ${listed(none.map(lossName), 'or')} lost none of ${range} is enough`]),
  ]
}

function sizeOf({ replicas }: CapacityLoss): number {
  return replicas ?? Number.POSITIVE_INFINITY
}

/** `node-a can not be lost: redis has no pod elsewhere`; losses with one reason together. */
function fatalPhrases(losses: readonly CapacityLoss[]): readonly string[] {
  const byReason = new Map<string, string[]>()
  for (const loss of losses) {
    const reason = fatalReason(loss) ?? ''
    byReason.set(reason, [...(byReason.get(reason) ?? []), lossName(loss)])
  }
  return [...byReason].map(
    ([reason, names]) => `${listed(shortList(names), 'or')} can not be lost: ${reason}`,
  )
}

/** A few names, and how many more there are. */
function shortList(names: readonly string[]): readonly string[] {
  if (names.length <= MAX_NAMES) return names
  return [...names.slice(0, MAX_NAMES - 1), `${formatCount(names.length - MAX_NAMES + 1)} more`]
}

/** What is full first as the rate grows; undefined where nothing is known to be. */
export function limitSentence({ capacity }: CapacityView): string | undefined {
  const [first] = capacity.limits
  if (first === undefined || first.fullPerSec === null) return undefined
  const { ratePerSec } = capacity.details
  const use = `${figureText('ratio', first.use)} at ${rateText(ratePerSec)}`
  return `What runs out first is ${limitName(first)}, at about ${rateText(first.fullPerSec)} (${use}).`
}

/** That the answer holds for the run only, as a table of connections is full some time after it. */
function fillsAfterwards({ capacity }: CapacityView): readonly string[] {
  const row = capacity.leastReplicas.find(({ ratePerSec }) => ratePerSec === capacity.details.ratePerSec)
  const use = row?.connectionsUse ?? 0
  if (use <= 1) return []
  return [
    `It holds for the run only: a table of connections fills up after it, as ${figureText('ratio', use)} of its places would be asked for.`,
  ]
}

/** Two figures that contradict each other, so that the answer is not sure. */
function contradiction(view: CapacityView): readonly string[] {
  if (view.capacity.isMonotone) return []
  const found = contraryCells(view)
  const where =
    found === undefined
      ? ''
      : `: at ${rateText(found.worse.ratePerSec)} ${replicasText(found.worse.replicas)} failed, at ${rateText(found.better.ratePerSec)} ${replicasText(found.better.replicas)} passed`
  return [`Not all that was simulated agrees that more replicas or a lower rate help${where}.`]
}

/** A cell that passed, though one with more replicas and a rate no higher failed. */
function contraryCells({
  capacity,
}: CapacityView): { readonly better: CapacityCell; readonly worse: CapacityCell } | undefined {
  const sure = capacity.cells.filter(({ basis }) => basis === 'simulated')
  for (const better of sure.filter(({ verdict }) => verdict === 'passed')) {
    const worse = sure.find(
      ({ verdict, replicas, ratePerSec }) =>
        verdict === 'failed' && replicas >= better.replicas && ratePerSec <= better.ratePerSec,
    )
    if (worse !== undefined) return { better, worse }
  }
  return undefined
}

/** With a capital letter, unless it begins with a name. */
function capitalised(text: string): string {
  return text.startsWith('with ') ? text.charAt(0).toUpperCase() + text.slice(1) : text
}

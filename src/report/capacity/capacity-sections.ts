/** The sections of a report on capacity: what each says and the tables that it rests on, in the order of reading. */
import { formatCount, formatNumber } from '../../base/units.js'
import type { PointResult } from '../../results/results-schema.js'
import { alternativeSentences, alternativeTables } from './alternative-table.js'
import { limitSentence } from './capacity-answer.js'
import type { CapacityTable } from './capacity-table.js'
import { type CapacityView, cellAt, pointAt } from './capacity-view.js'
import { judgedText, listed, objectiveText, rateText, replicasText } from './capacity-words.js'
import { formulaSentences, formulaTable } from './formula-table.js'
import { limitTable } from './limit-table.js'
import { lossTable } from './loss-table.js'
import { rateTable, replicasTable } from './rate-tables.js'

/** What sections are about, in the order of reading; charts are found by it. */
export const CAPACITY_TOPICS = ['grid', 'details', 'losses', 'alternatives', 'formulas', 'limits'] as const
export type CapacityTopic = (typeof CAPACITY_TOPICS)[number]

/** One section. */
export interface CapacitySection {
  readonly topic: CapacityTopic
  readonly title: string
  readonly sentences: readonly string[]
  readonly tables: readonly CapacityTable[]
  /** Of the same kind, folded where that can be done, else left out. */
  readonly more?: readonly CapacityTable[]
}

/** All sections; some may have no content. */
export function capacitySections(view: CapacityView): readonly CapacitySection[] {
  const alternatives = alternativeTables(view)
  const { capacity } = view
  const rate = rateText(capacity.details.ratePerSec)
  return [
    {
      topic: 'grid',
      title: 'How many replicas',
      sentences: [objectiveSentence(view), ...wallSentences(view)],
      tables: [rateTable(view), replicasTable(view)],
    },
    { topic: 'details', title: `At ${rate}`, sentences: [], tables: [] },
    {
      topic: 'losses',
      title: 'With a part of the cluster lost',
      sentences: leftOutSentences(view),
      tables: [lossTable(view)],
    },
    {
      topic: 'alternatives',
      title: 'Spread, stickiness and what other settings cost',
      sentences: alternativeSentences(view),
      tables: alternatives.first,
      more: alternatives.others,
    },
    {
      topic: 'formulas',
      title: 'What formulas would have said',
      sentences: formulaSentences(view),
      tables: [formulaTable(view)],
    },
    {
      topic: 'limits',
      title: 'What limits first',
      sentences: optional(limitSentence(view)),
      tables: [limitTable(view)],
    },
  ]
}

/** `Objectives: p99 < 250 ms and errors < 0.1 %, at 95 % confidence, 5 to 40 replications a point.`. */
function objectiveSentence({ results, capacity }: CapacityView): string {
  const judged = results.points.find(({ thresholds }) => (thresholds ?? []).length > 0)?.thresholds
  const texts = judged?.map((each) => objectiveText(capacity, each)) ?? capacity.objectives
  const most = Math.max(results.replications, capacity.maxReplications)
  const replications = most === results.replications ? `${most}` : `${results.replications} to ${most}`
  return `Objectives, at 95 % confidence: ${texts.join(' and ')}; rates are those of ${capacity.client} at ${capacity.service}:${capacity.port}, replicas those of ${capacity.workload}; ${formatNumber(results.points.length)} points were simulated, with ${replications} replications each.`
}

/** Why more replicas do not help beyond some rate: what fails with the most of them, and what was dropped there. */
function wallSentences(view: CapacityView): readonly string[] {
  const { capacity } = view
  const first = capacity.leastReplicas.find(({ replicas }) => replicas === null)
  const most = capacity.replicas.at(-1) ?? 0
  if (first === undefined) return []
  const point = pointAt(view, cellAt(view, first.ratePerSec, most)?.point)
  const failed = (point?.thresholds ?? []).filter(({ verdict }) => verdict === 'failed')
  if (point === undefined || failed.length === 0) return []
  const what = listed(failed.map((each) => judgedText(capacity, each)))
  return [
    `From ${rateText(first.ratePerSec)} on no number of the range is enough: with ${replicasText(most)}, ${what}${dropPhrase(point)}.`,
  ]
}

/** `: 167,981 packets were dropped as the table of connections of node-a was full`; nothing where none was. */
function dropPhrase({ nodes }: PointResult): string {
  const causes = [
    ['conntrackFull', 'the table of connections was full'],
    ['backlog', 'too many packets waited for the processors'],
    ['noMasqueradePort', 'no port was left to masquerade them'],
  ] as const
  const phrases = causes.flatMap(([cause, words]) => {
    const where = nodes.filter(({ drops }) => drops[cause] > 0)
    const count = where.reduce((sum, { drops }) => sum + drops[cause], 0)
    if (count === 0) return []
    const names =
      where.length <= 3 ? listed(where.map(({ node }) => node)) : `${formatCount(where.length)} nodes`
    return [`${formatCount(count)} packets were dropped on ${names}, as ${words}`]
  })
  return phrases.length === 0 ? '' : `; ${phrases.join('; ')}`
}

function leftOutSentences({ capacity }: CapacityView): readonly string[] {
  return capacity.leftOut
}

function optional(sentence: string | undefined): readonly string[] {
  return sentence === undefined ? [] : [sentence]
}

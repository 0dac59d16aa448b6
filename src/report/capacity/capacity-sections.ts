/** The sections of a report on capacity: what each says and the tables that it rests on, in the order of reading. */
import { formatNumber } from '../../base/units.js'
import { alternativeSentences, alternativeTable } from './alternative-table.js'
import { limitSentence } from './capacity-answer.js'
import type { CapacityTable } from './capacity-table.js'
import type { CapacityView } from './capacity-view.js'
import { objectiveText, rateText } from './capacity-words.js'
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
}

/** Sections without content are left out. */
export function capacitySections(view: CapacityView): readonly CapacitySection[] {
  const { capacity } = view
  const rate = rateText(capacity.details.ratePerSec)
  return [
    {
      topic: 'grid',
      title: 'How many replicas',
      sentences: [objectiveSentence(view)],
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
      tables: [alternativeTable(view)],
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

function leftOutSentences({ capacity }: CapacityView): readonly string[] {
  return capacity.leftOut.map((reason) => `Left out: ${reason}.`)
}

function optional(sentence: string | undefined): readonly string[] {
  return sentence === undefined ? [] : [sentence]
}

/**
 * What packets cost a node's processors, as named presets with unit and source.
 *
 * work of a first packet = connection + rules evaluated × rule + statistic rules × statisticRule
 *                          + `recent` lists walked × recentListWalk
 * every later packet     = packet, at each node, without queueing
 *
 * Absolute times are those of the machine measured; what carries over is how they grow.
 */

interface CostConstant {
  readonly unit: 'ns'
  readonly meaning: string
  readonly source: string
}

const MEASURED = 'measured: test/data/ground-truth/cost_model.json, Linux 6.18, AMD EPYC'

/** Every constant, with what it means. */
export const COST_CONSTANTS = {
  connection: {
    unit: 'ns',
    meaning: 'Connection tracking and address translation of a new connection, on each node that it passes',
    source: `${MEASURED}: conntrack + DNAT on one node adds 5.65 µs to a connect`,
  },
  rule: {
    unit: 'ns',
    meaning: 'One rule evaluated for a first packet',
    source: `${MEASURED}: first_packet_ns, per KUBE-SERVICES rule passed`,
  },
  statisticRule: {
    unit: 'ns',
    meaning: 'One rule with `-m statistic` evaluated, in place of `rule`',
    source: `${MEASURED}: first_packet_ns, per statistic rule passed, with comments, mean of two runs`,
  },
  recentListWalk: {
    unit: 'ns',
    meaning: 'One `recent` list of the node passed on the way to the list looked up',
    source: `${MEASURED}: first_packet_ns, per recent list walked in one lookup, 1,000 lists`,
  },
  packet: {
    unit: 'ns',
    meaning: 'Any later packet through one node: a hop, connection tracking and translation',
    source: `${MEASURED}: established_us, one more hop 0.69 µs and conntrack/NAT 1.08 µs`,
  },
} as const satisfies Record<string, CostConstant>

export type CostName = keyof typeof COST_CONSTANTS

/** Nanoseconds by constant; fractions are allowed, a packet's work is rounded to an integer. */
export type Costs = Readonly<Record<CostName, number>>

export const COST_PRESETS = {
  'iptables-legacy': {
    connection: 5_650,
    rule: 4.306,
    statisticRule: 65.285,
    recentListWalk: 12.07,
    packet: 1_770,
  },
  'iptables-nft': {
    connection: 5_650,
    rule: 14.996,
    statisticRule: 120.87,
    recentListWalk: 12.07,
    packet: 1_770,
  },
  none: { connection: 0, rule: 0, statisticRule: 0, recentListWalk: 0, packet: 0 },
} as const satisfies Record<string, Costs>

export type CostPresetName = keyof typeof COST_PRESETS

/** The rules of one first packet on one node, counted. */
export interface RuleCounts {
  readonly rulesEvaluated: number
  readonly statisticRulesEvaluated: number
  readonly recentListsWalked: number
}

/** Processor time of a first packet on one node: an integer, ns. */
export function firstPacketWorkNs(costs: Costs, counts: RuleCounts): number {
  const plainRules = counts.rulesEvaluated - counts.statisticRulesEvaluated
  return Math.round(
    costs.connection +
      plainRules * costs.rule +
      counts.statisticRulesEvaluated * costs.statisticRule +
      counts.recentListsWalked * costs.recentListWalk,
  )
}

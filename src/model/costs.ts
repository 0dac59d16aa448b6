/**
 * What packets cost a node's processors, as named presets with unit and source.
 *
 * work of a first packet = connection + rules evaluated × rule + statistic rules × statisticRule
 *                          + `recent` look-ups × recentLookup + lists walked × recentListWalk + affinity sets × affinitySet
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
  bareStatisticRule: {
    unit: 'ns',
    meaning: 'One rule with `-m statistic` and no comment, as in large clusters, in place of `statisticRule`',
    source: `${MEASURED}: first_packet_ns, per statistic rule passed, without comments, mean of two runs`,
  },
  recentLookup: {
    unit: 'ns',
    meaning:
      'One `recent` test, its list found: the lock, the hash of the address, the entries of its bucket',
    source:
      'measured: test/data/ground-truth/cost_endpoints.json, new clients with 10 and 100 endpoints: what the other constants leave, mean over two backends',
  },
  recentListWalk: {
    unit: 'ns',
    meaning: 'One `recent` list of the node passed on the way to the list looked up',
    source: `${MEASURED}: first_packet_ns, per recent list walked in one lookup, 1,000 lists`,
  },
  affinitySet: {
    unit: 'ns',
    meaning: 'One affinity set of nftables looked up',
    source: `${MEASURED}: first_packet_ns, per affinity set passed, native, mean of two runs`,
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
    bareStatisticRule: 46.49,
    recentLookup: 149,
    recentListWalk: 12.07,
    affinitySet: 0,
    packet: 1_770,
  },
  'iptables-nft': {
    connection: 5_650,
    rule: 14.996,
    statisticRule: 120.87,
    bareStatisticRule: 76.89,
    recentLookup: 149,
    recentListWalk: 12.07,
    affinitySet: 0,
    packet: 1_770,
  },
  /** Verdict maps: neither Services nor endpoints cost anything that could be measured. */
  nftables: {
    connection: 5_650,
    rule: 0,
    statisticRule: 0,
    bareStatisticRule: 0,
    recentLookup: 0,
    recentListWalk: 0,
    affinitySet: 53.35,
    packet: 1_770,
  },
  /** Not measured (the kernel at hand had no IPVS): a hash look-up, as verdict maps are. */
  ipvs: {
    connection: 5_650,
    rule: 0,
    statisticRule: 0,
    bareStatisticRule: 0,
    recentLookup: 0,
    recentListWalk: 0,
    affinitySet: 0,
    packet: 1_770,
  },
  none: {
    connection: 0,
    rule: 0,
    statisticRule: 0,
    bareStatisticRule: 0,
    recentLookup: 0,
    recentListWalk: 0,
    affinitySet: 0,
    packet: 0,
  },
} as const satisfies Record<string, Costs>

export type CostPresetName = keyof typeof COST_PRESETS

/** Where a constant of a preset comes from. */
export function costSource(preset: CostPresetName, name: CostName): string {
  if (preset === 'none') return 'preset none'
  if (preset === 'ipvs') return 'not measured, as the kernel at hand had no IPVS; taken to be as for nftables'
  if (preset === 'nftables' && COST_PRESETS.nftables[name] === 0) {
    return `${MEASURED}: per service, native nft, 0.007 ns; per statistic rule, native, 0`
  }
  return COST_CONSTANTS[name].source
}

/** The rules of one first packet on one node, counted. */
export interface RuleCounts {
  readonly rulesEvaluated: number
  readonly statisticRulesEvaluated: number
  readonly recentListsWalked: number
  readonly recentLookups?: number | undefined
  readonly affinitySetsChecked: number
}

/** Processor time of a first packet on one node: an integer, ns. */
export function firstPacketWorkNs(costs: Costs, counts: RuleCounts): number {
  const plainRules = counts.rulesEvaluated - counts.statisticRulesEvaluated
  return Math.round(
    costs.connection +
      plainRules * costs.rule +
      counts.statisticRulesEvaluated * costs.statisticRule +
      (counts.recentLookups ?? 0) * costs.recentLookup +
      counts.recentListsWalked * costs.recentListWalk +
      counts.affinitySetsChecked * costs.affinitySet,
  )
}

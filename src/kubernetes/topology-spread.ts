/**
 * How the scheduler spreads the pods of one workload over topology domains (nodes, zones, any label of nodes).
 *
 * Left out: minDomains, matchLabelKeys, nodeAffinityPolicy and nodeTaintsPolicy (their defaults hold: nodes that the
 * nodeSelector excludes do not count, tainted ones do).
 * Source: kubernetes pkg/scheduler/framework/plugins/podtopologyspread: filtering.go, scoring.go, plugin.go.
 */
import { ln } from '../base/exact-math.js'
import type { TopologySpreadConstraint } from '../input/kubernetes-objects.js'
import type { SettledNode } from './settle-nodes.js'
import { HOSTNAME_LABEL, ZONE_LABEL } from './settle-nodes.js'

/** One constraint with its counts so far. Domains are numbered in the order of the nodes. */
export interface Spread {
  readonly maxSkew: number
  /** By node index; -1: the node has no such label. */
  readonly domainOfNode: readonly number[]
  /** Pods that count, by domain. */
  readonly podCounts: number[]
  /** Nodes whose pods and domains count, by node index. */
  readonly isCounted: readonly boolean[]
  /** Whether a pod of the workload itself counts. */
  readonly isSelfMatching: boolean
}

/** The spread constraints of one workload. */
export interface SpreadRules {
  /** DoNotSchedule */
  readonly hard: readonly Spread[]
  /** ScheduleAnyway, or the scheduler's default constraints where the workload has none of its own. */
  readonly soft: readonly Spread[]
  /** Nodes that a soft constraint of the workload ignores for want of a label come last. */
  readonly isIgnored: readonly boolean[]
}

/** What the scheduler does for workloads without constraints: `systemDefaultConstraints` in plugin.go. */
const DEFAULT_CONSTRAINTS = [
  { topologyKey: HOSTNAME_LABEL, maxSkew: 3 },
  { topologyKey: ZONE_LABEL, maxSkew: 5 },
] as const

const MAX_NODE_SCORE = 100

/** What the rules of one workload are made from. */
export interface SpreadInput {
  readonly nodes: readonly SettledNode[]
  /** By node index: whether the nodeSelector allows the node. */
  readonly isSelected: readonly boolean[]
  readonly constraints: readonly TopologySpreadConstraint[]
  /** Node indices of the pods that a constraint's selector finds. */
  readonly placedPods: (constraint: TopologySpreadConstraint) => Iterable<number>
  readonly isSelfMatching: (constraint: TopologySpreadConstraint) => boolean
}

/** Makes the rules of one workload, with the pods that are placed already. */
export function spreadRules(input: SpreadInput): SpreadRules {
  const { nodes, constraints, isSelected } = input
  if (constraints.length === 0)
    return { hard: [], soft: defaultSpreads(nodes), isIgnored: nodes.map(() => false) }
  const hard = constraints.filter((each) => each.whenUnsatisfiable === 'DoNotSchedule')
  const soft = constraints.filter((each) => each.whenUnsatisfiable === 'ScheduleAnyway')
  const hasAllKeys = (node: SettledNode, of: readonly TopologySpreadConstraint[]) =>
    of.every((each) => node.labels.has(each.topologyKey))
  const counted = (of: readonly TopologySpreadConstraint[]) =>
    nodes.map((node, index) => isSelected[index] && hasAllKeys(node, of))
  return {
    hard: hard.map((each) => explicitSpread(input, each, counted(hard))),
    soft: soft.map((each) => explicitSpread(input, each, counted(soft))),
    isIgnored: nodes.map((node) => !hasAllKeys(node, soft)),
  }
}

/** The nodes, of some, that every hard constraint allows one more pod on. */
export function allowedNodes({ hard }: SpreadRules, nodeIndices: readonly number[]): readonly number[] {
  if (hard.length === 0) return nodeIndices
  const limits = hard.map((spread) => leastCount(spread) + spread.maxSkew - (spread.isSelfMatching ? 1 : 0))
  return nodeIndices.filter((node) =>
    hard.every((spread, index) => {
      const domain = spread.domainOfNode[node]
      return domain >= 0 && spread.podCounts[domain] <= limits[index]
    }),
  )
}

/**
 * Scores nodes by how well they spread the pods: 0 to 100, more is better, rounded as the scheduler does.
 *
 * @param candidates - indices of the nodes that could take the pod
 * @returns by position in `candidates`
 */
export function spreadScores(rules: SpreadRules, candidates: readonly number[]): number[] {
  const weights = rules.soft.map((spread) => domainWeight(spread, rules, candidates))
  const raw = candidates.map((node) =>
    rules.isIgnored[node] ? undefined : rawScore(rules.soft, weights, node),
  )
  let highest = 0
  let lowest = Number.POSITIVE_INFINITY
  for (const score of raw) {
    if (score === undefined) continue
    highest = Math.max(highest, score)
    lowest = Math.min(lowest, score)
  }
  return raw.map((score) => {
    if (score === undefined) return 0
    return highest === 0
      ? MAX_NODE_SCORE
      : Math.trunc((MAX_NODE_SCORE * (highest + lowest - score)) / highest)
  })
}

/** Counts a pod of the workload that was put on a node. */
export function countPlacedPod(rules: SpreadRules, nodeIndex: number): void {
  for (const spread of [...rules.hard, ...rules.soft]) {
    const domain = spread.domainOfNode[nodeIndex]
    if (domain >= 0 && spread.isSelfMatching && spread.isCounted[nodeIndex]) spread.podCounts[domain] += 1
  }
}

function defaultSpreads(nodes: readonly SettledNode[]): Spread[] {
  return DEFAULT_CONSTRAINTS.map(({ topologyKey, maxSkew }) => {
    const { domainOfNode, domainCount } = domainsOf(nodes, topologyKey)
    return {
      maxSkew,
      domainOfNode,
      podCounts: new Array<number>(domainCount).fill(0),
      isCounted: nodes.map(() => true),
      isSelfMatching: true,
    }
  })
}

function explicitSpread(
  input: SpreadInput,
  constraint: TopologySpreadConstraint,
  isCounted: readonly boolean[],
): Spread {
  const { domainOfNode, domainCount } = domainsOf(input.nodes, constraint.topologyKey)
  const podCounts = new Array<number>(domainCount).fill(0)
  for (const node of input.placedPods(constraint)) {
    if (isCounted[node]) podCounts[domainOfNode[node]] += 1
  }
  const isSelfMatching = input.isSelfMatching(constraint)
  return { maxSkew: constraint.maxSkew, domainOfNode, podCounts, isCounted, isSelfMatching }
}

function domainsOf(
  nodes: readonly SettledNode[],
  key: string,
): { domainOfNode: number[]; domainCount: number } {
  const domains = new Map<string, number>()
  const domainOfNode = nodes.map((node) => {
    const value = node.labels.get(key)
    if (value === undefined) return -1
    const domain = domains.get(value) ?? domains.size
    domains.set(value, domain)
    return domain
  })
  return { domainOfNode, domainCount: domains.size }
}

/** Pods in the emptiest domain that counts. */
function leastCount({ domainOfNode, isCounted, podCounts }: Spread): number {
  let least = Number.POSITIVE_INFINITY
  for (const [node, domain] of domainOfNode.entries()) {
    if (isCounted[node] && podCounts[domain] < least) least = podCounts[domain]
  }
  return least
}

/**
 * ln(domains + 2), so that the few zones weigh less than the many nodes. Nodes without the label are a domain too.
 */
function domainWeight(
  { domainOfNode }: Spread,
  { isIgnored }: SpreadRules,
  candidates: readonly number[],
): number {
  const domains = new Set<number>()
  for (const node of candidates) if (!isIgnored[node]) domains.add(domainOfNode[node])
  return ln(domains.size + 2)
}

function rawScore(spreads: readonly Spread[], weights: readonly number[], nodeIndex: number): number {
  let score = 0
  for (const [index, spread] of spreads.entries()) {
    const domain = spread.domainOfNode[nodeIndex]
    if (domain >= 0) score += spread.podCounts[domain] * weights[index] + (spread.maxSkew - 1)
  }
  return Math.round(score)
}

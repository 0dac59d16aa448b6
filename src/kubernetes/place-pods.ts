/**
 * Pods on nodes, as the scheduler would put them one after another on empty nodes.
 *
 * In this order: pods that the scenario places by hand or whose specification names a node; DaemonSets; all others,
 * workload by workload. Of the nodes that are ready, not cordoned, selected by the nodeSelector and allowed by
 * DoNotSchedule constraints, the one with the best spread (see topology-spread.ts) takes the pod, among equals the
 * one with the fewest pods, among those the first. Pods of a DaemonSet also go to cordoned nodes, as they tolerate
 * that.
 *
 * Left out: resources, affinity, taints, priorities, preemption, images, the limit of 110 pods a node; the
 * scheduler breaks ties at random.
 * Sources: kubernetes pkg/scheduler; pkg/controller/daemon/daemon_controller.go, `NodeShouldRunDaemonPod`;
 * pkg/controller/daemon/util/daemonset_util.go, `AddOrUpdateDaemonPodTolerations`.
 */
import type { SourcePlace } from '../base/diagnostics.js'
import type { Findings } from './findings.js'
import { hasLabels, type LabelIndex, labelIndex, selects } from './label-selector.js'
import { groupTitle, type PodGroup, specPlace } from './pod-groups.js'
import type { SettledNode } from './settle-nodes.js'
import {
  allowedNodes,
  countPlacedPod,
  type SpreadRules,
  spreadRules,
  spreadScores,
} from './topology-spread.js'

/** A group with the node of each of its pods, by ordinal. */
export interface PlacedGroup {
  readonly group: PodGroup
  readonly nodeIndices: readonly number[]
}

/** What the placing goes by, and how far it has come. */
interface Placing {
  readonly nodes: readonly SettledNode[]
  readonly nodeIndexOf: ReadonlyMap<string, number>
  readonly findings: Findings
  readonly index: LabelIndex<PodGroup>
  readonly nodesOf: Map<PodGroup, number[]>
  /** By node index. */
  readonly podCounts: number[]
}

/**
 * Places every pod.
 *
 * @returns by position in `groups`; pods that fit nowhere are left out, and reported
 * @remarks O(pods · nodes).
 */
export function placePods(
  groups: readonly PodGroup[],
  nodes: readonly SettledNode[],
  findings: Findings,
): PlacedGroup[] {
  const placing: Placing = {
    nodes,
    nodeIndexOf: new Map(nodes.map((node, index) => [node.name, index])),
    findings,
    index: labelIndex(groups),
    nodesOf: new Map(groups.map((group) => [group, []])),
    podCounts: nodes.map(() => 0),
  }
  const isPinned = (group: PodGroup) => group.placement.length > 0 || group.podSpec.nodeName !== undefined
  const isDaemon = (group: PodGroup) => group.kind === 'DaemonSet'
  for (const group of groups) if (isPinned(group) && !isDaemon(group)) pinGroup(placing, group)
  for (const group of groups) if (isDaemon(group)) runOnEveryNode(placing, group)
  for (const group of groups) if (!isPinned(group) && !isDaemon(group)) scheduleGroup(placing, group)
  return groups.map((group) => ({ group, nodeIndices: placing.nodesOf.get(group) ?? [] }))
}

/** Who is where, at one moment of a run. */
export interface Occupancy {
  readonly nodes: readonly SettledNode[]
  readonly index: LabelIndex<PodGroup>
  /** Nodes of the pods that are there. */
  readonly nodesOf: ReadonlyMap<PodGroup, readonly number[]>
}

/**
 * The node that one more pod of a group goes to during a run; undefined: it fits on none, and waits.
 *
 * @param ordinal - of the pod, which counts where pods are placed by hand
 * @param isOpen - by node index: is the node there, and not cordoned?
 */
export function nodeForOneMore(
  group: PodGroup,
  ordinal: number,
  { nodes, index, nodesOf }: Occupancy,
  isOpen: (nodeIndex: number) => boolean,
): number | undefined {
  const isSelected = nodes.map((node) => hasLabels(node.labels, group.podSpec.nodeSelector))
  const { nodeName } = group.podSpec
  const names = nodeName === undefined ? group.placement : [nodeName]
  const named = names.length === 0 ? undefined : names[ordinal % names.length]
  const feasible = nodes.flatMap((node, at) => {
    if (!isOpen(at)) return []
    if (named !== undefined) return node.name === named ? [at] : []
    return node.isSchedulable && isSelected[at] ? [at] : []
  })
  const rules = spreadRulesOf({ nodes, index, nodesOf }, group, isSelected)
  const candidates = named === undefined ? allowedNodes(rules, feasible) : feasible
  if (candidates.length === 0) return undefined
  const podCounts = nodes.map(() => 0)
  for (const places of nodesOf.values()) for (const at of places) podCounts[at] += 1
  return bestNode(candidates, spreadScores(rules, candidates), podCounts)
}

function put(placing: Placing, group: PodGroup, nodeIndex: number): void {
  placing.nodesOf.get(group)?.push(nodeIndex)
  placing.podCounts[nodeIndex] += 1
}

/** By hand: the scenario's placement wins over the pod's own nodeName. */
function pinGroup(placing: Placing, group: PodGroup): void {
  const { nodeName } = group.podSpec
  const named = group.placement.map((name, position) =>
    knownNode(placing, name, placing.findings.place('spec', 'cluster', 'placement', group.name, position)),
  )
  if (named.length === 0 && nodeName !== undefined) {
    named.push(knownNode(placing, nodeName, specPlace(group, 'nodeName')))
  }
  const known = named.filter((each) => each !== undefined)
  if (known.length < named.length) return
  for (let ordinal = 0; ordinal < (group.replicas ?? 0); ordinal += 1) {
    put(placing, group, known[ordinal % known.length])
  }
}

function knownNode(placing: Placing, name: string, place: SourcePlace | undefined): number | undefined {
  const nodeIndex = placing.nodeIndexOf.get(name)
  if (nodeIndex === undefined) reportUnknownNode(placing.findings, name, placing.nodeIndexOf.keys(), place)
  return nodeIndex
}

/** Error NODE_UNKNOWN, with the name that was meant or those that exist. */
export function reportUnknownNode(
  findings: Findings,
  name: string,
  known: Iterable<string>,
  place: SourcePlace | undefined,
): void {
  const hint = findings.nameHint(name, () => known, 'nodes')
  findings.error({ code: 'NODE_UNKNOWN', message: `No node is named "${name}"`, place, hint })
}

/** A DaemonSet's pods keep off nodes that are not ready and go to cordoned ones. */
function runOnEveryNode(placing: Placing, group: PodGroup): void {
  const { nodeName, nodeSelector } = group.podSpec
  if (nodeName !== undefined && knownNode(placing, nodeName, specPlace(group, 'nodeName')) === undefined)
    return
  for (const [index, node] of placing.nodes.entries()) {
    const isNamed = nodeName === undefined || nodeName === node.name
    if (node.isReady && isNamed && hasLabels(node.labels, nodeSelector)) put(placing, group, index)
  }
}

function scheduleGroup(placing: Placing, group: PodGroup): void {
  const replicas = group.replicas ?? 0
  if (replicas === 0) return
  const { nodes, podCounts } = placing
  const isSelected = nodes.map((node) => hasLabels(node.labels, group.podSpec.nodeSelector))
  const feasible = nodes.flatMap((node, index) => (node.isSchedulable && isSelected[index] ? [index] : []))
  const rules = spreadRulesOf(placing, group, isSelected)
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) {
    const candidates = allowedNodes(rules, feasible)
    if (candidates.length === 0) {
      reportUnschedulable(placing, group, replicas - ordinal, isSelected)
      return
    }
    const best = bestNode(candidates, spreadScores(rules, candidates), podCounts)
    put(placing, group, best)
    countPlacedPod(rules, best)
  }
}

function spreadRulesOf(placing: Occupancy, group: PodGroup, isSelected: readonly boolean[]): SpreadRules {
  return spreadRules({
    nodes: placing.nodes,
    isSelected,
    constraints: group.podSpec.topologySpreadConstraints,
    placedPods: ({ labelSelector }) =>
      placing.index.find(group.namespace, labelSelector).flatMap((each) => placing.nodesOf.get(each) ?? []),
    isSelfMatching: ({ labelSelector }) => selects(labelSelector, group.labels),
  })
}

/** Best score, then fewest pods, then first. */
function bestNode(
  candidates: readonly number[],
  scores: readonly number[],
  podCounts: readonly number[],
): number {
  let best = 0
  for (let position = 1; position < candidates.length; position += 1) {
    const gain = scores[position] - scores[best]
    const isEmptier = podCounts[candidates[position]] < podCounts[candidates[best]]
    if (gain > 0 || (gain === 0 && isEmptier)) best = position
  }
  return candidates[best]
}

function reportUnschedulable(
  placing: Placing,
  group: PodGroup,
  podCount: number,
  isSelected: readonly boolean[],
): void {
  const { nodes, findings } = placing
  const count = (isCounted: (node: SettledNode, index: number) => boolean) => nodes.filter(isCounted).length
  const unselected = count((_, index) => !isSelected[index])
  const closed = count((node, index) => isSelected[index] && !node.isSchedulable)
  const spread = nodes.length - unselected - closed
  const selector = [...group.podSpec.nodeSelector].map(([key, value]) => `${key}=${value}`).join(',')
  const reasons = [
    unselected > 0 ? `${nodeCount(unselected)} without the labels ${selector}` : '',
    closed > 0 ? `${nodeCount(closed)} cordoned or not ready` : '',
    spread > 0 ? `${nodeCount(spread)} ruled out by topologySpreadConstraints` : '',
  ].filter((each) => each !== '')
  const owner = groupTitle(group)
  const pods = podCount === 1 ? `One pod of ${owner} fits` : `${podCount} pods of ${owner} fit`
  findings.error({
    code: 'POD_UNSCHEDULABLE',
    message: `${pods} on no node: ${reasons.join(', ')}`,
    place: specPlace(group, unselected > 0 ? 'nodeSelector' : 'topologySpreadConstraints'),
    hint: 'add a node that fits, relax the rule, or place the pods by hand in spec.cluster.placement',
  })
}

function nodeCount(count: number): string {
  return count === 1 ? 'one node' : `${count} nodes`
}

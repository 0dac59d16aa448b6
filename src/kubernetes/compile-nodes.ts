/**
 * Nodes and pods of the cluster, with their addresses.
 */
import type { Container } from '../input/kubernetes-objects.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import { assignNodeAddresses } from './assign-node-addresses.js'
import { assignPodAddresses } from './assign-pod-addresses.js'
import { assignPodRanges, insideClientCounts } from './assign-pod-ranges.js'
import type { ClusterNode, ClusterPod } from './cluster.js'
import { type ClusterRanges, hostAt } from './cluster-ranges.js'
import type { Findings } from './findings.js'
import type { Labels } from './label-selector.js'
import type { PlacedGroup } from './place-pods.js'
import type { PodGroup } from './pod-groups.js'
import type { SettledNode } from './settle-nodes.js'

/** A pod with what only the compilation needs to know of it. */
export interface CompiledPod {
  readonly pod: ClusterPod
  readonly group: PodGroup
  readonly containers: readonly Container[]
  /** Name of the pod in DNS under the Service `subdomain`; empty: none. */
  readonly hostname: string
  readonly subdomain: string
  /** Does the API server know it? Pods that start during the run are not there before. */
  readonly isPresent: boolean
  readonly isTerminating: boolean
}

/** A pod that starts during the run. */
export interface LaterPod {
  readonly group: PodGroup
  readonly ordinal: number
  readonly nodeIndex: number
  /** How many pods of this name there were before it. */
  readonly life: number
}

/** Nodes and pods, each by index. */
export interface NodesAndPods {
  readonly nodes: readonly ClusterNode[]
  readonly pods: readonly CompiledPod[]
}

/**
 * Gives nodes and pods their addresses. Pods come in the order of their groups, then by ordinal; after them those that start
 * during the run.
 */
export function compileNodes(
  settled: readonly SettledNode[],
  placed: readonly PlacedGroup[],
  later: readonly LaterPod[],
  ranges: ClusterRanges,
  spec: ScenarioSpec,
  findings: Findings,
): NodesAndPods {
  const addresses = assignNodeAddresses(settled, ranges.nodeCidr, findings)
  const addressCounts = insideClientCounts(spec, settled)
  for (const { group, nodeIndices } of placed) {
    if (!group.podSpec.hostNetwork) for (const index of nodeIndices) addressCounts[index] += 1
  }
  for (const { group, nodeIndex } of later) {
    if (!group.podSpec.hostNetwork) addressCounts[nodeIndex] += 1
  }
  const podRanges = assignPodRanges(settled, addressCounts, ranges.podCidr, findings)
  const nodes = settled.map(
    (node, index): ClusterNode => ({
      index,
      name: node.name,
      zone: node.zone,
      labels: node.labels,
      address: addresses[index],
      gatewayAddress: hostAt(podRanges[index], 0),
      podCidr: podRanges[index].text,
      isReady: node.isReady,
      isSchedulable: node.isSchedulable,
      cpuCount: node.cpuCount,
    }),
  )
  const networks = podRanges.map((podCidr, index) => ({ podCidr, address: addresses[index] }))
  return { nodes, pods: compilePods(placed, later, nodes, networks, findings) }
}

function compilePods(
  placed: readonly PlacedGroup[],
  later: readonly LaterPod[],
  nodes: readonly ClusterNode[],
  networks: Parameters<typeof assignPodAddresses>[1],
  findings: Findings,
): CompiledPod[] {
  const first = placed.flatMap(({ group, nodeIndices }) =>
    nodeIndices.map((nodeIndex, ordinal): LaterPod => ({ group, nodeIndex, ordinal, life: 0 })),
  )
  const flat = [...first, ...later]
  const addresses = assignPodAddresses(
    flat.map(({ group, nodeIndex }) => ({
      title: `Pod "${group.name}"`,
      nodeIndex,
      isInHostNetwork: group.podSpec.hostNetwork,
      podIp: group.podIp,
      podIpPlace: () => group.origin.place(['status', 'podIP']),
    })),
    networks,
    findings,
  )
  return flat.map((each, index) =>
    compilePod(each, nodes[each.nodeIndex], {
      index,
      address: addresses[index],
      isPresent: index < first.length,
    }),
  )
}

function compilePod(
  { group, ordinal, life }: LaterPod,
  node: ClusterNode,
  {
    index,
    address,
    isPresent,
  }: { readonly index: number; readonly address: string; readonly isPresent: boolean },
): CompiledPod {
  const isWritten = group.kind === 'Pod'
  const name = isWritten ? group.name : `${group.name}-${ordinal}`
  const isStateful = group.kind === 'StatefulSet'
  return {
    pod: {
      index,
      name,
      namespace: group.namespace,
      workload: isWritten ? '' : group.name,
      ordinal,
      life,
      labels: isStateful ? statefulLabels(group.labels, name, ordinal) : group.labels,
      nodeIndex: node.index,
      address,
      isReady: isPresent && group.isReady && node.isReady,
      cpuLimitMilli: sumOfLimits(group.podSpec.containers),
    },
    group,
    containers: group.podSpec.containers,
    hostname: isStateful ? name : (group.podSpec.hostname ?? ''),
    subdomain: group.subdomain,
    isPresent,
    isTerminating: false,
  }
}

function sumOfLimits(containers: readonly Container[]): number | undefined {
  const limits = containers.flatMap(({ cpuLimitMilli }) => cpuLimitMilli ?? [])
  return limits.length === 0 ? undefined : limits.reduce((sum, each) => sum + each, 0)
}

/** Labels that the StatefulSet controller gives each pod, by which a Service can select one. */
function statefulLabels(labels: Labels, name: string, ordinal: number): Labels {
  return new Map([
    ...labels,
    ['statefulset.kubernetes.io/pod-name', name],
    ['apps.kubernetes.io/pod-index', String(ordinal)],
  ])
}

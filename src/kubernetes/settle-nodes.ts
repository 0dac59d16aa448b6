/**
 * Which nodes the cluster has: those of the scenario, else the Node objects, else three in two zones.
 *
 * Left out: taints but those of nodes that are cordoned or not ready, resources, conditions.
 */
import type { Manifests, NodeObject } from '../input/kubernetes-objects.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { Labels } from './label-selector.js'

/** Label of every node: its name. */
export const HOSTNAME_LABEL = 'kubernetes.io/hostname'
/** Label of the zone that a node is in. */
export const ZONE_LABEL = 'topology.kubernetes.io/zone'

/** A node before it has addresses. */
export interface SettledNode {
  readonly name: string
  /** Empty where the node has none. */
  readonly zone: string
  readonly labels: Labels
  readonly isReady: boolean
  readonly isSchedulable: boolean
  readonly cpuCount: number
  /** From a Node object; undefined: to be assigned. */
  readonly address: string | undefined
  readonly podCidr: string | undefined
  readonly object: NodeObject | undefined
}

/** Processors of a node of which nothing is known; the default of the scenario, too. */
const DEFAULT_CPU_COUNT = 2

/** The cluster of someone who has not thought about nodes: enough to see a second hop, and a zone of its own. */
const DEFAULT_NODES = [
  { name: 'node-a', zone: 'zone-1' },
  { name: 'node-b', zone: 'zone-1' },
  { name: 'node-c', zone: 'zone-2' },
]

/** The nodes, in the order of the scenario or of the manifests. Names are unique: the readers have seen to that. */
export function settleNodes(manifests: Manifests, { cluster }: ScenarioSpec): SettledNode[] {
  if (cluster.nodes.length > 0) {
    return cluster.nodes.map(({ name, zone, labels, cpus }) => writtenNode(name, zone, labels, cpus))
  }
  if (manifests.nodes.length > 0) return manifests.nodes.map(objectNode)
  return DEFAULT_NODES.map(({ name, zone }) => writtenNode(name, zone, {}, DEFAULT_CPU_COUNT))
}

function writtenNode(
  name: string,
  zone: string,
  labels: Readonly<Record<string, string>>,
  cpuCount: number,
): SettledNode {
  const all = new Map([[HOSTNAME_LABEL, name], ...Object.entries(labels)])
  if (zone !== '') all.set(ZONE_LABEL, zone)
  return {
    name,
    zone: all.get(ZONE_LABEL) ?? '',
    labels: all,
    isReady: true,
    isSchedulable: true,
    cpuCount,
    address: undefined,
    podCidr: undefined,
    object: undefined,
  }
}

function objectNode(object: NodeObject): SettledNode {
  const { name } = object.meta
  const labels = new Map([[HOSTNAME_LABEL, name], ...object.meta.labels])
  return {
    name,
    zone: labels.get(ZONE_LABEL) ?? '',
    labels,
    isReady: object.isReady,
    isSchedulable: object.isReady && !object.isUnschedulable,
    cpuCount: DEFAULT_CPU_COUNT,
    address: object.internalIp,
    podCidr: object.podCidr,
    object,
  }
}

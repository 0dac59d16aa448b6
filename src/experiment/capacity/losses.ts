/**
 * What can be lost: one pod of the workload, a node, a zone. It is gone from the first moment on, and the control plane and the
 * load balancers know: what is measured is the rest of the cluster carrying the load, before pods start elsewhere.
 */
import type { Setting } from '../../input/settings.js'
import type { ClusterPod } from '../../kubernetes/cluster.js'
import type { CallGraph, CallSite } from '../../model/call-sites.js'
import type { CapacityLoss } from '../../results/capacity-schema.js'
import type { DesignPoint } from '../plan.js'
import type { NeededPods } from './needed-pods.js'
import type { Variant } from './variants.js'

/** One of them. */
export interface PossibleLoss extends Variant {
  readonly kind: CapacityLoss['kind']
  /** The pod, node or zone. */
  readonly lost: string
  readonly nodes: readonly string[]
}

/** Losses, and why some are not looked at. */
export interface PossibleLosses {
  readonly losses: readonly PossibleLoss[]
  readonly leftOut: readonly string[]
}

/** Nodes, and likewise zones, whose loss is looked at: those with most of the pods needed. */
const MOST_OF_A_KIND = 4

/**
 * What can be lost of a cluster.
 *
 * @param needed - pods that requests need, by workload; see `needed-pods.ts`
 * @param workload - that whose pod may be lost
 */
export function possibleLosses(
  point: DesignPoint,
  graph: CallGraph,
  needed: NeededPods,
  workload: string,
): PossibleLosses {
  if (point.scenario.spec.events !== undefined)
    return { losses: [], leftOut: ['Losses are not told: the scenario has events of its own.'] }
  const settled = settledSettings(point, graph)
  const [pod] = needed.get(workload) ?? []
  const ofPod = pod === undefined ? [] : [lossOfPod(workload, pod, settled)]
  const nodes = mostNeeded(point, nodeGroups(point), needed)
  const zones = mostNeeded(point, zoneGroups(point), needed)
  const ofNodes = nodes.kept.map(([name, members]) => lossOfNodes('node', name, members, point, settled))
  const ofZones = zones.kept.map(([name, members]) => lossOfNodes('zone', name, members, point, settled))
  return {
    losses: [...ofPod, ...ofNodes, ...ofZones],
    leftOut: [...leftOutText('node', nodes), ...leftOutText('zone', zones)],
  }
}

function lossOfPod(workload: string, pod: ClusterPod, settled: readonly Setting[]): PossibleLoss {
  const event = { at: '0s', kind: 'killPods', workload, pods: [0], how: 'crash' }
  return {
    kind: 'pod',
    lost: pod.name,
    nodes: [],
    name: `pod ${pod.name} lost`,
    settings: [...settled, { path: 'events', value: [event] }],
  }
}

function lossOfNodes(
  kind: 'node' | 'zone',
  lost: string,
  nodes: readonly string[],
  point: DesignPoint,
  settled: readonly Setting[],
): PossibleLoss {
  const events = nodes.map((node) => ({ at: '0s', kind: 'loseNode', node }))
  return {
    kind,
    lost,
    nodes,
    name: `${kind} ${lost} lost`,
    settings: [...settled, ...movedClients(point, nodes), { path: 'events', value: events }],
  }
}

/** Clients inside do not stay on a lost node: their demand comes from the nodes that are left, if any of theirs is. */
function movedClients({ cluster, scenario }: DesignPoint, lost: readonly string[]): Setting[] {
  return scenario.spec.clients
    .filter(({ location }) => location === 'inside')
    .flatMap(({ name, nodes }) => {
      const all = nodes.length === 0 ? cluster.nodes.map((node) => node.name) : nodes
      const left = all.filter((node) => !lost.includes(node))
      return left.length === 0 || left.length === all.length
        ? []
        : [{ path: `clients.${name}.nodes`, value: left }]
    })
}

/** Everybody knows at once, and nothing starts elsewhere. */
function settledSettings({ scenario }: DesignPoint, { sites }: CallGraph): Setting[] {
  const controlPlane = {
    ruleDelay: '0s',
    minSyncPeriod: '0s',
    kubeletNotices: '0s',
    probeFailureNotices: '0s',
    nodeMonitorGracePeriod: '0s',
    podEvictionAfter: `${2 * scenario.spec.horizon}ns`,
  }
  const balanced = sites.filter(({ via }) => via === 'loadBalancer').map(({ service }) => service.name)
  return [
    { path: 'controlPlane', value: controlPlane },
    ...[...new Set(balanced)].flatMap((name) => [
      { path: `loadBalancers.${name}.healthCheck.interval`, value: '0s' },
      { path: `loadBalancers.${name}.healthCheck.propagation`, value: '0s' },
    ]),
  ]
}

/** Names of nodes, by the node or zone that they are lost with. */
type NodeGroups = ReadonlyMap<string, readonly string[]>

interface ChosenGroups {
  readonly all: NodeGroups
  readonly kept: readonly (readonly [string, readonly string[]])[]
}

function nodeGroups({ cluster }: DesignPoint): NodeGroups {
  return new Map(cluster.nodes.map(({ name }) => [name, [name]]))
}

function zoneGroups({ cluster }: DesignPoint): NodeGroups {
  const zones = new Map<string, string[]>()
  for (const { name, zone } of cluster.nodes) {
    if (zone === '') continue
    zones.set(zone, [...(zones.get(zone) ?? []), name])
  }
  return zones
}

/** Those with most of the pods needed, each workload counting as one; in the order of the cluster. */
function mostNeeded(point: DesignPoint, all: NodeGroups, needed: NeededPods): ChosenGroups {
  if (all.size < 2) return { all, kept: [] }
  const weights = [...all].map(([name, nodes]) => ({ name, nodes, weight: weightOf(point, nodes, needed) }))
  const heaviest = [...weights].sort((left, right) => right.weight - left.weight).slice(0, MOST_OF_A_KIND)
  const kept = weights.filter((group) => heaviest.includes(group))
  return { all, kept: kept.map(({ name, nodes }) => [name, nodes] as const) }
}

function weightOf(point: DesignPoint, nodes: readonly string[], needed: NeededPods): number {
  return [...needed.values()]
    .filter((pods) => pods.length > 0)
    .reduce((sum, pods) => sum + podsOn(point, nodes, pods).length / pods.length, 0)
}

function leftOutText(kind: 'node' | 'zone', { all, kept }: ChosenGroups): string[] {
  if (all.size < 2) {
    const what = all.size === 0 ? `no ${kind} is named` : `there is only one ${kind}`
    return [`The loss of a ${kind} is not told: ${what}.`]
  }
  if (kept.length === all.size) return []
  return [
    `Of ${all.size} ${kind}s the ${kept.length} with most of the pods needed were taken away, one at a time.`,
  ]
}

/** Those of the nodes by whose addresses the clients of a call come in. */
export function entryNodesAmong(nodes: readonly string[], { via, group }: CallSite): readonly string[] {
  if (via !== 'nodePort' || group === undefined) return []
  return group.entryNodes.length === 0 ? nodes : nodes.filter((node) => group.entryNodes.includes(node))
}

/** Those of the pods that are on one of the nodes. */
export function podsOn(
  { cluster }: DesignPoint,
  nodes: readonly string[],
  pods: readonly ClusterPod[],
): readonly ClusterPod[] {
  return pods.filter(({ nodeIndex }) => nodes.includes(cluster.nodes[nodeIndex].name))
}

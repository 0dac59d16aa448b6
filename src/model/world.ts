/** All that one replication is made of, put together from the cluster and the scenario: the parts, before anything happens. */
import { InvariantError } from '../base/diagnostics.js'
import { Simulator } from '../engine/simulator.js'
import { Streams } from '../engine/streams.js'
import type { PodBehaviour, Scenario } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { endpointsEver } from '../kubernetes/endpoints-over-time.js'
import { AddressBook, type AddressId } from '../netfilter/address-book.js'
import type { DemandSource } from '../workload/demand-source.js'
import { DrawnDemand } from '../workload/drawn-demand.js'
import { ReplayedDemand, type WorkloadTrace } from '../workload/workload-trace.js'
import { type BalancedAddresses, balancedAddresses } from './balanced-addresses.js'
import { buildCallGraph, type CallGraph, type CallRoot } from './call-sites.js'
import { type CallerTable, placeCallers } from './callers.js'
import { Presence } from './changes/presence.js'
import { ClientPorts } from './client-ports.js'
import { ConnectionPool } from './connection-pool.js'
import { costsOf } from './cost-settings.js'
import { type DnsParts, makeDnsParts } from './dns-parts.js'
import { type Entry, makeEntries } from './entry.js'
import { InFlightList } from './in-flight-list.js'
import { Lanes } from './lanes.js'
import { limitsOf } from './limits.js'
import { Links } from './links.js'
import { withProxyKeys } from './load-balancers/proxy-keys.js'
import { NetworkNode } from './network-node.js'
import { PodStation } from './pod-station.js'
import { type PodWork, podWorkOf } from './pod-work.js'
import { RequestTable } from './request-table.js'

export interface SimulationOptions {
  readonly cluster: Cluster
  readonly scenario: Scenario
  readonly seed: number
  /** 0, 1, 2 …: each has streams of its own. */
  readonly replication: number
  /** Replayed in place of drawn requests. */
  readonly trace?: WorkloadTrace | undefined
  /** Totals tell what things are like over time. */
  readonly isFollowedOverTime?: boolean | undefined
}

/** The parts of one replication. */
export interface World {
  readonly cluster: Cluster
  readonly scenario: Scenario
  readonly simulator: Simulator
  readonly book: AddressBook
  readonly streams: Streams
  readonly graph: CallGraph
  readonly callers: CallerTable
  readonly lanes: Lanes
  readonly links: Links
  readonly requests: RequestTable
  readonly connections: ConnectionPool
  readonly ports: ClientPorts
  /** By call site. */
  readonly entries: readonly Entry[]
  /** By call site; undefined where callers do not balance. */
  readonly balanced: readonly (BalancedAddresses | undefined)[]
  /** By call site. */
  readonly inFlight: readonly InFlightList[]
  /** By node index. */
  readonly nodes: readonly NetworkNode[]
  /** By pod index. */
  readonly stations: readonly PodStation[]
  /** By pod index; undefined where each request has a server of its own, which nothing stops. */
  readonly work: readonly (PodWork | undefined)[]
  /** By pod index: when it became ready last. 0 from the start; may be set as the run goes on. */
  readonly readySinceNs: Float64Array
  /** By pod index: is it ready, as its endpoints have it? */
  readonly isReady: Uint8Array
  /** Which pods and nodes can be reached. */
  readonly presence: Presence
  /** By client group. */
  readonly demands: readonly DemandSource[]
  readonly locations: Locations
  /** Undefined where look-ups of names take a given time. */
  readonly dns: DnsParts | undefined
  readonly isFollowedOverTime: boolean
}

/** Who has an address: by address id, the pod or node index, -1 for nobody. */
export interface Locations {
  /** Pods with an address of their own. */
  readonly podAt: Int32Array
  readonly nodeAt: Int32Array
  /** Pods that share the address of their node (hostNetwork), by `hostPodKey`. */
  readonly hostPodAt: ReadonlyMap<number, number>
}

/** The key of an address and a port. */
export function hostPodKey(address: AddressId, port: number): number {
  return address * 65_536 + port
}

/** Puts the parts together. @throws InputError as `buildCallGraph`, `placeCallers` and `replayedDemand` */
export function buildWorld(options: SimulationOptions): World {
  const { cluster, scenario, seed, replication, trace } = options
  const simulator = new Simulator()
  const streams = new Streams(seed, replication)
  const book = new AddressBook()
  const costs = costsOf(scenario)
  const limits = limitsOf(scenario)
  const podInterface = podInterfaceOf(scenario)
  const graph = buildCallGraph(cluster, scenario)
  const nodes = cluster.nodes.map(
    (node, index) =>
      new NetworkNode({
        node,
        rules: cluster.nodeRules[index],
        podInterface,
        book,
        streams,
        costs,
        limits,
      }),
  )
  const placed = placeCallers(graph, cluster, scenario, book)
  const settings = scenario.spec.loadBalancers
  const entries = makeEntries(graph.sites, { cluster, settings, book, streams })
  const { balanced, count } = balancedAddresses(graph.sites, placed, cluster, book)
  const callers = withProxyKeys({ ...placed, count }, entries)
  const dns = makeDnsParts({
    cluster,
    scenario,
    simulator,
    book,
    sites: graph.sites,
    nodes,
    callerCount: callers.count,
  })
  const requests = new RequestTable(Math.max(1, ...graph.roots.map((root) => root.demands.length)))
  return {
    cluster,
    scenario,
    simulator,
    book,
    streams,
    graph,
    callers,
    lanes: new Lanes(simulator, {
      groups: graph.roots.length,
      sites: graph.sites.length,
      nodes: nodes.length,
      pods: cluster.pods.length,
    }),
    links: new Links(scenario.spec.links, streams, costs.packet, nodes.length),
    requests,
    connections: new ConnectionPool(callers.count),
    ports: new ClientPorts(callers.count, limits),
    entries,
    balanced,
    inFlight: graph.sites.map(() => new InFlightList(requests)),
    nodes,
    stations: graph.behaviours.ofPod.map(stationOf),
    work: graph.behaviours.ofPod.map((behaviour, pod) =>
      podWorkOf(behaviour, graph.behaviours.cpuLimitMilliOfPod[pod], limits.cpuPeriod),
    ),
    readySinceNs: new Float64Array(cluster.pods.length),
    isReady: Uint8Array.from(cluster.pods, (pod) => (pod.isReady ? 1 : 0)),
    presence: new Presence(cluster),
    demands: graph.roots.map((root) => demandOf(root, streams, trace)),
    locations: locate(cluster, book),
    dns,
    isFollowedOverTime: options.isFollowedOverTime === true,
  }
}

/** Where all share the servers nobody waits for one: every place is one at the servers. */
function stationOf({ servers, queueCapacity, discipline, whenFull }: PodBehaviour): PodStation {
  const hasListenBacklog = whenFull === 'dropConnection'
  return discipline === 'ps'
    ? new PodStation(servers + queueCapacity, 0, hasListenBacklog)
    : new PodStation(servers, queueCapacity, hasListenBacklog)
}

/** The interface by which packets of a node's pods come in, as kube-proxy may go by it. */
export function podInterfaceOf({ spec }: Scenario): string {
  const { detectLocalMode, detectLocal } = spec.proxy
  return detectLocalMode === 'InterfaceNamePrefix'
    ? `${detectLocal.interfaceNamePrefix}0`
    : detectLocal.bridgeInterface
}

function demandOf(root: CallRoot, streams: Streams, trace: WorkloadTrace | undefined): DemandSource {
  if (trace === undefined) return new DrawnDemand(root.group, root.demands, streams)
  const group = trace.groups.find(({ name }) => name === root.group.name)
  if (group === undefined)
    throw new InvariantError('a group that the trace has not, not found out before the run')
  return new ReplayedDemand(group)
}

function locate(cluster: Cluster, book: AddressBook): Locations {
  const nodeIds = cluster.nodes.map((node) => book.idOf(node.address))
  const podIds = cluster.pods.map((pod) => book.idOf(pod.address))
  const nodeAt = indexByAddress(nodeIds, book)
  const podAt = indexByAddress(podIds, book)
  for (const id of nodeIds) podAt[id] = -1
  return { nodeAt, podAt, hostPodAt: locateHostPods(cluster, podIds, nodeAt) }
}

function locateHostPods(
  cluster: Cluster,
  podIds: readonly AddressId[],
  nodeAt: Int32Array,
): ReadonlyMap<number, number> {
  const located = new Map<number, number>()
  for (const service of cluster.services) {
    for (const { podIndex, port } of service.ports.flatMap((each) => endpointsEver(cluster, service, each))) {
      if (podIndex === undefined) continue
      const id = podIds[podIndex]
      if (nodeAt[id] >= 0) located.set(hostPodKey(id, port), podIndex)
    }
  }
  return located
}

function indexByAddress(ids: readonly AddressId[], book: AddressBook): Int32Array {
  const indices = new Int32Array(book.addressCount).fill(-1)
  for (const [index, id] of ids.entries()) indices[id] = index
  return indices
}

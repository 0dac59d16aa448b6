/**
 * What happens to pods and nodes during the run (`Cluster.changes`), as the running model follows it: packets meet what is there,
 * connections break, kube-proxies and load balancers hear of it in their time.
 */
import type { LaneId } from '../../engine/simulator.js'
import type { ClusterChange, PodState } from '../../kubernetes/cluster.js'
import { dnsPortOf } from '../../kubernetes/coredns.js'
import { EventKind, priorityOf } from '../events.js'
import type { World } from '../world.js'
import { BalancerWatch } from './balancer-watch.js'
import type { Casualties } from './casualties.js'
import { KubeProxies } from './kube-proxies.js'

/** Carries out the changes of a run. */
export class ClusterClock {
  readonly #proxies: KubeProxies
  readonly #balancers: BalancerWatch
  readonly #changeLane: LaneId

  constructor(
    readonly world: World,
    readonly casualties: Casualties,
  ) {
    this.#balancers = new BalancerWatch(world, (node) => this.#proxies.servicesOn(node))
    this.#proxies = new KubeProxies(world, (node) => {
      this.#balancers.reviewNode(node)
      this.#deleteStaleFlows(node)
    })
    this.#changeLane = world.simulator.addLane(EventKind.clusterChange, priorityOf(EventKind.clusterChange))
  }

  /** Puts all changes in. */
  start(): void {
    const { simulator, cluster } = this.world
    for (const [index, { atNs }] of cluster.changes.entries())
      simulator.schedule(this.#changeLane, atNs, index)
  }

  /** Handles an event. False: it is none of these. */
  handle(kind: number, payload: number): boolean {
    switch (kind) {
      case EventKind.clusterChange:
        this.#change(payload)
        return true
      case EventKind.endpointsLearnt:
        this.#proxies.learn(payload)
        return true
      case EventKind.rulesDue:
        this.#proxies.sync(payload)
        return true
      case EventKind.balancerReview:
        this.#balancers.review(payload)
        return true
      case EventKind.connectionEnd:
        this.casualties.endConnection(payload)
        return true
      default:
        return false
    }
  }

  #change(index: number): void {
    const { cluster, presence } = this.world
    const change = cluster.changes[index]
    for (const { nodeIndex, isLost } of change.nodes) {
      presence.isNodeLost[nodeIndex] = isLost ? 1 : 0
      if (!isLost) this.#proxies.catchUp(nodeIndex)
    }
    for (const { podIndex, state } of change.pods) this.#changePod(podIndex, state)
    this.#noteReady(change)
    if (change.services !== undefined) this.#proxies.announce(index)
    this.#balancers.follow(change)
  }

  #changePod(pod: number, state: PodState): void {
    const { presence } = this.world
    const wasRunning = presence.isRunning(pod)
    presence.setPod(pod, state)
    if (state === 'draining') this.casualties.drain(pod)
    if (wasRunning && !presence.isRunning(pod)) this.casualties.endProcess(pod, state === 'crash')
  }

  /** Queries of the node go to pods of CoreDNS that serve. */
  #deleteStaleFlows(node: number): void {
    const { dns, simulator } = this.world
    if (dns === undefined) return
    const endpoints = dnsPortOf(this.#proxies.servicesOn(node))?.port.endpoints ?? []
    const serving = new Set(endpoints.filter((each) => each.serving).map(({ podIndex }) => podIndex))
    dns.flows.deleteStale(node, (pod) => serving.has(pod), simulator.now)
  }

  /** Pods that became ready begin to warm up. */
  #noteReady({ services }: ClusterChange): void {
    if (services === undefined) return
    const { readySinceNs, simulator, isReady } = this.world
    const ready = new Set<number>()
    for (const { podIndex, ready: isUp } of services.flatMap(({ ports }) =>
      ports.flatMap((port) => port.endpoints),
    )) {
      if (podIndex !== undefined && isUp) ready.add(podIndex)
    }
    for (let pod = 0; pod < isReady.length; pod++) {
      const isNow = ready.has(pod) ? 1 : 0
      if (isNow === 1 && isReady[pod] === 0) readySinceNs[pod] = simulator.now
      isReady[pod] = isNow
    }
  }
}

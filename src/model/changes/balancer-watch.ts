/**
 * How load balancers learn of what happens: nodes and pods answer their health checks otherwise from now on, and pods as targets are
 * taken in and out with their endpoints.
 *
 * A node answers by the rules that its kube-proxy has written last. Left out: connections that are cut when the time of a target that was
 * taken out is over; the time that a cloud's controller takes to register a target.
 */
import type { LaneId } from '../../engine/simulator.js'
import type { ClusterChange, ClusterService, Endpoint } from '../../kubernetes/cluster.js'
import { portIn } from '../../kubernetes/endpoints-over-time.js'
import type { CallSite } from '../call-sites.js'
import { EventKind, priorityOf } from '../events.js'
import type { LoadBalancer } from '../load-balancer.js'
import { nodeCondition } from '../load-balancers/balancer-targets.js'
import type { TargetCondition } from '../load-balancers/target-health.js'
import type { World } from '../world.js'

interface Watched {
  readonly balancer: LoadBalancer
  readonly site: CallSite
  /** By target: as it was told last; pods: is it registered? */
  readonly conditions: TargetCondition[]
  readonly isRegistered: boolean[]
  /** By target: when what is believed of it changes next, as far as that is scheduled. */
  readonly dueNs: Float64Array
}

/** All load balancers of a run. */
export class BalancerWatch {
  readonly #watched: readonly Watched[]
  readonly #lane: LaneId

  constructor(
    readonly world: World,
    /** The Services as the rules of a node have them. */
    readonly servicesOn: (node: number) => readonly ClusterService[],
  ) {
    const { entries, graph, simulator } = world
    this.#lane = simulator.addLane(EventKind.balancerReview, priorityOf(EventKind.balancerReview))
    const seen = new Set<LoadBalancer>()
    this.#watched = entries.flatMap(({ loadBalancer }, index) => {
      if (loadBalancer === undefined || seen.has(loadBalancer)) return []
      seen.add(loadBalancer)
      const site = graph.sites[index]
      const conditions = loadBalancer.targets.map(({ condition }) => condition)
      const isRegistered = loadBalancer.targets.map(() => true)
      const dueNs = new Float64Array(conditions.length).fill(Number.POSITIVE_INFINITY)
      return [{ balancer: loadBalancer, site, conditions, isRegistered, dueNs }]
    })
    for (const watched of this.#watched) this.#register(watched, world.cluster.services)
  }

  /** Something has happened in the cluster. */
  follow({ services, nodes, pods }: ClusterChange): void {
    for (const watched of this.#watched) {
      if (services !== undefined) this.#register(watched, services)
      if (nodes.length > 0 || pods.length > 0) this.#ask(watched, undefined)
    }
  }

  /** A node has new rules. */
  reviewNode(node: number): void {
    for (const watched of this.#watched) this.#ask(watched, node)
  }

  /** What a load balancer believes may have changed by now. */
  review(number: number): void {
    const watched = this.#watched[number]
    const { now } = this.world.simulator
    watched.balancer.review(now)
    for (let target = 0; target < watched.conditions.length; target++) this.#awaitChange(watched, target)
  }

  /** Pods are targets as long as their endpoints are ready. */
  #register(watched: Watched, services: readonly ClusterService[]): void {
    const { balancer, site, isRegistered, conditions } = watched
    const { now } = this.world.simulator
    const endpoints = portIn(services, site.service, site.port)?.endpoints ?? []
    for (const [target, { endpointIndex }] of balancer.targets.entries()) {
      if (endpointIndex < 0) continue
      const isWanted = endpoints.some((each) => each.ready && isTarget(each, balancer, target, this.world))
      if (isWanted === isRegistered[target]) continue
      isRegistered[target] = isWanted
      if (!isWanted) balancer.deregister(target, now)
      else {
        conditions[target] = this.#conditionOf(watched, target)
        this.#schedule(watched, target, balancer.register(target, conditions[target], now))
      }
    }
  }

  /** @param node - whose targets are asked; undefined: all */
  #ask(watched: Watched, node: number | undefined): void {
    const { balancer, conditions } = watched
    for (const [target, { nodeIndex }] of balancer.targets.entries()) {
      if (node !== undefined && nodeIndex !== node) continue
      const condition = this.#conditionOf(watched, target)
      if (condition === conditions[target]) continue
      conditions[target] = condition
      this.#schedule(watched, target, balancer.noteCondition(target, condition, this.world.simulator.now))
    }
  }

  #conditionOf({ balancer, site }: Watched, target: number): TargetCondition {
    const { presence, cluster, locations } = this.world
    const { nodeIndex, endpointIndex, address, condition } = balancer.targets[target]
    if (presence.isNodeLost[nodeIndex] === 1) return 'silent'
    if (endpointIndex >= 0) {
      const pod = locations.podAt[address]
      if (pod < 0) return condition
      const encounter = presence.encounter(pod)
      if (encounter === 'open') return 'up'
      return encounter === 'closedPort' || encounter === 'refusedByNode' ? 'failing' : 'silent'
    }
    const service = this.servicesOn(nodeIndex)[site.service.index]
    return nodeCondition(cluster.nodes[nodeIndex], { service, settings: balancer.settings })
  }

  #awaitChange(watched: Watched, target: number): void {
    this.#schedule(watched, target, watched.balancer.health.nextChangeNs(target, this.world.simulator.now))
  }

  #schedule(watched: Watched, target: number, atNs: number): void {
    const { simulator } = this.world
    if (!Number.isFinite(atNs) || watched.dueNs[target] === atNs) return
    watched.dueNs[target] = atNs
    simulator.schedule(this.#lane, Math.max(simulator.now, Math.ceil(atNs)), this.#watched.indexOf(watched))
  }
}

function isTarget(
  { address, port }: Endpoint,
  balancer: LoadBalancer,
  target: number,
  { book }: World,
): boolean {
  const its = balancer.targets[target]
  return its.port === port && its.address === book.idOf(address)
}

/**
 * What stands before the nodes for one Service port of type LoadBalancer: it sends each new connection to a healthy node's
 * node port, or straight to a ready pod, by a balancing algorithm; the connection stays there.
 *
 * It passes the client's address through. A node is healthy if it is ready and, under externalTrafficPolicy Local, has a
 * ready endpoint of the Service. Health is known at once and for good: no probes, no failures yet.
 */
import type { Streams } from '../engine/streams.js'
import type { LoadBalancerSettings } from '../input/scenario-schema.js'
import type { Cluster, ClusterService, ClusterServicePort } from '../kubernetes/cluster.js'
import type { AddressBook, AddressId } from '../netfilter/address-book.js'
import { ALGORITHMS } from '../routing/algorithms.js'
import type { BalancingAlgorithm, NewConnection } from '../routing/balancing-algorithm.js'

/** Where a load balancer may send a connection. */
export interface BalancerTarget {
  readonly address: AddressId
  readonly port: number
  /** The node that the packet enters by. */
  readonly nodeIndex: number
}

/** One Service port's load balancer in the running model. */
export class LoadBalancer {
  readonly #algorithm: BalancingAlgorithm

  /** @param targets - in a fixed order: positions are what `choose` returns */
  constructor(
    readonly targets: readonly BalancerTarget[],
    algorithm: BalancingAlgorithm,
  ) {
    this.#algorithm = algorithm
  }

  /** Chooses a target and counts the connection as open; -1 if there is none. */
  open(connection: NewConnection): number {
    if (this.targets.length === 0) return -1
    const target = this.#algorithm.choose(connection)
    this.#algorithm.opened(target)
    return target
  }

  close(target: number): void {
    this.#algorithm.closed(target)
  }
}

export interface LoadBalancerOptions {
  readonly cluster: Cluster
  readonly service: ClusterService
  readonly port: ClusterServicePort
  readonly settings: LoadBalancerSettings
  readonly book: AddressBook
  /** Stream `load-balancer/<namespace>/<service>/<port>`; drawn from by `random` alone, once per connection. */
  readonly streams: Streams
}

/** The load balancer of one Service port. */
export function makeLoadBalancer(options: LoadBalancerOptions): LoadBalancer {
  const { service, port, settings, streams } = options
  const targets = settings.targets === 'pods' ? podTargets(options) : nodeTargets(options)
  const stream = streams.get(`load-balancer/${service.namespace}/${service.name}/${port.port}`)
  const makeAlgorithm = ALGORITHMS[settings.algorithm]
  const drawBelow = (bound: number) => stream.below(bound)
  return new LoadBalancer(targets, makeAlgorithm({ targetCount: Math.max(1, targets.length), drawBelow }))
}

function nodeTargets({ cluster, service, port, book }: LoadBalancerOptions): BalancerTarget[] {
  const nodePort = port.nodePort
  if (nodePort === undefined) return []
  const isLocalOnly = service.object.externalTrafficPolicy === 'Local'
  const nodesWithPods = new Set(port.endpoints.filter((each) => each.ready).map((each) => each.nodeIndex))
  return cluster.nodes
    .filter((node) => node.isReady && (!isLocalOnly || nodesWithPods.has(node.index)))
    .map((node) => ({ address: book.idOf(node.address), port: nodePort, nodeIndex: node.index }))
}

function podTargets({ port, book }: LoadBalancerOptions): BalancerTarget[] {
  return port.endpoints.flatMap(({ ready, address, port: podPort, nodeIndex }) =>
    ready && nodeIndex !== undefined ? [{ address: book.idOf(address), port: podPort, nodeIndex }] : [],
  )
}

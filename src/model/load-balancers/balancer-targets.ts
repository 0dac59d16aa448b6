/**
 * What a load balancer may send connections to, and how each of these is as far as the health check can tell.
 *
 * Nodes and pods are registered whether they can take connections or not: health says which are in use. Endpoints that are on no
 * node of the cluster can not be reached.
 */
import type { Cluster, ClusterNode, ClusterService, ClusterServicePort } from '../../kubernetes/cluster.js'
import { endpointsEver } from '../../kubernetes/endpoints-over-time.js'
import type { AddressBook, AddressId } from '../../netfilter/address-book.js'
import type { BalancedTarget } from '../../routing/balancing-algorithm.js'
import type { BalancerSettings } from './preset.js'
import type { TargetCondition } from './target-health.js'

/** Where a load balancer may send a connection. */
export interface BalancerTarget extends BalancedTarget {
  readonly address: AddressId
  readonly port: number
  /** The node that the packet enters by. */
  readonly nodeIndex: number
  /** Position among the endpoints of the Service port; -1: the target is a node. */
  readonly endpointIndex: number
  /** As it is at the beginning. */
  readonly condition: TargetCondition
}

export interface TargetsOptions {
  readonly cluster: Cluster
  readonly service: ClusterService
  readonly port: ClusterServicePort
  readonly settings: BalancerSettings
  readonly book: AddressBook
}

/** All targets, in a fixed order: nodes or endpoints as the cluster has them. */
export function balancerTargets(options: TargetsOptions): readonly BalancerTarget[] {
  return options.settings.targets === 'pods' ? podTargets(options) : nodeTargets(options)
}

function nodeTargets(options: TargetsOptions): BalancerTarget[] {
  const { cluster, service, port, settings, book } = options
  const [virtualAddress] = service.loadBalancerAddresses
  const isToVirtualAddress = settings.delivery === 'virtualAddress' && virtualAddress !== undefined
  const nodePort = isToVirtualAddress ? port.port : port.nodePort
  if (nodePort === undefined) return []
  return cluster.nodes.map((node) => ({
    name: node.name,
    weight: settings.weights === 'podsPerNode' ? Math.max(1, readyCount(service, node.index)) : 1,
    address: book.idOf(isToVirtualAddress ? virtualAddress : node.address),
    port: nodePort,
    nodeIndex: node.index,
    endpointIndex: -1,
    condition: nodeCondition(node, options),
  }))
}

/** Pods that start during the run are among them, and taken in when they are ready. */
function podTargets({ cluster, service, port, book }: TargetsOptions): BalancerTarget[] {
  return endpointsEver(cluster, service, port).flatMap(
    ({ ready, address, port: podPort, nodeIndex }, endpointIndex) => {
      if (nodeIndex === undefined) return []
      const condition: TargetCondition = ready ? 'up' : 'failing'
      const name = `${address}:${podPort}`
      return [
        { name, weight: 1, address: book.idOf(address), port: podPort, nodeIndex, endpointIndex, condition },
      ]
    },
  )
}

/**
 * How a node answers the health check. Who asks the port of the traffic is handed on to a pod as clients are; kube-proxy's health
 * check node port knows the ready pods of its node, over all ports of the Service.
 */
export function nodeCondition(
  { index, isReady }: Pick<ClusterNode, 'index' | 'isReady'>,
  { service, settings }: Pick<TargetsOptions, 'service' | 'settings'>,
): TargetCondition {
  if (!isReady) return 'silent'
  return hasWhatItNeeds(index, service, settings) ? 'up' : 'failing'
}

function hasWhatItNeeds(node: number, service: ClusterService, settings: BalancerSettings): boolean {
  const isLocal = service.object.externalTrafficPolicy === 'Local'
  const hasPod = () => readyCount(service, isLocal ? node : undefined) > 0
  switch (settings.healthCheckBy) {
    case 'kubeProxy':
      return true
    case 'healthCheckNodePort':
      return readyCount(service, node) > 0
    case 'trafficPort':
      return hasPod()
    case 'announcement':
      switch (settings.announcement) {
        // kube-vip holds its leases whether there are pods or not, but for elections under policy Local.
        case 'oneLeader':
          return true
        case 'leaderPerService':
          return !isLocal || hasPod()
        default:
          return hasPod()
      }
  }
}

/** Ready endpoints of a Service on a node, or on any, by their addresses. */
function readyCount({ ports }: ClusterService, node: number | undefined): number {
  const addresses = new Set<string>()
  for (const { endpoints } of ports) {
    for (const { ready, nodeIndex, address } of endpoints) {
      if (ready && (node === undefined || nodeIndex === node)) addresses.add(address)
    }
  }
  return addresses.size
}

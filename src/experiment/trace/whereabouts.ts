/** Who has an address: pods, nodes, and the ranges of pods that no manifest names. */

import { InvariantError } from '../../base/diagnostics.js'
import { type Cidr, cidrContains, parseCidr, parseIpAddress } from '../../base/ip-address.js'
import { qualifiedName } from '../../base/qualified-name.js'
import type { Cluster, ClusterNode, ClusterPod, ClusterService } from '../../kubernetes/cluster.js'

/** Where a packet ends up that is addressed so. */
export type Whereabouts =
  /** A pod with an address of its own. */
  | { readonly kind: 'pod'; readonly pod: ClusterPod; readonly node: ClusterNode }
  /** A node, or a pod in the network of its node. */
  | {
      readonly kind: 'node'
      readonly node: ClusterNode
      readonly pod: ClusterPod | undefined
      /** The Service whose health checks kube-proxy answers on that port; undefined: none. */
      readonly checkedService: ClusterService | undefined
    }
  /** An address of a node's pods that no pod of the manifests has. */
  | { readonly kind: 'podRange'; readonly node: ClusterNode }
  | { readonly kind: 'loopback' }
  | { readonly kind: 'outside' }

const LOOPBACK_RANGES = ['127.0.0.0/8', '::1/128'].map(rangeOf)

/** The addresses of a cluster. */
export class AddressMap {
  readonly #pods = new Map<string, ClusterPod>()
  readonly #nodes = new Map<string, ClusterNode>()
  readonly #podRanges: readonly (readonly [Cidr, ClusterNode])[]
  /** Pods in the network of their node, by address and port. */
  readonly #hostPods = new Map<string, ClusterPod>()

  constructor(readonly cluster: Cluster) {
    for (const node of cluster.nodes) {
      this.#nodes.set(node.address, node)
      this.#nodes.set(node.gatewayAddress, node)
    }
    for (const pod of cluster.pods) if (!isHostPod(pod, cluster)) this.#pods.set(pod.address, pod)
    this.#podRanges = cluster.nodes.map((node) => [rangeOf(node.podCidr), node] as const)
    for (const { podIndex, address, port } of endpointsOf(cluster)) {
      const pod = podIndex === undefined ? undefined : cluster.pods[podIndex]
      if (pod !== undefined && isHostPod(pod, cluster)) this.#hostPods.set(`${address} ${port}`, pod)
    }
  }

  /** @param address - canonical text */
  locate(address: string, port: number): Whereabouts {
    const pod = this.#pods.get(address)
    if (pod !== undefined) return { kind: 'pod', pod, node: this.nodeOf(pod) }
    const node = this.#nodes.get(address)
    if (node !== undefined) {
      const checkedService = this.cluster.services.find((service) => service.healthCheckNodePort === port)
      return { kind: 'node', node, pod: this.#hostPods.get(`${address} ${port}`), checkedService }
    }
    const parsed = parseIpAddress(address)
    if (parsed === undefined) throw new InvariantError('not an address', { address })
    if (LOOPBACK_RANGES.some((range) => cidrContains(range, parsed))) return { kind: 'loopback' }
    const owner = this.#podRanges.find(([range]) => cidrContains(range, parsed))
    return owner === undefined ? { kind: 'outside' } : { kind: 'podRange', node: owner[1] }
  }

  /** The address of a node that the node itself would send from, or be masqueraded to, towards an address. */
  sourceOf(node: ClusterNode, destination: string, port: number): string {
    const place = this.locate(destination, port)
    if (place.kind === 'loopback') return destination.includes(':') ? '::1' : '127.0.0.1'
    const isOnPodSide = place.kind === 'pod' || place.kind === 'podRange'
    if (place.kind === 'node' && place.node === node) return destination
    return isOnPodSide && place.node === node ? node.gatewayAddress : node.address
  }

  /** Whose address it is, for people. */
  nameOf(address: string): string {
    const place = this.locate(address, 0)
    switch (place.kind) {
      case 'pod':
        return podTitle(place.pod)
      case 'node':
        return address === place.node.gatewayAddress ? `${place.node.name}, pod side` : place.node.name
      case 'podRange':
        return `a pod on ${place.node.name}`
      case 'loopback':
        return 'loopback'
      case 'outside':
        return 'outside'
    }
  }

  nodeOf(pod: ClusterPod): ClusterNode {
    return this.cluster.nodes[pod.nodeIndex]
  }
}

/** Does the pod share the address of its node? */
export function isHostPod(pod: ClusterPod, { nodes }: Pick<Cluster, 'nodes'>): boolean {
  return pod.address === nodes[pod.nodeIndex].address
}

/** `counter-0`, or `shop/web-0` outside of the default namespace. */
export function podTitle(pod: ClusterPod): string {
  return qualifiedName(pod)
}

function endpointsOf({ services }: Cluster) {
  return services.flatMap((service) => service.ports.flatMap((port) => port.endpoints))
}

function rangeOf(text: string): Cidr {
  const range = parseCidr(text)
  if (range === undefined) throw new InvariantError('not a range of addresses', { text })
  return range
}

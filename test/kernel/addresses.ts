/** Who has which address in the network of `topology.ts`, and by which interface a node sends there. */
import { type Cidr, parseCidr } from '../../src/base/ip-address.js'
import type { Protocol } from '../../src/input/kubernetes-objects.js'
import type { Cluster, ClusterNode, ClusterPod } from '../../src/kubernetes/cluster.js'
import { FAMILIES, type FamilyWords } from './families.js'
import { isHostPod, podInterface, UPLINK } from './topology.js'

/** The addresses of a cluster. */
export class Addresses {
  readonly #pods: ReadonlyMap<string, ClusterPod>
  readonly #listeners: ReadonlyMap<string, ClusterPod>

  readonly #words: FamilyWords

  constructor(readonly cluster: Cluster) {
    this.#words = FAMILIES[cluster.ipFamily]
    const { pods } = cluster
    const ownAddress = pods.filter((pod) => !isHostPod(cluster, pod))
    this.#pods = new Map(ownAddress.map((pod) => [pod.address, pod]))
    this.#listeners = new Map(
      endpointsOf(cluster, 'TCP').flatMap(({ address, port, podIndex }) =>
        podIndex === undefined ? [] : [[`${address} ${port}`, pods[podIndex]] as const],
      ),
    )
  }

  /** The node that has an address, or whose pod has it; undefined: nobody in the cluster. */
  ownerOf(address: string): ClusterNode | undefined {
    const { nodes } = this.cluster
    const pod = this.#pods.get(address)
    if (pod !== undefined) return nodes[pod.nodeIndex]
    return nodes.find((node) => node.address === address || node.gatewayAddress === address)
  }

  /** Is it an address by which a machine reaches itself? */
  isLoopback(address: string): boolean {
    return address.startsWith('127.') || address === '::1'
  }

  /** The pod that answers there. */
  listenerAt(address: string, port: number): ClusterPod | undefined {
    return this.#listeners.get(`${address} ${port}`)
  }

  /** The interface by which a node sends to an address of another machine. */
  outInterface(node: ClusterNode, destination: string): string {
    const pod = this.#pods.get(destination)
    return pod !== undefined && pod.nodeIndex === node.index ? podInterface(pod) : UPLINK
  }

  /** The address that MASQUERADE gives: that of the interface. */
  masqueradeAddress(node: ClusterNode, destination: string): string {
    return this.outInterface(node, destination) === UPLINK ? node.address : node.gatewayAddress
  }

  /** The address that a process of a node sends from, if it does not ask for another. */
  sourceAddress(node: ClusterNode, destination: string): string {
    if (this.isLoopback(destination)) return this.#words.loopbackAddress
    const isOwn = destination === node.address || destination === node.gatewayAddress
    return isOwn ? destination : this.masqueradeAddress(node, destination)
  }

  /** Every address that counts as LOCAL on a node. */
  localRanges({ address, gatewayAddress }: ClusterNode): Cidr[] {
    return [address, gatewayAddress, this.#words.loopbackRange].map((text) => rangeOf(text))
  }
}

/** Every address and port that some Service leads to by a protocol. */
export function endpointsOf({ services }: Cluster, protocol: Protocol) {
  return services.flatMap((service) =>
    service.ports.filter((port) => port.protocol === protocol).flatMap((port) => port.endpoints),
  )
}

function rangeOf(text: string): Cidr {
  const range = parseCidr(text)
  if (range === undefined) throw new Error(`not a range: ${text}`)
  return range
}

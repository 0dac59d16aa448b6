/**
 * The network of a compiled cluster as commands of `ip`: one namespace for each node and each pod, one for clients outside, one
 * for the wire between them. Addresses are those of the cluster, exactly.
 *
 * Pods hang on their node by a pair of interfaces each, whose end at the node has the gateway's address (as the CNI plugin `ptp`
 * does it), so all traffic of pods passes the node's rules. Nodes and the outside share a bridge. Packets from outside to
 * addresses that no node has come in by the node that their source says; to everyone inside, the outside is the router.
 */
import type { Cluster, ClusterNode, ClusterPod } from '../../src/kubernetes/cluster.js'
import { FAMILIES, type FamilyWords, SYSCTLS_OF_NODES, SYSCTLS_OF_OUTSIDE } from './families.js'

/** The interface of a node that leads to the other machines. */
export const UPLINK = 'eth0'

/** What the names of a node's interfaces to its pods begin with. */
export const POD_INTERFACE_PREFIX = 'veth'

/** Commands that make a laboratory, and where to find things in it. */
export interface Topology {
  readonly namespaces: readonly string[]
  /** Lines for `ip -batch -`, run outside of all namespaces. */
  readonly commands: readonly string[]
  /** By namespace: lines for `ip -4` or `ip -6`, as `option` says. */
  readonly commandsInside: ReadonlyMap<string, readonly string[]>
  readonly option: FamilyWords['option']
  /** By namespace: sysctls, to be set before there are interfaces. */
  readonly sysctls: ReadonlyMap<string, Readonly<Record<string, string>>>
}

/** Names of namespaces; `lab` begins them all. */
export const namespaceOf = {
  node: (lab: string, node: ClusterNode) => `${lab}-n${node.index}`,
  pod: (lab: string, cluster: Cluster, pod: ClusterPod) =>
    isHostPod(cluster, pod) ? `${lab}-n${pod.nodeIndex}` : `${lab}-p${pod.index}`,
  outside: (lab: string) => `${lab}-outside`,
  wire: (lab: string) => `${lab}-wire`,
}

/** Is it a pod in the network of its node? */
export function isHostPod(cluster: Cluster, pod: ClusterPod): boolean {
  return pod.address === cluster.nodes[pod.nodeIndex].address
}

/** The name of the interface by which a node reaches one of its pods. */
export function podInterface(pod: ClusterPod): string {
  return `${POD_INTERFACE_PREFIX}${pod.index}`
}

/** The network of a cluster. */
export function topologyOf(cluster: Cluster, lab: string): Topology {
  const network = new Network(cluster)
  const outside = namespaceOf.outside(lab)
  const wire = namespaceOf.wire(lab)
  const nodes = cluster.nodes.map((node) => namespaceOf.node(lab, node))
  const pods = cluster.pods.filter((pod) => !isHostPod(cluster, pod))
  const podNamespaces = pods.map((pod) => namespaceOf.pod(lab, cluster, pod))
  const machines = [...nodes, outside]
  return {
    namespaces: [wire, ...machines, ...podNamespaces],
    commands: [
      ...machines.map(
        (netns, port) => `link add ${UPLINK} netns ${netns} type veth peer name port${port} netns ${wire}`,
      ),
      ...pods.map((pod, position) => {
        const ends = [nodes[pod.nodeIndex], podNamespaces[position]]
        return `link add ${podInterface(pod)} netns ${ends[0]} type veth peer name ${UPLINK} netns ${ends[1]}`
      }),
    ],
    commandsInside: new Map([
      [wire, wireCommands(machines.length)],
      [outside, network.outsideCommands()],
      ...cluster.nodes.map((node) => [nodes[node.index], network.nodeCommands(node)] as const),
      ...pods.map((pod, position) => [podNamespaces[position], network.podCommands(pod)] as const),
    ]),
    option: network.words.option,
    sysctls: new Map([
      ...nodes.map((netns) => [netns, SYSCTLS_OF_NODES] as const),
      ...[outside, ...podNamespaces].map((netns) => [netns, SYSCTLS_OF_OUTSIDE] as const),
    ]),
  }
}

function wireCommands(portCount: number): string[] {
  const ports = Array.from({ length: portCount }, (_, port) => `port${port}`)
  return [
    // Snooping bridges send reports of their own, which first rules would count.
    'link add bridge0 type bridge mcast_snooping 0',
    ...ports.flatMap((port) => [`link set ${port} master bridge0`, `link set ${port} up`]),
    'link set bridge0 up',
  ]
}

/** The commands inside of one kind of machine each. */
class Network {
  readonly words: FamilyWords

  constructor(readonly cluster: Cluster) {
    this.words = FAMILIES[cluster.ipFamily]
  }

  outsideCommands(): string[] {
    const { nodes } = this.cluster
    const { outsideRange, outsideRangeOf, nodeNetwork, nodePrefix } = this.words
    return [
      'link set lo up',
      `link set ${UPLINK} up`,
      this.#address(this.#router, nodePrefix, UPLINK),
      `route add local ${outsideRange} dev lo`,
      ...nodes.flatMap((node) => [
        `rule add from ${outsideRangeOf(node.index)} lookup ${100 + node.index}`,
        `route add ${nodeNetwork(node.address)} dev ${UPLINK} table ${100 + node.index}`,
        `route add default via ${node.address} table ${100 + node.index}`,
      ]),
    ]
  }

  nodeCommands(node: ClusterNode): string[] {
    const { nodes, pods } = this.cluster
    const { nodePrefix, hostPrefix } = this.words
    const own = pods.filter((pod) => pod.nodeIndex === node.index && pod.address !== node.address)
    return [
      'link set lo up',
      `link set ${UPLINK} up`,
      this.#address(node.address, nodePrefix, UPLINK),
      `route add default via ${this.#router}`,
      ...nodes
        .filter((other) => other !== node)
        .map((other) => `route add ${other.podCidr} via ${other.address}`),
      ...own.flatMap((pod) => [
        `link set ${podInterface(pod)} up`,
        this.#address(node.gatewayAddress, hostPrefix, podInterface(pod)),
        `route add ${pod.address}/${hostPrefix} dev ${podInterface(pod)} src ${node.gatewayAddress}`,
      ]),
    ]
  }

  podCommands(pod: ClusterPod): string[] {
    const { gatewayAddress } = this.cluster.nodes[pod.nodeIndex]
    const { hostPrefix } = this.words
    return [
      'link set lo up',
      `link set ${UPLINK} up`,
      this.#address(pod.address, hostPrefix, UPLINK),
      `route add ${gatewayAddress}/${hostPrefix} dev ${UPLINK}`,
      `route add default via ${gatewayAddress}`,
    ]
  }

  get #router(): string {
    return this.words.routerAddress(this.cluster.nodes[0].address)
  }

  #address(address: string, prefix: number, device: string): string {
    return `address add ${address}/${prefix} dev ${device}${this.words.addressFlags}`
  }
}

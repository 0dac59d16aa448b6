/**
 * The network of a compiled cluster as commands of `ip`: one namespace for each node and each pod, one for clients outside, one
 * for the wire between them. Addresses are those of the cluster, exactly.
 *
 * Pods hang on their node by a pair of interfaces each, whose end at the node has the gateway's address (as the CNI plugin `ptp`
 * does it), so all traffic of pods passes the node's rules. Nodes and the outside share a bridge. Packets from outside to
 * addresses that no node has come in by the node that their source says: 100.64.N.0/24 by node N.
 */
import type { Cluster, ClusterNode, ClusterPod } from '../../src/kubernetes/cluster.js'

/** The interface of a node that leads to the other machines. */
export const UPLINK = 'eth0'

/** What the names of a node's interfaces to its pods begin with. */
export const POD_INTERFACE_PREFIX = 'veth'

/** Sysctls of a node. Source: kube-proxy (route_localnet), kubelet and network plugins (forwarding); the rest is said there. */
const NODE_SYSCTLS: Readonly<Record<string, string>> = {
  'net/ipv4/ip_forward': '1',
  'net/ipv4/conf/all/route_localnet': '1',
  // Answers may come by another way than questions went.
  'net/ipv4/conf/all/rp_filter': '0',
  'net/ipv4/conf/default/rp_filter': '0',
  // A node would tell clients of a shorter way past its own rules: wire and outside are one Ethernet here.
  'net/ipv4/conf/all/send_redirects': '0',
  'net/ipv4/conf/default/send_redirects': '0',
  // The kernel answers a client 6 times at once and then once a second. svcsim models each connection by itself.
  'net/ipv4/icmp_ratelimit': '0',
}

/** Commands that make a laboratory, and where to find things in it. */
export interface Topology {
  readonly namespaces: readonly string[]
  /** Lines for `ip -batch -`, run outside of all namespaces. */
  readonly commands: readonly string[]
  /** By namespace: lines for `ip -n NAMESPACE -batch -`. */
  readonly commandsInside: ReadonlyMap<string, readonly string[]>
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

/**
 * The address of a client outside.
 *
 * @param node - the one that it comes in by
 * @param client - 0 to 249
 */
export function outsideAddress(node: ClusterNode, client = 0): string {
  return `100.64.${node.index}.${2 + client}`
}

/** The network of a cluster of IPv4. */
export function topologyOf(cluster: Cluster, lab: string): Topology {
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
      ...pods.map(
        (pod, position) =>
          `link add ${podInterface(pod)} netns ${nodes[pod.nodeIndex]} type veth peer name ${UPLINK} netns ${podNamespaces[position]}`,
      ),
    ],
    commandsInside: new Map([
      [wire, wireCommands(machines.length)],
      [outside, outsideCommands(cluster)],
      ...cluster.nodes.map((node) => [nodes[node.index], nodeCommands(cluster, node)] as const),
      ...pods.map((pod, position) => [podNamespaces[position], podCommands(cluster, pod)] as const),
    ]),
    sysctls: new Map(nodes.map((netns) => [netns, NODE_SYSCTLS])),
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

/** The outside has the last address of the nodes' network, and all of 100.64.0.0/16. */
function outsideCommands({ nodes }: Cluster): string[] {
  return [
    'link set lo up',
    `link set ${UPLINK} up`,
    `address add ${routerAddress(nodes)}/24 dev ${UPLINK}`,
    'route add local 100.64.0.0/16 dev lo',
    ...nodes.flatMap((node) => [
      `rule add from 100.64.${node.index}.0/24 lookup ${100 + node.index}`,
      `route add ${networkOf(node)} dev ${UPLINK} table ${100 + node.index}`,
      `route add default via ${node.address} table ${100 + node.index}`,
    ]),
  ]
}

function nodeCommands({ nodes, pods }: Cluster, node: ClusterNode): string[] {
  const own = pods.filter((pod) => pod.nodeIndex === node.index && pod.address !== node.address)
  return [
    'link set lo up',
    `link set ${UPLINK} up`,
    `address add ${node.address}/24 dev ${UPLINK}`,
    `route add default via ${routerAddress(nodes)}`,
    ...nodes
      .filter((other) => other !== node)
      .map((other) => `route add ${other.podCidr} via ${other.address}`),
    ...own.flatMap((pod) => [
      `link set ${podInterface(pod)} up`,
      `address add ${node.gatewayAddress}/32 dev ${podInterface(pod)}`,
      `route add ${pod.address}/32 dev ${podInterface(pod)} src ${node.gatewayAddress}`,
    ]),
  ]
}

function podCommands({ nodes }: Cluster, pod: ClusterPod): string[] {
  const { gatewayAddress } = nodes[pod.nodeIndex]
  return [
    'link set lo up',
    `link set ${UPLINK} up`,
    `address add ${pod.address}/32 dev ${UPLINK}`,
    `route add ${gatewayAddress}/32 dev ${UPLINK}`,
    `route add default via ${gatewayAddress}`,
  ]
}

/** Clusters of these tests have the nodes' network of svcsim's default, a /24. */
function networkOf({ address }: ClusterNode): string {
  return address.replace(/\d+$/, '0/24')
}

function routerAddress(nodes: readonly ClusterNode[]): string {
  return nodes[0].address.replace(/\d+$/, '254')
}

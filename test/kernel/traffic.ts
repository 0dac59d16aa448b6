/** Who may connect to what in a cluster: everyone to everything that a Service is reached by. */
import { addressWithPort } from '../../src/base/ip-address.js'
import type { Cluster, ClusterService } from '../../src/kubernetes/cluster.js'
import type { Addresses } from './addresses.js'
import { FAMILIES } from './families.js'
import { isHostPod, podInterface, UPLINK } from './topology.js'
import type { Sender, Target } from './ways.js'

/** A client outside for each node that it can come in by, every pod, and a process of every node. */
export function sendersOf(cluster: Cluster): Sender[] {
  const { nodes, pods } = cluster
  return [
    ...nodes.map((node) => outsideSender(cluster, node.index)),
    ...pods
      .filter((pod) => !isHostPod(cluster, pod))
      .map(
        (pod): Sender => ({
          kind: 'pod',
          title: `pod ${pod.name}`,
          node: nodes[pod.nodeIndex],
          address: pod.address,
          inInterface: podInterface(pod),
        }),
      ),
    ...nodes.map(
      (node): Sender => ({
        kind: 'node',
        title: `process on ${node.name}`,
        node,
        address: node.address,
        inInterface: undefined,
      }),
    ),
  ]
}

/** One of the clients outside that come in by a node. */
export function outsideSender({ nodes, ipFamily }: Cluster, nodeIndex: number, client = 0): Sender {
  const node = nodes[nodeIndex]
  return {
    kind: 'outside',
    title: `outside, by ${node.name}`,
    node,
    address: FAMILIES[ipFamily].outsideAddress(nodeIndex, client),
    inInterface: UPLINK,
  }
}

/** A port that no Service of these tests has. */
const UNSERVED_PORT = 9

/** Every address of every TCP port of all Services; of Services with several ports, one more that they do not have. */
export function targetsOf(cluster: Cluster): Target[] {
  return cluster.services.flatMap((service) => {
    const ports = service.ports.filter((each) => each.protocol === 'TCP')
    const numbers = [...ports.map((each) => each.port), ...(ports.length > 1 ? [UNSERVED_PORT] : [])]
    const nodePorts = ports.flatMap((each) => each.nodePort ?? [])
    return [
      ...numbers.flatMap((port) =>
        addressesOf(service).map(([kind, address]) => targetAt(`${kind} of ${service.name}`, address, port)),
      ),
      ...nodePorts.flatMap((port) =>
        nodeAddressesOf(cluster).map(([kind, address]) =>
          targetAt(`node port of ${service.name} at ${kind}`, address, port),
        ),
      ),
    ]
  })
}

/**
 * Is it a flow to be tried? Only processes of a node reach its loopback; what a pod sends to itself never leaves it. The
 * outside reaches pods only by Services, and the addresses of a node not by another: the answer would come straight back, and
 * the node between would find what follows invalid.
 */
export function canSend(sender: Sender, { address }: Target, { nodes, pods, ipFamily }: Cluster): boolean {
  if (address === FAMILIES[ipFamily].loopbackAddress) return sender.kind === 'node'
  if (sender.kind === 'pod' && address === sender.address) return false
  if (sender.kind !== 'outside') return true
  const owner = nodes.find((node) => node.address === address || node.gatewayAddress === address)
  return owner === undefined ? pods.every((pod) => pod.address !== address) : owner === sender.node
}

/** The sender with the address that the kernel gives it for this target. */
export function senderTo(sender: Sender, { address }: Target, addresses: Addresses): Sender {
  if (sender.kind !== 'node') return sender
  return { ...sender, address: addresses.sourceAddress(sender.node, address) }
}

function addressesOf(service: ClusterService): (readonly [kind: string, address: string])[] {
  const { clusterIp, object, loadBalancerAddresses } = service
  const endpoints = service.ports.flatMap((port) => port.endpoints.map((endpoint) => endpoint.address))
  return [
    ...(clusterIp === 'None' ? [...new Set(endpoints)].map((address) => ['pod', address] as const) : []),
    ...(clusterIp === 'None' || clusterIp === '' ? [] : [['cluster IP', clusterIp] as const]),
    ...object.externalIps.map((address) => ['external IP', address] as const),
    ...loadBalancerAddresses.map((address) => ['load-balancer address', address] as const),
  ]
}

function nodeAddressesOf({ nodes, ipFamily }: Cluster): (readonly [kind: string, address: string])[] {
  return [
    ...nodes.flatMap((node) => [
      [node.name, node.address] as const,
      [`the pod side of ${node.name}`, node.gatewayAddress] as const,
    ]),
    ['loopback', FAMILIES[ipFamily].loopbackAddress] as const,
  ]
}

function targetAt(kind: string, address: string, port: number): Target {
  return { title: `${kind} (${addressWithPort(address, port)})`, address, port }
}

/** A cluster of many like Services, as kube-proxy on one of its nodes sees it, and packets of four kinds for that node. */
import { type Cidr, parseCidr } from '../src/base/ip-address.js'
import { iptablesRulesOfNodes } from '../src/kubernetes/iptables/iptables-rules.js'
import {
  defaultProxyOptions,
  endpointText,
  type NodeInfo,
  type ProxyEndpoint,
  type ServicePortInfo,
} from '../src/kubernetes/proxy-inputs.js'
import { AddressBook, type AddressId } from '../src/netfilter/address-book.js'
import { RecentLists } from '../src/netfilter/iptables/recent-lists.js'
import { NodeNetfilter } from '../src/netfilter/node-netfilter.js'
import { emptyPacket, STATE_NEW } from '../src/netfilter/packet.js'
import { makeTraversal } from '../src/netfilter/traversal.js'

const NODE_COUNT = 3
const ENDPOINTS_PER_SERVICE = 10
/** NodePorts of the kernel's whole range, as 30,000 to 32,767 are too few. */
const FIRST_NODE_PORT = 20_000

/**
 * Where packets go: to the Service in the middle and to the last one, by cluster IP and NodePort; to a Pod itself; and to
 * all Services in turn, so that rules come from memory and not from the processor's caches.
 */
export const PACKET_KINDS = [
  'cluster IP, middle',
  'cluster IP, last',
  'NodePort, last',
  'Pod to Pod',
  'cluster IP, any',
] as const

export type PacketKind = (typeof PACKET_KINDS)[number]

/** A node ready to take packets. */
export interface ServiceCluster {
  readonly ruleCount: number
  /** Wall-clock time of making the rules of all nodes, and of compiling them, s. */
  readonly generationSeconds: number
  readonly compilationSeconds: number
  /** Sends first packets of one kind; returns rules evaluated. */
  readonly send: (kind: PacketKind, packetCount: number) => number
}

/** Makes the rules of three nodes and compiles them. */
export function serviceCluster(serviceCount: number): ServiceCluster {
  const infos = Array.from({ length: serviceCount }, (_, service) => servicePort(service))
  const nodes = Array.from({ length: NODE_COUNT }, (_, node) => nodeInfo(node))
  const begin = performance.now()
  const tables = iptablesRulesOfNodes(infos, nodes, defaultProxyOptions(range('10.0.0.0/8')))
  const generated = performance.now()
  const book = new AddressBook()
  const random = { state: 1 }
  const draw31 = () => {
    random.state = (Math.imul(random.state, 1_103_515_245) + 12_345) & 0x7fffffff
    return random.state
  }
  const filters = nodes.map(
    ({ localAddresses }, node) =>
      new NodeNetfilter({
        tables: tables[node],
        book,
        localAddresses: [...localAddresses, '127.0.0.0/8'].map(range),
        recentLists: new RecentLists(),
        draw31,
      }),
  )
  const compiled = performance.now()
  const source = book.idOf('10.200.0.9')
  const destinations = new Map(PACKET_KINDS.map((kind) => [kind, destinationsOf(kind, infos, book)]))
  return {
    ruleCount: filters[0].ruleCount,
    generationSeconds: (generated - begin) / 1_000,
    compilationSeconds: (compiled - generated) / 1_000,
    send: (kind, packetCount) => sendPackets(filters[0], source, destinations.get(kind) ?? [], packetCount),
  }
}

function sendPackets(
  netfilter: NodeNetfilter,
  source: AddressId,
  destinations: readonly Destination[],
  packetCount: number,
): number {
  const packet = emptyPacket()
  const traversal = makeTraversal()
  let rulesEvaluated = 0
  for (let index = 0; index < packetCount; index += 1) {
    const { address, port } = destinations[index % destinations.length]
    packet.source = source
    packet.sourcePort = 40_000
    packet.destination = address
    packet.destinationPort = port
    packet.mark = 0
    packet.state = STATE_NEW
    netfilter.receive(packet, 0, traversal)
    rulesEvaluated += traversal.rulesEvaluated
  }
  return rulesEvaluated
}

interface Destination {
  readonly address: AddressId
  readonly port: number
}

function destinationsOf(
  kind: PacketKind,
  infos: readonly ServicePortInfo[],
  book: AddressBook,
): Destination[] {
  const last = infos[infos.length - 1]
  const at = (address: string, port: number) => ({ address: book.idOf(address), port })
  switch (kind) {
    case 'cluster IP, middle':
      return [at(infos[infos.length >> 1].clusterIp, 80)]
    case 'cluster IP, last':
      return [at(last.clusterIp, 80)]
    case 'NodePort, last':
      return [at(nodeInfo(0).address, FIRST_NODE_PORT + infos.length - 1)]
    case 'Pod to Pod':
      return [at(last.endpoints[0].address, last.endpoints[0].port)]
    case 'cluster IP, any':
      // 7,919 is a prime: with every step to another part of the rules, and to each of them once.
      return infos.map((_, index) => at(infos[(index * 7_919) % infos.length].clusterIp, 80))
  }
}

function servicePort(service: number): ServicePortInfo {
  const endpoints = Array.from({ length: ENDPOINTS_PER_SERVICE }, (_, index) => endpointOf(service, index))
  return {
    name: `shop/web-${service}:http`,
    protocol: 'TCP',
    clusterIp: `172.30.${service >> 8}.${service & 255}`,
    port: 80,
    nodePort: FIRST_NODE_PORT + service,
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: false,
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: endpoints.sort((one, other) => (endpointText(one) < endpointText(other) ? -1 : 1)),
  }
}

function endpointOf(service: number, index: number): ProxyEndpoint {
  const number = service * ENDPOINTS_PER_SERVICE + index
  return {
    address: `10.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`,
    port: 8080,
    nodeName: `node-${index % NODE_COUNT}`,
    ready: true,
    serving: true,
    terminating: false,
    hintedZones: [],
    hintedNodes: [],
  }
}

function nodeInfo(node: number): NodeInfo {
  const address = `192.168.0.${node + 1}`
  return {
    name: `node-${node}`,
    zone: '',
    address,
    localAddresses: [address],
    podCidr: `10.${node + 1}.0.0/16`,
  }
}

function range(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new Error(text)
  return cidr
}

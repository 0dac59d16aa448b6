/**
 * What kube-proxy in mode ipvs makes of a new connection, told from Services and endpoints alone, without rules or sets: what
 * the rules are compared with. Sources: the list in `src/kubernetes/ipvs/set-rules.ts`; kubernetes
 * pkg/proxy/ipvs/README.md.
 */
import { type Cidr, cidrContains, parseIpAddress } from '../../../src/base/ip-address.js'
import { categorizeEndpoints } from '../../../src/kubernetes/endpoint-categories.js'
import {
  endpointText,
  type NodeInfo,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import type { ReadablePacket } from '../../../src/netfilter/iptables/interpret.js'

export interface ClusterState {
  readonly servicePorts: readonly ServicePortInfo[]
  readonly options: ProxyOptions
  readonly node: NodeInfo
}

export interface PromisedEnd {
  readonly outcome: 'dnat' | 'reject' | 'drop' | 'accept'
  /** Each that can be chosen. */
  readonly endpoints: readonly string[]
}

/** Everything about one packet that decides. */
interface Case extends ClusterState {
  readonly packet: ReadablePacket
  readonly way: 'receive' | 'send'
}

/** Where a new connection goes. */
export function promisedEnd(
  state: ClusterState,
  way: 'receive' | 'send',
  packet: ReadablePacket,
): PromisedEnd {
  const { destination } = packet
  const each: Case = { ...state, packet, way }
  const ports = state.servicePorts.filter((info) => info.protocol.toLowerCase() === packet.protocol)
  const here = ports.filter((info) => info.port === packet.destinationPort)
  const isServiceAddress = here.some((info) => addressesOf(info).includes(destination))
  if (!isServiceAddress && isBound(each) && !isHealthCheck(each)) return end('reject')
  const balanced = here.filter((info) => info.loadBalancerVips.includes(destination))
  const isDropped = way === 'receive' ? isRefusedIn(each, balanced) : isRefusedOut(each, balanced)
  const endpoints = endpointsFor(each, ports)
  if (way === 'receive' && isDropped) return end('drop')
  if (endpoints === undefined) return end('accept')
  if (endpoints.length === 0) return end('reject')
  if (isDropped) return { outcome: 'drop', endpoints: endpoints.map(endpointText) }
  return { outcome: 'dnat', endpoints: endpoints.map(endpointText) }
}

function end(outcome: PromisedEnd['outcome']): PromisedEnd {
  return { outcome, endpoints: [] }
}

function addressesOf(info: ServicePortInfo): readonly string[] {
  return [info.clusterIp, ...info.externalIps, ...info.loadBalancerVips]
}

function isBound({ servicePorts, node, packet: { destination } }: Case): boolean {
  if (servicePorts.some((info) => info.clusterIp === destination)) return true
  const isOwn = node.localAddresses.includes(destination)
  return !isOwn && servicePorts.some((info) => addressesOf(info).includes(destination))
}

function isHealthCheck({ servicePorts, packet }: Case): boolean {
  return servicePorts.some((info) => info.healthCheckNodePort === packet.destinationPort)
}

function isRefusedIn({ node, packet }: Case, balanced: readonly ServicePortInfo[]): boolean {
  const guarded = balanced.filter((info) => info.loadBalancerSourceRanges.length > 0)
  if (guarded.length === 0) return false
  return !guarded.some(
    ({ loadBalancerSourceRanges: ranges }) =>
      isIn(ranges, packet.source) || (isIn(ranges, node.address) && packet.source === packet.destination),
  )
}

function isRefusedOut({ node, packet }: Case, balanced: readonly ServicePortInfo[]): boolean {
  return (
    packet.source === packet.destination &&
    balanced.some(({ loadBalancerSourceRanges: ranges }) => ranges.length > 0 && !isIn(ranges, node.address))
  )
}

/** Endpoints of the Service port that answers at an address; undefined: none does. Of several the last one counts. */
function endpointsFor(
  { node, packet: { destination, destinationPort } }: Case,
  ports: readonly ServicePortInfo[],
): readonly ProxyEndpoint[] | undefined {
  let found: readonly ProxyEndpoint[] | undefined
  for (const info of ports) {
    const { cluster = [], local = [] } = categorizeEndpoints(info, node)
    const here = local.length > 0 ? local : cluster
    if (info.port === destinationPort && info.clusterIp === destination) {
      found = info.isInternalPolicyLocal ? here : cluster
    }
    const isOutside =
      (info.port === destinationPort &&
        [...info.externalIps, ...info.loadBalancerVips].includes(destination)) ||
      (info.nodePort === destinationPort && node.localAddresses.includes(destination))
    if (isOutside) found = info.isExternalPolicyLocal ? here : cluster
  }
  return found
}

/** Is a connection masqueraded that was led to an endpoint of another machine or pod? */
export function isPromisedMasquerade(state: ClusterState, packet: ReadablePacket, chosen: string): boolean {
  const { servicePorts, node } = state
  const isHairpin = servicePorts.some(
    (info) =>
      info.protocol.toLowerCase() === packet.protocol &&
      info.endpoints.some(
        (each) =>
          each.nodeName === node.name && each.address === packet.source && endpointText(each) === chosen,
      ),
  )
  return isHairpin || (!packet.source.startsWith('127.') && isMarked(state, packet))
}

function isMarked(state: ClusterState, packet: ReadablePacket): boolean {
  const { destination, destinationPort } = packet
  const ports = state.servicePorts.filter((info) => info.protocol.toLowerCase() === packet.protocol)
  const here = ports.filter((info) => info.port === destinationPort)
  const balanced = here.filter((info) => info.loadBalancerVips.includes(destination))
  if (balanced.length > 0 && !balanced.some((info) => info.isExternalPolicyLocal)) return true
  if (isClusterIpMarked(state, packet, here)) return true
  const external = here.filter((info) => info.externalIps.includes(destination))
  if (external.length > 0) return external.some((info) => !info.isExternalPolicyLocal)
  const atNodePort = ports.filter((info) => info.nodePort === destinationPort)
  const isOwn = state.node.localAddresses.includes(destination)
  if (atNodePort.length === 0 || (packet.protocol === 'sctp' && !isOwn)) return false
  return !atNodePort.some((info) => info.isExternalPolicyLocal)
}

function isClusterIpMarked(
  { options }: ClusterState,
  packet: ReadablePacket,
  here: readonly ServicePortInfo[],
): boolean {
  const isClusterIp = here.some((info) => info.clusterIp === packet.destination)
  const detector = options.localTrafficDetector
  if (options.isMasqueradingAll) return isClusterIp
  switch (detector.kind) {
    case 'clusterCidr':
      return isClusterIp && !isIn([detector.cidr], packet.source)
    case 'nodeCidr':
      return isClusterIp && !packet.source.startsWith('10.244.0.')
    case 'bridgeInterface':
      return isClusterIp && packet.inInterface !== detector.name
    case 'interfacePrefix':
      return isClusterIp && !(packet.inInterface ?? '').startsWith(detector.prefix)
    case 'none':
      return here.some((info) => info.clusterIp === packet.source)
  }
}

function isIn(ranges: readonly Cidr[], text: string): boolean {
  const address = parseIpAddress(text)
  return address !== undefined && ranges.some((range) => cidrContains(range, address))
}

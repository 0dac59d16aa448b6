/**
 * What kube-proxy promises of a packet, told from Services and endpoints alone, without any rules: what the rules are
 * compared with. Sources: Kubernetes documentation of Services and traffic policies; kubernetes
 * pkg/proxy/nftables/README.md.
 */
import { type Cidr, cidrContains, parseIpAddress } from '../../../src/base/ip-address.js'
import { categorizeEndpoints } from '../../../src/kubernetes/endpoint-categories.js'
import {
  endpointText,
  type ProxyEndpoint,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import type { FlowEnd, FlowPacket, NftablesState } from './nftables-flow.js'

const NOTHING = { endpoints: [], masquerade: false } as const

/**
 * The end of a flow. Pods are told by the cluster range or not at all; NodePorts listen on the node's own address; no two
 * Services have one address and port.
 */
export function promisedEnd(state: NftablesState, packet: FlowPacket): FlowEnd {
  const protocol = packet.protocol.toUpperCase()
  const ports = state.servicePorts.filter((info) => info.protocol === protocol)
  const atPort = ports.filter((info) => info.port === packet.port)
  const balanced = atPort.find((info) => info.loadBalancerVips.includes(packet.to))
  if (balanced !== undefined && !isSourceAllowed(state, balanced, packet.from))
    return { ...NOTHING, outcome: 'drop' }
  const inside = atPort.find((info) => info.clusterIp === packet.to)
  if (inside !== undefined) return internalEnd(state, inside, packet)
  const outside =
    balanced ??
    atPort.find((info) => info.externalIps.includes(packet.to)) ??
    (packet.to === state.node.address ? ports.find((info) => info.nodePort === packet.port) : undefined)
  if (outside !== undefined) return externalEnd(state, outside, packet)
  if (state.servicePorts.some((info) => info.clusterIp === packet.to))
    return { ...NOTHING, outcome: 'reject' }
  const isUnallocated = isIn(state.options.serviceCidrs, packet.to)
  return { ...NOTHING, outcome: isUnallocated ? 'drop' : 'none' }
}

function isSourceAllowed({ node }: NftablesState, info: ServicePortInfo, source: string): boolean {
  const ranges = info.loadBalancerSourceRanges
  if (ranges.length === 0 || isIn(ranges, source)) return true
  return isIn(ranges, node.address) && info.loadBalancerVips.includes(source)
}

function internalEnd(state: NftablesState, info: ServicePortInfo, packet: FlowPacket): FlowEnd {
  const { cluster = [], local = [], hasAny } = categorizeEndpoints(info, state.node)
  if (!hasAny) return { ...NOTHING, outcome: 'reject' }
  const { isMasqueradingAll, localTrafficDetector } = state.options
  const isKnownOutsider = localTrafficDetector.kind !== 'none' && !isPod(state, packet.from)
  return ledTo(info.isInternalPolicyLocal ? local : cluster, isMasqueradingAll || isKnownOutsider, packet)
}

function externalEnd(state: NftablesState, info: ServicePortInfo, packet: FlowPacket): FlowEnd {
  const { cluster = [], local = [], hasAny } = categorizeEndpoints(info, state.node)
  if (!hasAny) return { ...NOTHING, outcome: 'reject' }
  if (!info.isExternalPolicyLocal) return ledTo(cluster, true, packet)
  if (isPod(state, packet.from)) return ledTo(cluster, false, packet)
  const isFromNode = [...state.node.localAddresses, '127.0.0.1'].includes(packet.from)
  return isFromNode ? ledTo(cluster, true, packet) : ledTo(local, false, packet)
}

function ledTo(endpoints: readonly ProxyEndpoint[], isMasqueraded: boolean, packet: FlowPacket): FlowEnd {
  if (endpoints.length === 0) return { ...NOTHING, outcome: 'drop' }
  const isHairpin = endpoints.some((each) => each.address === packet.from)
  return {
    outcome: 'dnat',
    endpoints: endpoints.map(endpointText),
    masquerade: isMasqueraded || isHairpin,
  }
}

function isPod({ options }: NftablesState, source: string): boolean {
  const detector = options.localTrafficDetector
  return detector.kind === 'clusterCidr' && isIn([detector.cidr], source)
}

function isIn(ranges: readonly Cidr[], text: string): boolean {
  const address = parseIpAddress(text)
  return address !== undefined && ranges.some((range) => cidrContains(range, address))
}

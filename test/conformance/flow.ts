/**
 * The packet of a flow case, and what became of it, whatever the rules are made of.
 */
import { cidrContains, parseIpAddress } from '../../src/base/ip-address.js'
import { endpointText, type ProxyOptions } from '../../src/kubernetes/proxy-inputs.js'
import type { IpProtocol } from '../../src/netfilter/iptables/rule.js'
import { localRanges, podRanges, type RawNode } from './raw-node.js'
import { canonicalAddress } from './raw-objects.js'

/** A flow as the data have it. */
export interface RawFlow {
  readonly name: string
  readonly protocol: string
  readonly from: string
  readonly to: string
  readonly port: number
  /** Name of the interface that the packet comes in by; none of the data has it so far. */
  readonly inInterface?: string
  readonly expect: {
    readonly outcome: string
    readonly endpoints?: readonly string[]
    readonly masquerade?: boolean
  }
}

/** The end of a flow: over all ways that chance can lead its packet. */
export interface FlowEnd {
  readonly outcome: 'dnat' | 'reject' | 'drop' | 'none' | 'accept'
  /** `ip:port` of each that can be chosen, in the order of the rules. */
  readonly endpoints: readonly string[]
  readonly masquerade: boolean
}

/** A rule that a packet met. */
export interface MetRule {
  readonly chain: string
  readonly text: string
  readonly isMatched: boolean
}

/** What became of the packet of a flow, and the rules that it met on each of its ways. */
export interface FlowWalk {
  readonly end: FlowEnd
  readonly wayCount: number
  /** The rules met on one way, by its index. */
  rulesMet(way: number): readonly MetRule[]
}

/** The rules of one node, ready for packets. */
export interface Plane {
  walk(flow: RawFlow): FlowWalk
  /** Whether others are kept from 127.0.0.0/8. */
  readonly hasLocalnetGuard: boolean
}

/** A source port as good as any. */
export const SOURCE_PORT = 40_000

/** @throws Error if the protocol is none that Services have */
export function protocolOf({ protocol }: RawFlow): IpProtocol {
  const name = protocol.toLowerCase()
  if (name === 'tcp' || name === 'udp' || name === 'sctp') return name
  throw new Error(`protocol "${protocol}" is not understood`)
}

/** What is expected, with addresses in canonical form. */
export function expectedEnd({ expect }: RawFlow): unknown {
  return {
    outcome: expect.outcome,
    endpoints: (expect.endpoints ?? []).map(canonicalEndpoint),
    masquerade: expect.masquerade ?? false,
  }
}

/** `ip:port` or `[ip]:port`, with the address in canonical form. */
export function canonicalEndpoint(text: string): string {
  const { address, port } = splitEndpoint(text)
  return endpointText({ address: canonicalAddress(address), port })
}

/** Parts of `ip:port` or `[ip]:port`, as they are. */
export function splitEndpoint(text: string): { address: string; port: number } {
  const colon = text.lastIndexOf(':')
  return { address: text.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(text.slice(colon + 1)) }
}

/**
 * The interface that the packet of a flow comes in by: the data do not say, so pods come by the one that kube-proxy takes
 * for theirs, the node's processes by none, and others by another.
 */
export function inInterfaceOf(flow: RawFlow, node: RawNode, podInterface: string): string {
  if (flow.inInterface !== undefined) return flow.inInterface
  const source = parseIpAddress(flow.from)
  if (source === undefined) throw new Error(`"${flow.from}" is no address`)
  if (localRanges(node).some((each) => cidrContains(each, source))) return 'lo'
  return podRanges(node).some((each) => cidrContains(each, source)) ? podInterface : 'uplink0'
}

/** A name that kube-proxy takes for that of a pod's interface. */
export function podInterfaceOf({ localTrafficDetector: detector }: ProxyOptions): string {
  if (detector.kind === 'bridgeInterface') return detector.name
  return detector.kind === 'interfacePrefix' ? `${detector.prefix}0` : 'pods0'
}

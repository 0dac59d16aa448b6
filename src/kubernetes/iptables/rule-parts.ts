/**
 * Small makers of the matches and targets that kube-proxy's rules are put together from.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { Cidr } from '../../base/ip-address.js'
import { parseCidr } from '../../base/ip-address.js'
import type { Chain, IpProtocol, Match, Rule, Target } from '../../netfilter/iptables/rule.js'
import {
  type LocalTrafficDetector,
  type NodeInfo,
  nodePortRanges,
  type ProxyOptions,
} from '../proxy-inputs.js'
import { KUBE_MARK_MASQ } from './chain-names.js'

/** `-m comment --comment TEXT` */
export function comment(text: string): Match {
  return { kind: 'comment', text }
}

const PROTOCOL_MATCHES: Readonly<Record<IpProtocol, Match>> = {
  tcp: { kind: 'protocol', protocol: 'tcp', isInverted: false },
  udp: { kind: 'protocol', protocol: 'udp', isInverted: false },
  sctp: { kind: 'protocol', protocol: 'sctp', isInverted: false },
}

/** `-p PROTOCOL` */
export function protocolIs(protocol: IpProtocol): Match {
  return PROTOCOL_MATCHES[protocol]
}

/** `-s RANGE` */
export function sourceIn(cidr: Cidr): Match {
  return { kind: 'source', cidr, isInverted: false, isRange: true }
}

/** `! -s RANGE` */
export function sourceNotIn(cidr: Cidr): Match {
  return { kind: 'source', cidr, isInverted: true, isRange: true }
}

/** `-s ADDRESS` */
export function sourceIs(address: string): Match {
  return { kind: 'source', cidr: rangeOf(address), isInverted: false }
}

/** `-d RANGE` */
export function destinationIn(cidr: Cidr): Match {
  return { kind: 'destination', cidr, isInverted: false, isRange: true }
}

/** `! -d RANGE` */
export function destinationNotIn(cidr: Cidr): Match {
  return { kind: 'destination', cidr, isInverted: true, isRange: true }
}

/** `-d ADDRESS` */
export function destinationIs(address: string): Match {
  return { kind: 'destination', cidr: rangeOf(address), isInverted: false }
}

/** `--dport PORT` */
export function destinationPort(port: number): Match {
  return { kind: 'destinationPort', first: port, last: port, isInverted: false }
}

/** `-m addrtype --src-type LOCAL` or `--dst-type LOCAL` */
export function isLocal(side: 'source' | 'destination'): Match {
  return { kind: 'addrtype', side, type: 'LOCAL', isInverted: false }
}

/** `-m nfacct --nfacct-name COUNTER`, which is true of every packet */
export function countedBy(counter: string): Match {
  return { kind: 'nfacct', counter }
}

/** `-j CHAIN` */
export function jump(chain: string): Target {
  return { kind: 'jump', chain }
}

/** `-j KUBE-MARK-MASQ` */
export const MARK_FOR_MASQUERADE: Target = { kind: 'jump', chain: KUBE_MARK_MASQ }

/** The range that only the node itself may use, by the family of addresses. */
export const LOOPBACK_RANGES = { 4: '127.0.0.0/8', 6: '::1/128' } as const

/** A rule of tests and a target. */
export function rule(matches: readonly Match[], target: Target): Rule {
  return { matches, target }
}

/** A chain that kube-proxy made, without a policy. */
export function userChain(name: string, rules: readonly Rule[]): Chain {
  return { name, policy: undefined, rules }
}

/**
 * The range of one address, or a range written by svcsim itself.
 *
 * @throws InvariantError if the text is no address: those of the user are checked long before
 */
export function rangeOf(text: string): Cidr {
  const range = parseCidr(text)
  if (range === undefined) throw new InvariantError('not an address or range', { text })
  return range
}

/**
 * The test that traffic comes from pods, and the one that it does not; undefined where kube-proxy can not tell.
 * Source: kubernetes pkg/proxy/util/localdetector.go.
 */
export function podTests(detector: LocalTrafficDetector, node: NodeInfo): PodTests | undefined {
  switch (detector.kind) {
    case 'clusterCidr':
      return { isPod: sourceIn(detector.cidr), isNotPod: sourceNotIn(detector.cidr) }
    case 'nodeCidr': {
      const cidr = rangeOf(node.podCidr)
      return { isPod: sourceIn(cidr), isNotPod: sourceNotIn(cidr) }
    }
    case 'bridgeInterface':
      return { isPod: cameInBy(detector.name), isNotPod: cameInBy(detector.name, true) }
    case 'interfacePrefix':
      return { isPod: cameInBy(`${detector.prefix}+`), isNotPod: cameInBy(`${detector.prefix}+`, true) }
    case 'none':
      return undefined
  }
}

/** Tests of where traffic comes from. */
export interface PodTests {
  readonly isPod: Match
  readonly isNotPod: Match
}

/** `-i NAME`, or `! -i NAME` */
function cameInBy(name: string, isInverted = false): Match {
  return { kind: 'inInterface', name, isInverted }
}

/**
 * Do NodePorts listen on loopback? They need sysctl route_localnet, which only IPv4 has, and addresses for NodePorts
 * that hold a loopback address.
 * Sources: kubernetes pkg/proxy/iptables/proxier.go, `NewProxier`; pkg/proxy/util/nodeport_addresses.go.
 */
export function isLoopbackServed(options: ProxyOptions): boolean {
  if (options.ipFamily !== 4 || !options.hasLocalhostNodePorts) return false
  const loopback = rangeOf(LOOPBACK_RANGES[4])
  return nodePortRanges(options)?.some((range) => isOverlapping(range, loopback)) ?? true
}

function isOverlapping(one: Cidr, other: Cidr): boolean {
  const prefixLength = Math.min(one.prefixLength, other.prefixLength)
  const hostBits = BigInt(32 - prefixLength)
  return one.first >> hostBits === other.first >> hostBits
}

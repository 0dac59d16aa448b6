/**
 * Small makers of the matches and targets that kube-proxy's rules are put together from.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { Cidr } from '../../base/ip-address.js'
import { parseCidr } from '../../base/ip-address.js'
import type { Chain, IpProtocol, Match, Rule, Target } from '../../netfilter/iptables/rule.js'
import type { LocalTrafficDetector, NodeInfo, ProxyOptions } from '../proxy-inputs.js'
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
  return { kind: 'source', cidr, isInverted: false }
}

/** `! -s RANGE` */
export function sourceNotIn(cidr: Cidr): Match {
  return { kind: 'source', cidr, isInverted: true }
}

/** `-d RANGE` */
export function destinationIn(cidr: Cidr): Match {
  return { kind: 'destination', cidr, isInverted: false }
}

/** `! -d RANGE` */
export function destinationNotIn(cidr: Cidr): Match {
  return { kind: 'destination', cidr, isInverted: true }
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

/** The range whose sources count as pods on this node; undefined where kube-proxy can not tell. */
export function podRange(detector: LocalTrafficDetector, node: NodeInfo): Cidr | undefined {
  switch (detector.kind) {
    case 'clusterCidr':
      return detector.cidr
    case 'nodeCidr':
      return rangeOf(node.podCidr)
    case 'none':
      return undefined
  }
}

/** Do NodePorts listen on loopback? They need sysctl route_localnet, which only IPv4 has. */
export function isLoopbackServed(options: ProxyOptions): boolean {
  return options.ipFamily === 4 && options.hasLocalhostNodePorts
}

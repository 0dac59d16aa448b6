/**
 * Rules of iptables as kube-proxy writes them in mode ipvs: those of the other modes, and tests of ipsets.
 *
 * Only what kube-proxy writes in this mode. `rule-walk.ts` runs such rules, `print-set-tables.ts` writes them as text.
 * Sources: kubernetes pkg/proxy/ipvs/proxier.go; iptables-extensions(8): set, physdev, ipvs.
 */
import type { Cidr } from '../../base/ip-address.js'
import type { IpProtocol, Match, TableName, Target } from '../iptables/rule.js'

/** A side of a packet: its address, or its port, by the place in the set's type. */
export type SetDirection = 'src' | 'dst'

/** `-m set --match-set NAME dst,dst`: the packet's addresses and ports are an entry of the set. */
export interface SetMatch {
  readonly kind: 'set'
  readonly set: string
  /** One for each part of an entry. */
  readonly directions: readonly SetDirection[]
}

/** `-m physdev ! --physdev-is-in`: the packet did not come through a bridge. True of every packet here. */
export interface PhysdevMatch {
  readonly kind: 'physdev'
}

/** `-m ipvs --vaddr A --vproto P --vport N`: the packet was translated for that virtual server. */
export interface IpvsMatch {
  readonly kind: 'ipvs'
  readonly address: string
  readonly protocol: IpProtocol
  readonly port: number
}

/** Tests of iptables that kube-proxy writes in this mode too. */
export type PlainMatch =
  | { readonly kind: 'source'; readonly cidr: Cidr; readonly isInverted: boolean }
  | { readonly kind: 'inInterface'; readonly name: string; readonly isInverted: boolean }
  | Extract<Match, { kind: 'protocol' | 'addrtype' | 'mark' | 'conntrack' | 'comment' }>

/** One test of a rule; the first that fails ends the rule. */
export type SetRuleMatch = PlainMatch | SetMatch | PhysdevMatch | IpvsMatch

/** What follows if every test passed. */
export type SetRuleTarget = Exclude<Target, { kind: 'none' | 'goto' | 'DNAT' | 'unmodelled' }>

export interface SetRule {
  readonly matches: readonly SetRuleMatch[]
  readonly target: SetRuleTarget
}

/** A chain: built in (with a policy) or kube-proxy's own (policy undefined). */
export interface SetChain {
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP' | undefined
  readonly rules: readonly SetRule[]
}

export interface SetTable {
  readonly name: TableName
  readonly chains: readonly SetChain[]
}

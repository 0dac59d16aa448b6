/**
 * Tables, chains and rules as iptables has them, as data.
 *
 * Modelled: tables nat and filter; the matches and targets below. Anything else in a dump that is read is refused by
 * name. Source: iptables-extensions(8), iptables 1.8.9; Linux net/netfilter.
 */
import type { Cidr } from '../base/ip-address.js'

export type TableName = 'nat' | 'filter'

/** The five hooks, which are also the names of the built-in chains. */
export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

export type IpProtocol = 'tcp' | 'udp' | 'sctp'

export type ConnectionState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'DNAT' | 'SNAT'

/** One test of a rule. Tests run in the order written; the first that fails ends the rule. */
export type Match =
  | { readonly kind: 'protocol'; readonly protocol: IpProtocol; readonly isInverted: boolean }
  | { readonly kind: 'source'; readonly cidr: Cidr; readonly isInverted: boolean }
  | { readonly kind: 'destination'; readonly cidr: Cidr; readonly isInverted: boolean }
  | { readonly kind: 'sourcePort'; readonly first: number; readonly last: number; readonly isInverted: boolean }
  | { readonly kind: 'destinationPort'; readonly first: number; readonly last: number; readonly isInverted: boolean }
  /** `--mode random`: true if 31 random bits are below `threshold` = round(2^31 · probability). */
  | { readonly kind: 'statistic'; readonly probabilityText: string; readonly threshold: number }
  | RecentMatch
  | { readonly kind: 'addrtype'; readonly side: 'source' | 'destination'; readonly type: 'LOCAL'; readonly isInverted: boolean }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number; readonly isInverted: boolean }
  | { readonly kind: 'conntrack'; readonly states: readonly ConnectionState[]; readonly isInverted: boolean }
  | { readonly kind: 'comment'; readonly text: string }

/** `-m recent`: a named list of source addresses with the time each was last set. */
export interface RecentMatch {
  readonly kind: 'recent'
  readonly list: string
  readonly mode: 'set' | 'rcheck' | 'update' | 'remove'
  /** Undefined: no limit of age. */
  readonly seconds: number | undefined
  readonly isReaping: boolean
}

/** What happens to a packet that passed every test. */
export type Target =
  | { readonly kind: 'none' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'RETURN' | 'ACCEPT' | 'DROP' }
  | { readonly kind: 'REJECT'; readonly rejectWith: string }
  | { readonly kind: 'DNAT'; readonly address: string; readonly port: number | undefined }
  | { readonly kind: 'MASQUERADE'; readonly isFullyRandom: boolean }
  /** mark = (mark & ~mask) ^ value: `--set-xmark`, and with it `--or-mark`, `--xor-mark`. */
  | { readonly kind: 'MARK'; readonly value: number; readonly mask: number; readonly option: 'set-xmark' | 'or-mark' | 'xor-mark' }

export interface Rule {
  readonly matches: readonly Match[]
  readonly target: Target
}

/** A chain: built in (with a policy) or made by the user (policy undefined). */
export interface Chain {
  readonly name: string
  readonly policy: 'ACCEPT' | 'DROP' | undefined
  readonly rules: readonly Rule[]
}

export interface Table {
  readonly name: TableName
  /** Built-in chains first. */
  readonly chains: readonly Chain[]
}

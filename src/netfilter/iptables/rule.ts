/**
 * Tables, chains and rules as iptables has them, as data.
 *
 * Modelled: tables nat and filter; the matches and targets below. Anything else in a dump is refused by name, or kept as
 * it is written and marked `unmodelled`. Source: iptables-extensions(8), iptables 1.8.9; Linux net/netfilter.
 */
import type { Cidr } from '../../base/ip-address.js'

/** Rules of the tables raw, mangle and security can be read and followed, but are not part of a simulation. */
export type TableName = 'raw' | 'mangle' | 'nat' | 'filter' | 'security'

/** All tables of IPv4 and IPv6. */
export const TABLE_NAMES = ['raw', 'mangle', 'nat', 'filter', 'security'] as const satisfies TableName[]

/** The five hooks, which are also the names of the built-in chains. */
export type HookName = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING'

/** The hooks, in the order in which a packet meets them. */
export const HOOKS = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const satisfies HookName[]

/**
 * The hooks at which each table has a chain.
 * Source: Linux iptable_raw.c, iptable_mangle.c, iptable_nat.c, iptable_filter.c, iptable_security.c.
 */
export const HOOKS_OF_TABLE: Readonly<Record<TableName, readonly HookName[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
}

export type IpProtocol = 'tcp' | 'udp' | 'sctp'

export type ConnectionState = 'NEW' | 'ESTABLISHED' | 'RELATED' | 'INVALID' | 'DNAT' | 'SNAT'

/**
 * One test of a rule; the first that fails ends the rule. As in the kernel (`ip_packet_match`), the tests of addresses,
 * interfaces and protocol run first, wherever they are written; the others run in the order written. The order matters
 * only to `statistic`, which draws, and to `recent`, which remembers.
 */
export type Match =
  | { readonly kind: 'protocol'; readonly protocol: IpProtocol; readonly isInverted: boolean }
  /** A protocol that svcsim sends no packets of, such as `icmp`: no packet has it. */
  | { readonly kind: 'otherProtocol'; readonly name: string; readonly isInverted: boolean }
  /**
   * `isRange` says of a range of one address that kube-proxy writes it as a range (`/32`); it means nothing, and what is
   * read never has it.
   */
  | {
      readonly kind: 'source' | 'destination'
      readonly cidr: Cidr
      readonly isInverted: boolean
      readonly isRange?: true
    }
  /**
   * The interface that the packet came in by, or leaves by as far as that is settled. `name` is 1 to 15 characters; a
   * last `+` stands for any ending.
   */
  | {
      readonly kind: 'inInterface' | 'outInterface'
      readonly name: string
      readonly isInverted: boolean
    }
  | {
      readonly kind: 'sourcePort'
      readonly first: number
      readonly last: number
      readonly isInverted: boolean
    }
  | {
      readonly kind: 'destinationPort'
      readonly first: number
      readonly last: number
      readonly isInverted: boolean
    }
  /** `--mode random`: true if 31 random bits are below `threshold` = round(2^31 · probability). */
  | { readonly kind: 'statistic'; readonly probabilityText: string; readonly threshold: number }
  | RecentMatch
  | {
      readonly kind: 'addrtype'
      readonly side: 'source' | 'destination'
      readonly type: 'LOCAL'
      readonly isInverted: boolean
    }
  | { readonly kind: 'mark'; readonly value: number; readonly mask: number; readonly isInverted: boolean }
  | { readonly kind: 'conntrack'; readonly states: readonly ConnectionState[]; readonly isInverted: boolean }
  | { readonly kind: 'comment'; readonly text: string }
  /** Counts packets under a name outside of the tables; without a quota it is always true. */
  | { readonly kind: 'nfacct'; readonly counter: string }
  | Unmodelled

/**
 * `-m recent`: a named list of source addresses with the time each was last set. `seconds` and `isReaping` belong to
 * the modes rcheck and update only, and reaping needs seconds.
 */
export interface RecentMatch {
  readonly kind: 'recent'
  readonly list: string
  readonly mode: 'set' | 'rcheck' | 'update' | 'remove'
  /** 1 to 2^31 - 1; undefined: no limit of age. */
  readonly seconds: number | undefined
  readonly isReaping: boolean
}

/** A match or target that svcsim does not model, kept from a dump: nobody can say what it does. */
export interface Unmodelled {
  readonly kind: 'unmodelled'
  /** As it is written, with its options. */
  readonly text: string
  /** Line of the dump, from 1. */
  readonly line: number
}

/** What happens to a packet that passed every test. */
export type Target =
  | { readonly kind: 'none' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }
  | { readonly kind: 'RETURN' | 'ACCEPT' | 'DROP' }
  /** `icmp-port-unreachable` stands for a bare `-j REJECT`, of either family, and is written so. */
  | { readonly kind: 'REJECT'; readonly rejectWith: string }
  | { readonly kind: 'DNAT'; readonly address: string; readonly port: number | undefined }
  | { readonly kind: 'MASQUERADE'; readonly isFullyRandom: boolean }
  /**
   * mark = (mark & ~mask) ^ value: `--set-xmark`, and with it `--or-mark` (value = mask) and `--xor-mark` (mask = 0).
   * Both are 32 bits, unsigned.
   */
  | {
      readonly kind: 'MARK'
      readonly value: number
      readonly mask: number
      readonly option: 'set-xmark' | 'or-mark' | 'xor-mark'
    }
  | Unmodelled

/** What a bare `-j REJECT` answers with (in ip6tables `icmp6-port-unreachable`). Source: iptables-extensions(8), REJECT. */
export const DEFAULT_REJECT = 'icmp-port-unreachable'

/** Tests and what follows if all of them pass; without tests it always does. */
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

/**
 * One table of nftables with all that is in it, as data: sets, verdict maps, chains, rules.
 *
 * Modelled: the families ip and ip6; base chains of the types filter and nat; the expressions and statements that
 * kube-proxy writes, in the form of `nft` 1.0. Left out: families inet, bridge and netdev, other maps than verdict maps,
 * counters, quotas, limits, logs, flow tables. A table is written (`print-ruleset.ts`), never read from text.
 * Sources: nft(8); Linux net/netfilter/nf_tables_api.c; kubernetes-sigs/knftables.
 */
import type { Cidr, IpFamily } from '../../base/ip-address.js'
import type { ConnectionState, IpProtocol } from '../iptables/rule.js'

/** The five hooks where chains of a table of family ip or ip6 may stand. */
export type NftHook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting'

/** Which address of a packet: `saddr` or `daddr`. */
export type AddressSide = 'source' | 'destination'

/** An address, or a range of them, as it is to be written. */
export interface AddressOperand {
  /** `10.0.0.1` or `10.0.0.0/8` */
  readonly text: string
  /** What the text means; an address is a range of one. */
  readonly range: Cidr
}

/** A test. The tests of a rule run in the order written, and the first that is false ends the rule. */
export type NftMatch =
  /** `ip saddr 10.0.0.0/8` */
  | {
      readonly kind: 'address'
      readonly side: AddressSide
      readonly operand: AddressOperand
      readonly isInverted: boolean
    }
  /** `ip saddr { 10.0.0.0/8 , 10.1.0.1 }`, a set without a name; written without blanks around commas if `isTight`. */
  | {
      readonly kind: 'addressInList'
      readonly side: AddressSide
      readonly operands: readonly AddressOperand[]
      readonly isInverted: boolean
      readonly isTight: boolean
    }
  /** `ip saddr @set` */
  | { readonly kind: 'addressInSet'; readonly side: AddressSide; readonly set: string }
  /** `fib daddr type local`: the address is one of the node's own. */
  | { readonly kind: 'localAddress'; readonly side: AddressSide }
  /** `iifname cbr0`, or `iifname azv*` for any name that begins so. A packet of the node's own processes has no name. */
  | {
      readonly kind: 'inInterface'
      readonly name: string
      readonly isPrefix: boolean
      readonly isInverted: boolean
    }
  /** `meta l4proto tcp` */
  | { readonly kind: 'protocol'; readonly protocol: IpProtocol }
  /** `ct state new` */
  | { readonly kind: 'connectionState'; readonly states: readonly ConnectionState[] }
  /** `mark and 0x4000 == 0`: none of the bits is set. */
  | { readonly kind: 'markBitsClear'; readonly bits: number }

/** Something done to the packet or to a set, after which the rule goes on. */
export type NftAction =
  /** `mark set mark or 0x4000`; 32 bits, unsigned */
  | { readonly kind: 'setMark'; readonly operation: 'or' | 'xor'; readonly bits: number }
  /**
   * `update @set { ip saddr }`: the source is in the set now, for the set's timeout. If the set is full and the source
   * was not in it, the rule ends here.
   */
  | { readonly kind: 'updateSet'; readonly set: string }

/** What a verdict map may say. Jumps are left out: what they return to depends on the rule. */
export type MapVerdict =
  | { readonly kind: 'goto'; readonly chain: string }
  | { readonly kind: 'accept' | 'drop' }

/** The end of a rule. */
export type NftVerdict =
  | MapVerdict
  | { readonly kind: 'jump'; readonly chain: string }
  | { readonly kind: 'return' }
  /** An ICMP error, port unreachable: what `reject` means in families ip and ip6. */
  | { readonly kind: 'reject' }
  | { readonly kind: 'dnat'; readonly address: string; readonly port: number }
  | { readonly kind: 'masquerade'; readonly isFullyRandom: boolean }
  /** `ip daddr . meta l4proto . th dport vmap @map`: its verdict, or, where the map has none, the rule is false. */
  | { readonly kind: 'verdictMap'; readonly map: string; readonly key: MapKey }
  /** `numgen random mod N vmap { 0 : … , 1 : … }`: one of N verdicts, at least one. */
  | { readonly kind: 'randomVerdict'; readonly verdicts: readonly MapVerdict[] }

/** What a verdict map is looked up by: destination, protocol and destination port, or the latter two. */
export type MapKey = 'addressAndPort' | 'port'

/** One rule: tests and actions in any order, and at most one verdict, which comes last. */
export interface NftRule {
  readonly statements: readonly (NftMatch | NftAction)[]
  readonly verdict: NftVerdict | undefined
  readonly comment: string | undefined
}

/** Where a base chain stands. Of two at one hook, that of the lower priority goes first. */
export interface NftHookPlace {
  /** Chains of type nat see the first packet of a connection only. */
  readonly type: 'filter' | 'nat'
  readonly hook: NftHook
  readonly priority: number
}

/** A chain: a base chain, which stands at a hook and accepts what falls off its end, or one that is jumped to. */
export interface NftChain {
  readonly name: string
  readonly place: NftHookPlace | undefined
  readonly comment: string | undefined
  readonly rules: readonly NftRule[]
}

/** `interval`: elements may be ranges. `timeout`: elements vanish. `dynamic`: rules add elements. */
export type NftSetFlag = 'dynamic' | 'timeout' | 'interval'

/** A named set of addresses. */
export interface NftSet {
  readonly name: string
  readonly comment: string | undefined
  readonly flags: readonly NftSetFlag[]
  /** With flag timeout only: how long an element stays after its last update, at least 1. */
  readonly timeoutSeconds: number | undefined
  /** Ranges of one address unless there is flag interval; none in a set with flag timeout. */
  readonly elements: readonly AddressOperand[]
}

/** One key of a verdict map with its verdict. */
export interface NftMapElement {
  /** With the key `addressAndPort` only. */
  readonly address: string | undefined
  readonly protocol: IpProtocol
  readonly port: number
  readonly verdict: MapVerdict
  readonly comment: string | undefined
}

/** A named verdict map. No two elements have one key. */
export interface NftVerdictMap {
  readonly name: string
  readonly comment: string | undefined
  readonly key: MapKey
  readonly elements: readonly NftMapElement[]
}

/** A table with everything in it. Names are unique among chains, and among sets and maps. */
export interface NftTable {
  /** 4: family ip; 6: family ip6. */
  readonly family: IpFamily
  readonly name: string
  readonly comment: string | undefined
  readonly sets: readonly NftSet[]
  readonly maps: readonly NftVerdictMap[]
  readonly chains: readonly NftChain[]
}

/** Has the set elements that come by rules and go with time? */
export function isTimedSet(set: NftSet): boolean {
  return set.flags.includes('timeout')
}

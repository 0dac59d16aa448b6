/**
 * Every way that one packet can take through the rules of one node, as a tree: what a trace shows.
 *
 * A way is a list of steps. Where chance decides, a step has branches, each with its chance; what follows in the list is
 * the way of packets that take none of them, if any do. So a chain that draws among endpoints one after another reads from
 * top to bottom, with a branch at each rule, and the part that ways share is there once.
 * The same for every way of programming a node: texts and names are those of the program.
 */
import type { Fraction } from '../base/fraction.js'
import type { ReadablePacket } from './iptables/interpret.js'

/** A part of a tree: steps, and what becomes of the packet after the last one. */
export interface NodeWays {
  readonly steps: readonly NodeStep[]
  /** Undefined: the branches of the last step take all packets. */
  readonly end: NodeEnd | undefined
}

export type NodeStep = HookStep | RuleStep | SkippedStep | PolicyStep

/** The packet comes to a chain that the kernel calls. */
export interface HookStep {
  readonly kind: 'hook'
  /** `nat`, `filter`, or the name of an nftables table. */
  readonly table: string
  /** `PREROUTING`, or the name of a base chain. */
  readonly chain: string
}

/** One rule whose tests were run. */
export interface RuleStep {
  readonly kind: 'rule'
  readonly table: string
  readonly chain: string
  /** Jumps between the chain of the hook and this one. */
  readonly depth: number
  /** Position in its chain, from 1, as `iptables -L --line-numbers` counts. */
  readonly number: number
  /** As the program prints it. */
  readonly text: string
  readonly result: RuleResult
  /** What the result is about: the test that failed, the mark, the new address. Empty where there is nothing to say. */
  readonly detail: string
  /** Where chance decides: packets that pass its draw. */
  readonly branches: readonly NodeBranch[]
}

/** What a rule did to the packet. */
export type RuleResult =
  | 'noMatch'
  /** Chance decides whether it matches. */
  | 'drawn'
  | 'jump'
  | 'goto'
  | 'return'
  | 'accept'
  | 'drop'
  | 'reject'
  | 'dnat'
  | 'masquerade'
  | 'mark'
  /** It matched, and nothing follows from that. */
  | 'goOn'
  /** svcsim does not model what it asks or does: nobody can say how the packet goes on. */
  | 'unknown'

/** Rules of one chain, one after another, that were tested and did not match. */
export interface SkippedStep {
  readonly kind: 'skipped'
  readonly table: string
  readonly chain: string
  readonly depth: number
  /** Position of the first, from 1. */
  readonly firstNumber: number
  /** At least 2. */
  readonly ruleCount: number
}

/** A chain that the kernel called was passed to its end. */
export interface PolicyStep {
  readonly kind: 'policy'
  readonly table: string
  readonly chain: string
  readonly verdict: 'ACCEPT' | 'DROP'
}

/** One of several ways. */
export interface NodeBranch {
  /** Of the packets that come to the step. */
  readonly chance: Fraction
  /** A draw of random bits decides; else something that remembers, and the chance is over all that it may remember. */
  readonly isDrawn: boolean
  /** Its first step is the rule that branched, as these packets find it. */
  readonly ways: NodeWays
}

/** What became of the packet on this node. */
export interface NodeEnd {
  readonly verdict: 'accepted' | 'dropped' | 'rejected' | 'unknown'
  /** As it leaves the rules; masquerading is left to the caller. */
  readonly packet: ReadablePacket
  readonly isDestinationTranslated: boolean
  readonly isMasqueraded: boolean
  /** Masqueraded with a random source port, whatever the packet had. */
  readonly isPortRandom: boolean
  /** Where one way was drawn: the chance of each draw to fall as it did. Empty where branches have them. */
  readonly drawn: readonly Fraction[]
  readonly work: NodeWork
}

/** The rules of one way, counted; names mean what they mean in `Traversal`. */
export interface NodeWork {
  readonly rulesEvaluated: number
  readonly rulesMatched: number
  readonly statisticRulesEvaluated: number
  readonly recentListsWalked: number
  /** Left out where there were none. */
  readonly recentLookups?: number
  readonly affinitySetsChecked: number
}

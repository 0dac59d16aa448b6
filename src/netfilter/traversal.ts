/**
 * What became of one packet on its way through the rules of one node, and how much work that was.
 *
 * One object is made per place of use and filled anew for every packet.
 */

/** How the way through a node ends: it goes on, it vanishes, or it is answered with an error. */
export const ACCEPTED = 0
export const DROPPED = 1
export const REJECTED = 2

/** One of `ACCEPTED`, `DROPPED`, `REJECTED`. */
export type Verdict = typeof ACCEPTED | typeof DROPPED | typeof REJECTED

/** The outcome of one packet at one node. All counts are over all hooks that it passed. */
export interface Traversal {
  verdict: Verdict
  /** Rules whose tests were run, whether they passed or not. Ends of chains and policies are no rules. */
  rulesEvaluated: number
  /** Rules of which every test passed. */
  rulesMatched: number
  /** `statistic` tests run: draws taken. */
  statisticRulesEvaluated: number
  /**
   * Lists that the kernel walks to find those of the `recent` tests run: each look-up compares names with all lists of
   * the node in the order of their making. Source: Linux xt_recent.c, recent_table_lookup.
   */
  recentListsWalked: number
  /** `recent` tests run: each looks its list up, and the address in it. */
  recentLookups: number
  /** Affinity sets of nftables that were looked up. */
  affinitySetsChecked: number
  /** IPVS: the connection's hold on a real server, to be given back by `release` when it ends; -1: none. */
  binding: number
  /** A DNAT rule was met: the packet's destination is the endpoint chosen. */
  isDestinationTranslated: boolean
  /** A MASQUERADE rule was met: the packet needs the address of the interface that it leaves by as its source. */
  isMasqueraded: boolean
}

/** A traversal to be filled: accepted, all counts zero. */
export function makeTraversal(): Traversal {
  return {
    verdict: ACCEPTED,
    rulesEvaluated: 0,
    rulesMatched: 0,
    statisticRulesEvaluated: 0,
    recentListsWalked: 0,
    recentLookups: 0,
    affinitySetsChecked: 0,
    binding: -1,
    isDestinationTranslated: false,
    isMasqueraded: false,
  }
}

/** Makes a traversal ready for the next packet. */
export function clearTraversal(traversal: Traversal): void {
  traversal.verdict = ACCEPTED
  traversal.rulesEvaluated = 0
  traversal.rulesMatched = 0
  traversal.statisticRulesEvaluated = 0
  traversal.recentListsWalked = 0
  traversal.recentLookups = 0
  traversal.affinitySetsChecked = 0
  traversal.binding = -1
  traversal.isDestinationTranslated = false
  traversal.isMasqueraded = false
}

/**
 * What every load-balancing algorithm looks like from outside: it chooses one of n targets for a new connection and is
 * told when connections open and close, and when targets come into use or fall out of it. Targets are positions 0 to n-1;
 * what they stand for is the caller's affair.
 */
import type { HashFields, NewConnection } from './new-connection.js'

/** One balancer's memory and rule. Deterministic but for the draws it is given; a tie is never drawn. */
export interface BalancingAlgorithm {
  /**
   * Chooses a target among those in use.
   *
   * @returns 0 to n - 1
   * @remarks allocates nothing; O(1), those that compare all targets O(n)
   */
  choose(connection: NewConnection): number
  /** A connection to the target was opened. */
  opened(target: number): void
  /** A connection to the target was closed. */
  closed(target: number): void
  /**
   * From now on only these are chosen; all are in use at the beginning. Open connections stay where they are.
   *
   * @param targets - at least one, ascending, each once
   */
  use(targets: readonly number[]): void
}

/** A target as algorithms know it. */
export interface BalancedTarget {
  /** Unlike all others: consistent hashes place the target by it. */
  readonly name: string
  /** Share that it is meant to have, beside the weights of the others: an integer from 1. Most algorithms take no notice. */
  readonly weight: number
}

/** What an algorithm is made with. */
export interface BalancingOptions {
  /** At least one. */
  readonly targets: readonly BalancedTarget[]
  /** An unbiased integer below the bound; see `README.md` for which algorithms draw. */
  readonly drawBelow: (bound: number) => number
  readonly tuning: BalancingTuning
}

/** Numbers that algorithms are tuned by; each looks at its own. */
export interface BalancingTuning {
  /** What is hashed; all but `sourceHash`, which hashes the source address. */
  readonly hashFields: HashFields
  /** powerOfChoices: targets drawn, from 1. */
  readonly choices: number
  /** ringHash, boundedRingHash: points of a target of weight 1 on the ring, from 1. */
  readonly virtualNodes: number
  /** maglev: entries of the table, a prime number above that of targets. */
  readonly tableSize: number
  /** resilientHash: entries of the table, from 1. */
  readonly buckets: number
  /** boundedRingHash: most connections of a target, in the mean over all, above 1; counted in thousandths. */
  readonly loadFactor: number
}

/** Positions of all targets. */
export function allTargets({ targets }: BalancingOptions): readonly number[] {
  return targets.map((_, position) => position)
}

/**
 * What every load-balancing algorithm looks like from outside: it chooses one of n targets for a new connection and is
 * told when connections open and close. Targets are positions 0 to n-1; what they stand for is the caller's affair.
 */

/** What an algorithm may look at when it chooses. */
export interface NewConnection {
  /** A 32-bit hash of the source address, the same in every run. */
  readonly sourceHash: number
}

/** One balancer's memory and rule. Deterministic but for the draws it is given; a tie is never drawn. */
export interface BalancingAlgorithm {
  /**
   * Chooses a target.
   *
   * @returns 0 to targetCount - 1
   * @remarks allocates nothing; O(1), least connections O(targetCount)
   */
  choose(connection: NewConnection): number
  /** A connection to the target was opened. */
  opened(target: number): void
  /** A connection to the target was closed. */
  closed(target: number): void
}

/** What an algorithm is made with. */
export interface BalancingOptions {
  /** At least 1. */
  readonly targetCount: number
  /** An unbiased integer below the bound; only `random` draws, once per connection. */
  readonly drawBelow: (bound: number) => number
}

/** Pairs of integers as single small integers. */
import { ABSENT, PairIndex } from '../iptables/pair-index.js'

/** Gives each pair a number: 0, 1, 2 … in the order of asking. */
export class PairInterner {
  readonly #index = new PairIndex()

  /** The number of a pair of 32-bit integers. O(1) expected; allocates only when the pairs outgrow the index. */
  idOf(first: number, second: number): number {
    const known = this.#index.get(first, second)
    if (known !== ABSENT) return known
    const id = this.#index.count
    this.#index.set(first, second, id)
    return id
  }
}

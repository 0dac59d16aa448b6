/**
 * The entries of all `recent` lists of a node: rows of typed arrays, of which freed ones are used again, each linked
 * to the next older and the next newer entry of its list.
 */
import type { AddressId } from '../address-book.js'

/** No entry: the end of a list. */
export const NO_ENTRY = -1

const INITIAL_CAPACITY = 64

/** Rows of entries. Allocates only when more entries are in use at once than ever before. */
export class RecentEntryPool {
  /** By entry: whose entry it is. */
  address = new Int32Array(INITIAL_CAPACITY)
  /** By entry: simulated time at which it was last set, ns. */
  stampNs = new Float64Array(INITIAL_CAPACITY)
  /** By entry: the entry of its list that was set next before it, or `NO_ENTRY`. */
  older = new Int32Array(INITIAL_CAPACITY)
  /** By entry: the entry of its list that was set next after it, or `NO_ENTRY`; of a free row: the next free row. */
  newer = new Int32Array(INITIAL_CAPACITY)
  #firstFree = NO_ENTRY
  /** Rows from here on were never used. */
  #usedCount = 0

  /** Takes a row for an address; its links and its stamp are the caller's to set. */
  take(address: AddressId): number {
    let entry = this.#firstFree
    if (entry === NO_ENTRY) {
      entry = this.#usedCount
      this.#usedCount += 1
      if (entry === this.address.length) this.#grow()
    } else {
      this.#firstFree = this.newer[entry]
    }
    this.address[entry] = address
    return entry
  }

  /** Gives a row back. */
  free(entry: number): void {
    this.newer[entry] = this.#firstFree
    this.#firstFree = entry
  }

  #grow(): void {
    const capacity = 2 * this.address.length
    this.address = copyOf(this.address, new Int32Array(capacity))
    this.stampNs = copyOf(this.stampNs, new Float64Array(capacity))
    this.older = copyOf(this.older, new Int32Array(capacity))
    this.newer = copyOf(this.newer, new Int32Array(capacity))
  }
}

function copyOf<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

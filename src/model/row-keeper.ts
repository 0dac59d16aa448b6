/** Which rows of a table of typed arrays are in use: a free list that grows with the most ever used at once. */

const INITIAL_ROWS = 64

/** Any column. */
export type Column = Int32Array | Float64Array | Uint8Array

/** Hands out rows. */
export class RowKeeper {
  #next = new Int32Array(INITIAL_ROWS)
  #free = -1
  #usedCount = 0
  #openCount = 0

  /** @param grow - called before there are more rows than columns have places: `capacity` is how many they need from then on */
  constructor(readonly grow: (capacity: number) => void) {
    grow(INITIAL_ROWS)
  }

  /** Rows in use. */
  get openCount(): number {
    return this.#openCount
  }

  /** Rows that were ever in use: all that are now are below. */
  get usedCount(): number {
    return this.#usedCount
  }

  take(): number {
    this.#openCount++
    const free = this.#free
    if (free >= 0) {
      this.#free = this.#next[free]
      return free
    }
    if (this.#usedCount === this.#next.length) {
      this.#next = grownColumn(this.#next, this.#next.length * 2)
      this.grow(this.#next.length)
    }
    return this.#usedCount++
  }

  giveBack(row: number): void {
    this.#openCount--
    this.#next[row] = this.#free
    this.#free = row
  }
}

/** A column with more places, and all that was in it. */
export function grownColumn<T extends Column>(column: T, length: number): T {
  const grown = new (column.constructor as new (length: number) => T)(length)
  grown.set(column)
  return grown
}

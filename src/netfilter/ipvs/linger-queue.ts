/**
 * Closed connections that are still remembered for a fixed length of time, in the order in which they will be forgotten.
 *
 * A ring that grows when it is full. Since all stay equally long, whoever came first is forgotten first.
 */

const INITIAL_CAPACITY = 64

/** A queue of integers, each due at a time. */
export class LingerQueue {
  #items = new Int32Array(INITIAL_CAPACITY)
  #dueNs = new Float64Array(INITIAL_CAPACITY)
  #first = 0
  #count = 0

  /** When the first item is due, simulated ns; `Infinity` if there is none. */
  get nextDueNs(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#dueNs[this.#first]
  }

  /** Adds an item; `dueNs` is never less than at the last call. Allocates only when more wait than ever before. */
  push(item: number, dueNs: number): void {
    if (this.#count === this.#items.length) this.#grow()
    const at = (this.#first + this.#count) % this.#items.length
    this.#items[at] = item
    this.#dueNs[at] = dueNs
    this.#count += 1
  }

  /** Takes the first item; there must be one. */
  shift(): number {
    const item = this.#items[this.#first]
    this.#first = (this.#first + 1) % this.#items.length
    this.#count -= 1
    return item
  }

  #grow(): void {
    const capacity = this.#items.length
    const items = new Int32Array(2 * capacity)
    const dueNs = new Float64Array(2 * capacity)
    for (let at = 0; at < this.#count; at += 1) {
      const from = (this.#first + at) % capacity
      items[at] = this.#items[from]
      dueNs[at] = this.#dueNs[from]
    }
    this.#items = items
    this.#dueNs = dueNs
    this.#first = 0
  }
}

/**
 * A hash map from two integers to one: open addressing with linear probing in typed arrays, at most half full.
 *
 * A JavaScript `Map` would need one key made of two and allocates per entry. A removed key leaves no mark behind: the
 * keys after it move up (Knuth, The Art of Computer Programming 3, section 6.4, Algorithm R).
 */

/** What `PairIndex.get` answers for a pair that is not there. */
export const ABSENT = -1

const INITIAL_SLOT_COUNT = 64

/** A map from pairs of non-negative 32-bit integers to non-negative 32-bit integers. */
export class PairIndex {
  #mask = INITIAL_SLOT_COUNT - 1
  #firsts = new Int32Array(INITIAL_SLOT_COUNT)
  #seconds = new Int32Array(INITIAL_SLOT_COUNT)
  #values = new Int32Array(INITIAL_SLOT_COUNT).fill(ABSENT)
  #count = 0

  /** Pairs held. */
  get count(): number {
    return this.#count
  }

  /** The value of a pair, or `ABSENT`. O(1) expected; allocates nothing. */
  get(first: number, second: number): number {
    return this.#values[this.#slotOf(first, second)]
  }

  /** Sets the value of a pair, new or known. O(1) expected; allocates only when the number of pairs outgrows it. */
  set(first: number, second: number, value: number): void {
    let slot = this.#slotOf(first, second)
    if (this.#values[slot] === ABSENT) {
      this.#count += 1
      if (2 * this.#count > this.#mask + 1) {
        this.#grow()
        slot = this.#slotOf(first, second)
      }
      this.#firsts[slot] = first
      this.#seconds[slot] = second
    }
    this.#values[slot] = value
  }

  /** Forgets a pair; nothing happens if it is not there. O(1) expected; allocates nothing. */
  delete(first: number, second: number): void {
    let gap = this.#slotOf(first, second)
    if (this.#values[gap] === ABSENT) return
    this.#count -= 1
    for (let slot = (gap + 1) & this.#mask; this.#values[slot] !== ABSENT; slot = (slot + 1) & this.#mask) {
      const home = this.#homeOf(this.#firsts[slot], this.#seconds[slot])
      // A key may move up to the gap only if the gap lies on its way from home to here.
      if (((slot - home) & this.#mask) >= ((slot - gap) & this.#mask)) {
        this.#move(slot, gap)
        gap = slot
      }
    }
    this.#values[gap] = ABSENT
  }

  /** The slot of the pair, or the empty slot where it belongs. */
  #slotOf(first: number, second: number): number {
    let slot = this.#homeOf(first, second)
    while (
      this.#values[slot] !== ABSENT &&
      (this.#firsts[slot] !== first || this.#seconds[slot] !== second)
    ) {
      slot = (slot + 1) & this.#mask
    }
    return slot
  }

  #homeOf(first: number, second: number): number {
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)
    return (mixed ^ (mixed >>> 15)) & this.#mask
  }

  #move(from: number, to: number): void {
    this.#firsts[to] = this.#firsts[from]
    this.#seconds[to] = this.#seconds[from]
    this.#values[to] = this.#values[from]
  }

  #grow(): void {
    const [firsts, seconds, values] = [this.#firsts, this.#seconds, this.#values]
    const slotCount = 2 * values.length
    this.#mask = slotCount - 1
    this.#firsts = new Int32Array(slotCount)
    this.#seconds = new Int32Array(slotCount)
    this.#values = new Int32Array(slotCount).fill(ABSENT)
    for (let from = 0; from < values.length; from += 1) {
      if (values[from] === ABSENT) continue
      const slot = this.#slotOf(firsts[from], seconds[from])
      this.#firsts[slot] = firsts[from]
      this.#seconds[slot] = seconds[from]
      this.#values[slot] = values[from]
    }
  }
}

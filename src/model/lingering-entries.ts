/**
 * Entries that outlive their connection by a constant time: how many there are now. Counted in ticks of a hundredth of that
 * time at most 100 ms long, so that memory does not grow with the rate; an entry may stay one tick too long.
 * Source: Linux lets its own go by jiffies, and later, when the garbage collector comes round.
 */

const MOST_TICK_NS = 100e6
const LEAST_TICKS = 100

/** A count of things that each leave after the same time. Times handed in never go back. */
export class LingeringEntries {
  readonly #tickNs: number
  readonly #leaving: Uint32Array
  /** The tick that was looked at last; all before it have left. */
  #tick = 0
  #count = 0

  /** @param timeNs - how long each stays, ns; 0: not at all */
  constructor(readonly timeNs: number) {
    this.#tickNs = Math.max(1, Math.min(MOST_TICK_NS, Math.ceil(timeNs / LEAST_TICKS)))
    this.#leaving = new Uint32Array(Math.ceil(timeNs / this.#tickNs) + 2)
  }

  /** One more. */
  add(nowNs: number): void {
    if (this.timeNs === 0) return
    this.#advance(nowNs)
    this.#leaving[this.#slot(this.#tick + Math.ceil(this.timeNs / this.#tickNs) + 1)]++
    this.#count++
  }

  /** How many are here. */
  countAt(nowNs: number): number {
    this.#advance(nowNs)
    return this.#count
  }

  /** One goes before its time: of those that would leave first. False: there is none. */
  removeOldest(nowNs: number): boolean {
    this.#advance(nowNs)
    if (this.#count === 0) return false
    let tick = this.#tick + 1
    while (this.#leaving[this.#slot(tick)] === 0) tick++
    this.#leaving[this.#slot(tick)]--
    this.#count--
    return true
  }

  #advance(nowNs: number): void {
    const tick = Math.floor(nowNs / this.#tickNs)
    if (this.#count === 0) {
      this.#tick = tick
      return
    }
    while (this.#tick < tick && this.#count > 0) {
      const slot = this.#slot(++this.#tick)
      this.#count -= this.#leaving[slot]
      this.#leaving[slot] = 0
    }
    this.#tick = tick
  }

  #slot(tick: number): number {
    return tick % this.#leaving.length
  }
}

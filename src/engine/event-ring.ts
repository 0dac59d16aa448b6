/** The events of one lane behind its head: a FIFO ring of (time, tie, payload) in typed arrays, 20 bytes each. */

const INITIAL_CAPACITY = 16

/** A growing ring; capacity is a power of two. `lastTimeNs` and `shiftTo` of an empty ring are meaningless. */
export class EventRing {
  #timeNs = new Float64Array(INITIAL_CAPACITY)
  #tie = new Float64Array(INITIAL_CAPACITY)
  #payload = new Int32Array(INITIAL_CAPACITY)
  #first = 0
  #mask = INITIAL_CAPACITY - 1
  count = 0

  get lastTimeNs(): number {
    return this.#timeNs[(this.#first + this.count - 1) & this.#mask]
  }

  push(timeNs: number, tie: number, payload: number): void {
    if (this.count > this.#mask) this.#grow()
    const at = (this.#first + this.count) & this.#mask
    this.#timeNs[at] = timeNs
    this.#tie[at] = tie
    this.#payload[at] = payload
    this.count++
  }

  /** Takes the first event out and writes it at a position of columns. */
  shiftTo(position: number, timeNs: Float64Array, tie: Float64Array, payload: Int32Array): void {
    const first = this.#first
    timeNs[position] = this.#timeNs[first]
    tie[position] = this.#tie[first]
    payload[position] = this.#payload[first]
    this.#first = (first + 1) & this.#mask
    this.count--
  }

  #grow(): void {
    const capacity = (this.#mask + 1) * 2
    const timeNs = new Float64Array(capacity)
    const tie = new Float64Array(capacity)
    const payload = new Int32Array(capacity)
    for (let offset = 0; offset < this.count; offset++) {
      const at = (this.#first + offset) & this.#mask
      timeNs[offset] = this.#timeNs[at]
      tie[offset] = this.#tie[at]
      payload[offset] = this.#payload[at]
    }
    this.#timeNs = timeNs
    this.#tie = tie
    this.#payload = payload
    this.#first = 0
    this.#mask = capacity - 1
  }
}

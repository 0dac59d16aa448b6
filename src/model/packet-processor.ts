/**
 * The processors of a node that carry packets: c servers, one FCFS queue without limit.
 *
 * A packet's work is known when it arrives and nothing overtakes, so the time it is done follows at once from the times
 * at which the processors fall free (Kiefer and Wolfowitz; Lindley for c = 1), and waiting needs no event.
 * Only first packets of connections queue here; later packets pay a constant.
 */

const INITIAL_WAITING = 64

/** One node's processors. */
export class PacketProcessor {
  readonly #freeAtNs: Float64Array
  #busyNs = 0
  /** When those that wait will start, a ring in that order. */
  #startsNs = new Float64Array(INITIAL_WAITING)
  #first = 0
  #waitingCount = 0
  #waitingPeak = 0

  /**
   * @param processorCount - at least 1
   * @param backlog - packets that may wait for each processor
   */
  constructor(
    processorCount: number,
    readonly backlog = Number.POSITIVE_INFINITY,
  ) {
    this.#freeAtNs = new Float64Array(processorCount)
  }

  get processorCount(): number {
    return this.#freeAtNs.length
  }

  /** Work taken in so far, ns. */
  get busyNs(): number {
    return this.#busyNs
  }

  /** Packets that may wait, for all processors together. */
  get backlogMax(): number {
    return this.backlog * this.processorCount
  }

  /** Most packets that waited at once since this was asked last. */
  takeBacklogPeak(nowNs: number): number {
    const peak = this.#waitingPeak
    this.#letStart(nowNs)
    this.#waitingPeak = this.#waitingCount
    return peak
  }

  /** Is there no place for one more to wait? */
  isFull(nowNs: number): boolean {
    this.#letStart(nowNs)
    return this.#waitingCount >= this.backlog * this.processorCount
  }

  /**
   * Takes a packet in, whether there is a place or not.
   *
   * @param nowNs - not before the previous call's
   * @param workNs - processor time, an integer
   * @returns when the packet is done with, ns
   */
  admit(nowNs: number, workNs: number): number {
    const freeAtNs = this.#freeAtNs
    let earliest = 0
    for (let index = 1; index < freeAtNs.length; index++) {
      if (freeAtNs[index] < freeAtNs[earliest]) earliest = index
    }
    const startNs = Math.max(freeAtNs[earliest], nowNs)
    if (startNs > nowNs) this.#wait(startNs)
    const doneNs = startNs + workNs
    freeAtNs[earliest] = doneNs
    this.#busyNs += workNs
    return doneNs
  }

  /** Those whose time has come wait no longer. */
  #letStart(nowNs: number): void {
    while (this.#waitingCount > 0 && this.#startsNs[this.#first] <= nowNs) {
      this.#first = (this.#first + 1) % this.#startsNs.length
      this.#waitingCount--
    }
  }

  /** FCFS: whoever comes later starts no earlier. */
  #wait(startNs: number): void {
    if (this.#waitingCount === this.#startsNs.length) this.#grow()
    this.#startsNs[(this.#first + this.#waitingCount) % this.#startsNs.length] = startNs
    this.#waitingCount++
    if (this.#waitingCount > this.#waitingPeak) this.#waitingPeak = this.#waitingCount
  }

  #grow(): void {
    const grown = new Float64Array(this.#startsNs.length * 2)
    for (let offset = 0; offset < this.#waitingCount; offset++) {
      grown[offset] = this.#startsNs[(this.#first + offset) % this.#startsNs.length]
    }
    this.#startsNs = grown
    this.#first = 0
  }
}

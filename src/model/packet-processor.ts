/**
 * The processors of a node that carry packets: c servers, one FCFS queue without limit.
 *
 * A packet's work is known when it arrives and nothing overtakes, so the time it is done follows at once from the times
 * at which the processors fall free (Kiefer and Wolfowitz; Lindley for c = 1), and waiting needs no event.
 * Only first packets of connections queue here; later packets pay a constant. No backlog limit.
 */

/** One node's processors. */
export class PacketProcessor {
  readonly #freeAtNs: Float64Array
  #busyNs = 0

  /** @param processorCount - at least 1 */
  constructor(processorCount: number) {
    this.#freeAtNs = new Float64Array(processorCount)
  }

  get processorCount(): number {
    return this.#freeAtNs.length
  }

  /** Work taken in so far, ns. */
  get busyNs(): number {
    return this.#busyNs
  }

  /**
   * Takes a packet in.
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
    const doneNs = startNs + workNs
    freeAtNs[earliest] = doneNs
    this.#busyNs += workNs
    return doneNs
  }
}

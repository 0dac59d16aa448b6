/**
 * Requests of one call site that are under way, on average over each quarter of the window, from their records: a request
 * is under way from its intended start to its end. Those intended in the warm-up are not told, so the first quarter begins
 * with fewer. A backlog that grows from the second quarter to the last is the sign of a system that can not keep up.
 */

/** Parts that the window is cut into. */
export const QUARTERS = 4

/** Adds up time under way. */
export class BacklogCollector {
  readonly #areasNs = new Float64Array(QUARTERS)
  readonly #quarterNs: number

  /** @param startNs - end of the warm-up */
  constructor(
    readonly startNs: number,
    horizonNs: number,
  ) {
    this.#quarterNs = (horizonNs - startNs) / QUARTERS
  }

  /** A request has ended. */
  record(intendedNs: number, responseTimeNs: number): void {
    const quarterNs = this.#quarterNs
    const from = intendedNs - this.startNs
    const to = from + responseTimeNs
    let quarter = Math.min(QUARTERS - 1, Math.floor(from / quarterNs))
    let at = from
    while (quarter < QUARTERS - 1 && to > (quarter + 1) * quarterNs) {
      const end = (quarter + 1) * quarterNs
      this.#areasNs[quarter++] += end - at
      at = end
    }
    this.#areasNs[quarter] += to - at
  }

  /** Mean number under way in each quarter, in order. */
  means(): readonly number[] {
    return [...this.#areasNs].map((area) => area / this.#quarterNs)
  }
}

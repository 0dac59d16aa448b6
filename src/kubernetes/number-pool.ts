/**
 * Numbers that are handed out once: cluster IPs, node ports, load-balancer addresses.
 *
 * As in the API server, the lower part of a range is kept for numbers chosen by hand: draws take from the upper
 * part and come to the lower one only when that is full.
 * Sources: KEP-3070, KEP-3668; kubernetes pkg/registry/core/service: ipallocator/ipallocator.go,
 * portallocator/allocator.go, `calculateRangeOffset`.
 */

/**
 * Draws a number of a named random stream.
 *
 * @param streamName - who draws; the same name gives the same numbers in every run of a seed
 * @param bound - 1 or more
 * @returns an integer, 0 to `bound` - 1
 */
export type Draw = (streamName: string, bound: number) => number

/** How much of a range is kept for numbers chosen by hand. */
export interface StaticBand {
  /** The band is this part of the range … */
  readonly divisor: number
  /** … but not less and not more than these. */
  readonly least: number
  readonly most: number
}

/** min(max(16, size/16), 256) addresses. */
export const CLUSTER_IP_BAND: StaticBand = { divisor: 16, least: 16, most: 256 }

/** min(max(16, size/32), 128) ports. */
export const NODE_PORT_BAND: StaticBand = { divisor: 32, least: 16, most: 128 }

/** Nothing is kept. */
export const NO_BAND: StaticBand = { divisor: 1, least: 0, most: 0 }

/** Numbers of a range, 0 to `size` - 1, of which each is taken at most once. */
export class NumberPool {
  readonly #taken = new Set<number>()
  readonly #staticCount: number

  /** @param size - how many numbers there are; 0 is a pool that is always full */
  constructor(
    readonly size: number,
    band: StaticBand,
  ) {
    const wanted = Math.min(Math.max(band.least, Math.floor(size / band.divisor)), band.most)
    this.#staticCount = size <= band.least ? 0 : wanted
  }

  /** Takes one number by hand; false if it was taken before. */
  take(number: number): boolean {
    if (this.#taken.has(number)) return false
    this.#taken.add(number)
    return true
  }

  /**
   * Takes a number at random: one draw, then the next free number, so that others keep theirs when one joins.
   *
   * @param draw - an integer below its bound
   * @returns undefined if the pool is full
   * @remarks O(numbers taken) at worst.
   */
  takeAny(draw: (bound: number) => number): number | undefined {
    const start = this.#staticCount + draw(Math.max(1, this.size - this.#staticCount))
    return (
      this.#firstFree(start, this.size) ??
      this.#firstFree(this.#staticCount, Math.min(start, this.size)) ??
      this.#firstFree(0, this.#staticCount)
    )
  }

  #firstFree(first: number, end: number): number | undefined {
    for (let number = first; number < end; number += 1) if (this.take(number)) return number
    return undefined
  }
}

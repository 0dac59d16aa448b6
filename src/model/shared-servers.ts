/**
 * Servers of one pod that work on all of its requests at once (egalitarian processor sharing): each of n requests gets
 * min(1, c/n) of a server. With n at most c that is a server for each, as under FCFS.
 *
 * In whole nanoseconds, so that nothing drifts. Everyone here gets the same, so one sum is enough: what a request would have
 * been served had it been here from the start (virtual time). A request is done when that sum has grown by its work since it
 * came, so the one with the least (sum at its coming + work) is next, of equals the one that came first. c servers do c ns of
 * work in each ns; what is left when it is divided among n is less than 1 ns for each, and is kept for the next division. No
 * work is lost so long as more than c share; a request that needs a fraction of a ns more holds its part of that ns.
 *
 * Knows only time in which servers run: a pod that is throttled lets none pass (see `pod-work.ts`).
 * Sources: Kleinrock, Queueing Systems, vol. 2 (1976), ch. 4; Demers, Keshav, Shenker 1989 (finishing by virtual time).
 */
import FastPriorityQueue from 'fastpriorityqueue'

/** A request that is worked on. */
interface Work {
  readonly request: number
  /** Virtual time at which it is done, ns. */
  readonly endNs: number
  /** Position among all that were ever started. */
  readonly start: number
}

/** One pod's servers; requests are integers. */
export class SharedServers {
  readonly #works = new FastPriorityQueue<Work>((a, b) =>
    a.endNs === b.endNs ? a.start < b.start : a.endNs < b.endNs,
  )
  #startCount = 0
  /** Virtual time, and work done beyond it: less than the number of requests; 0 while each has a server of its own. */
  #virtualNs = 0
  #remainderNs = 0

  /** @param serverCount - at least 1, at most 100,000; of requests there may be 10,100,000 at once */
  constructor(readonly serverCount: number) {}

  /** Requests that are worked on. */
  get count(): number {
    return this.#works.size
  }

  /** Servers that have work. */
  get busyCount(): number {
    return Math.min(this.#works.size, this.serverCount)
  }

  /** Takes up a request. @param workNs - time that one server alone would need; an integer, 0 or more */
  start(request: number, workNs: number): void {
    this.#works.add({ request, endNs: this.#virtualNs + workNs, start: this.#startCount++ })
  }

  /** Lets go of everything. */
  clear(): void {
    this.#works.removeMany(() => true)
    this.#remainderNs = 0
  }

  /** All servers that have work go on for a time. @param elapsedNs - an integer, 0 or more; not past `untilNextNs` */
  pass(elapsedNs: number): void {
    const { count, busyCount } = this
    if (count === busyCount) {
      if (count > 0) this.#virtualNs += elapsedNs
      return
    }
    // The work done, busyCount × elapsedNs, may be beyond 2^53; its quotient is not, and stays exact in two steps.
    const oddNs = elapsedNs % count
    const oddWorkNs = busyCount * oddNs + this.#remainderNs
    this.#remainderNs = oddWorkNs % count
    const evenNs = ((elapsedNs - oddNs) / count) * busyCount
    this.#virtualNs += evenNs + (oddWorkNs - this.#remainderNs) / count
  }

  /** Takes out the next request that is done; -1: none is. */
  takeFinished(): number {
    const first = this.#works.peek()
    if (first === undefined || first.endNs > this.#virtualNs) return -1
    this.#works.poll()
    if (this.count <= this.serverCount) this.#remainderNs = 0
    if (this.count === 0) this.#virtualNs = 0
    return first.request
  }

  /** How long until a request is done, if none comes: whole ns, the last one begun counts; infinite if there is none. */
  untilNextNs(): number {
    const first = this.#works.peek()
    if (first === undefined) return Number.POSITIVE_INFINITY
    const missingNs = Math.max(0, first.endNs - this.#virtualNs)
    const { count, busyCount } = this
    if (count === busyCount || missingNs === 0) return missingNs
    // The least time t with busyCount × t + remainder ≥ count × missing.
    const oddNs = missingNs % busyCount
    const wholeNs = ((missingNs - oddNs) / busyCount) * count
    return wholeNs + quotientUp(count * oddNs - this.#remainderNs, busyCount)
  }
}

/** dividend / divisor, rounded up; exact for integers below 2^53. @param divisor - above 0 */
export function quotientUp(dividend: number, divisor: number): number {
  const rest = dividend % divisor
  return (dividend - rest) / divisor + (rest > 0 ? 1 : 0)
}

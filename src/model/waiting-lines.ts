/** Requests that wait for a connection of their caller's pool, first come first served: a line for each pool key. */
import type { RequestTable } from './request-table.js'

/** Doubly linked lists through the columns `nextWaiting` and `previousWaiting` of the request table. */
export class WaitingLines {
  readonly #first: Int32Array
  readonly #last: Int32Array

  constructor(
    readonly requests: RequestTable,
    lineCount: number,
  ) {
    this.#first = new Int32Array(lineCount).fill(-1)
    this.#last = new Int32Array(lineCount).fill(-1)
  }

  /** Who waits longest; -1 for nobody. */
  first(line: number): number {
    return this.#first[line]
  }

  /** Goes to the end of a line. */
  join(line: number, request: number): void {
    this.#insert(line, request, this.#last[line], -1)
  }

  /** Goes to the front of a line. */
  joinFirst(line: number, request: number): void {
    this.#insert(line, request, -1, this.#first[line])
  }

  /** Leaves a line. False: it was in none. */
  leave(line: number, request: number): boolean {
    const { isWaiting, nextWaiting, previousWaiting } = this.requests
    if (isWaiting[request] === 0) return false
    isWaiting[request] = 0
    const next = nextWaiting[request]
    const previous = previousWaiting[request]
    if (previous >= 0) nextWaiting[previous] = next
    else this.#first[line] = next
    if (next >= 0) previousWaiting[next] = previous
    else this.#last[line] = previous
    return true
  }

  #insert(line: number, request: number, previous: number, next: number): void {
    const { isWaiting, nextWaiting, previousWaiting } = this.requests
    isWaiting[request] = 1
    nextWaiting[request] = next
    previousWaiting[request] = previous
    if (previous >= 0) nextWaiting[previous] = request
    else this.#first[line] = request
    if (next >= 0) previousWaiting[next] = request
    else this.#last[line] = request
  }
}

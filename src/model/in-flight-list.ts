/**
 * The requests in flight of one call site, oldest first. All of a site's requests have the same time-out, so the order of
 * issue is the order of deadlines, and one pending deadline event per site, for the oldest, is enough.
 */
import type { RequestTable } from './request-table.js'

/** A doubly linked list through the columns `older` and `younger` of the request table. */
export class InFlightList {
  #oldest = -1
  #youngest = -1

  constructor(readonly requests: RequestTable) {}

  /** The request issued first; -1 for none. */
  get oldest(): number {
    return this.#oldest
  }

  add(request: number): void {
    const { older, younger } = this.requests
    older[request] = this.#youngest
    younger[request] = -1
    if (this.#youngest >= 0) younger[this.#youngest] = request
    else this.#oldest = request
    this.#youngest = request
  }

  remove(request: number): void {
    const { older, younger } = this.requests
    const before = older[request]
    const after = younger[request]
    if (before >= 0) younger[before] = after
    else this.#oldest = after
    if (after >= 0) older[after] = before
    else this.#youngest = before
  }
}

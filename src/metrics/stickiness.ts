/**
 * Whether clients stay on their pods.
 *
 * Return ratio: of connections by a client seen before (in the warm-up too), the share that reached the pod of that client's
 * previous connection. Modal share: share of a client's connections at its most used pod, averaged over clients. Broken
 * sessions: share of clients whose connections of the window saw more than one pod.
 */

/** Figures of one replication; null where no client, or no returning one, was seen. */
export interface StickinessFigures {
  readonly clients: number
  readonly returningConnections: number
  readonly returnRatio: number | null
  readonly modalShare: number | null
  readonly brokenSessions: number | null
}

/** Follows the clients of one call site. Memory: clients × pods counters of 4 bytes. */
export class StickinessCollector {
  /** By client: pod position of the last connection; -1 for none yet. */
  readonly #last: Int32Array
  /** By client and pod position: connections in the window. */
  readonly #counts: Uint32Array
  #returning = 0
  #sameAsLast = 0

  /** @param podCount - eligible pods; positions are 0 to podCount - 1 */
  constructor(
    readonly clientCount: number,
    readonly podCount: number,
  ) {
    this.#last = new Int32Array(clientCount).fill(-1)
    this.#counts = new Uint32Array(clientCount * podCount)
  }

  /** A connection of a client reached a pod. `isCounted`: false in the warm-up, which is remembered but not counted. */
  record(client: number, podPosition: number, isCounted: boolean): void {
    const last = this.#last[client]
    this.#last[client] = podPosition
    if (!isCounted) return
    this.#counts[client * this.podCount + podPosition]++
    if (last < 0) return
    this.#returning++
    if (last === podPosition) this.#sameAsLast++
  }

  figures(): StickinessFigures {
    let clients = 0
    let broken = 0
    let modalShares = 0
    for (let client = 0; client < this.clientCount; client++) {
      const { total, most } = this.#use(client)
      if (total === 0) continue
      clients++
      modalShares += most / total
      if (most < total) broken++
    }
    return {
      clients,
      returningConnections: this.#returning,
      returnRatio: this.#returning === 0 ? null : this.#sameAsLast / this.#returning,
      modalShare: clients === 0 ? null : modalShares / clients,
      brokenSessions: clients === 0 ? null : broken / clients,
    }
  }

  #use(client: number): { total: number; most: number } {
    let total = 0
    let most = 0
    const start = client * this.podCount
    for (let at = start; at < start + this.podCount; at++) {
      total += this.#counts[at]
      if (this.#counts[at] > most) most = this.#counts[at]
    }
    return { total, most }
  }
}

/**
 * Requests under way, as rows of columns: a structure of typed arrays with a free list, so that a run allocates nothing
 * once the table has grown to the largest number ever in flight.
 *
 * A row is kept by two parties, the caller who waits and the pod (or the event) that will come back to it, and is free
 * when both have let go: a client that timed out leaves its request behind in the pod.
 */
import { mixedKey } from '../engine/keyed-draws.js'
import type { CallNode } from './call-sites.js'

const INITIAL_ROWS = 64

/** What keys are mixed with: call nodes have words from `FIRST_CALL` on. */
const NEXT_CONNECTION = 0
const THIS_CONNECTION = 1
const FIRST_CALL = 2

/** Where in its pod a request is: not there, in the queue, at a server of its own, at shared ones, or waiting for its calls. */
export const Stage = { none: 0, queued: 1, served: 2, worked: 3, calling: 4 } as const

/** `demandCount` service times ride with every request: those of the whole tree of calls it belongs to. */
export class RequestTable {
  #rowCount = 0
  #freeRow = -1
  #freeCount = 0
  #capacity = INITIAL_ROWS
  /** Index of the call site, and of the call node within the tree of its client group. */
  site: Int32Array = new Int32Array(INITIAL_ROWS)
  callNode: Int32Array = new Int32Array(INITIAL_ROWS)
  /** Client of the group, or calling pod. */
  client: Int32Array = new Int32Array(INITIAL_ROWS)
  /** The request whose pod makes this call; -1 for a client's. */
  parent: Int32Array = new Int32Array(INITIAL_ROWS)
  /** What is drawn for its connections is made of this: see `takeDrawKey`. 32 bits. */
  drawKey: Uint32Array = new Uint32Array(INITIAL_ROWS)
  /** Row of the connection in use; -1 for none yet. */
  connection: Int32Array = new Int32Array(INITIAL_ROWS)
  /** Is it about to open a connection, or in line for one (see `waiting-lines.ts`)? Its neighbours there. */
  isOpening: Uint8Array = new Uint8Array(INITIAL_ROWS)
  isWaiting: Uint8Array = new Uint8Array(INITIAL_ROWS)
  nextWaiting: Int32Array = new Int32Array(INITIAL_ROWS)
  previousWaiting: Int32Array = new Int32Array(INITIAL_ROWS)
  /** Pod reached; -1 for none yet. */
  pod: Int32Array = new Int32Array(INITIAL_ROWS)
  /** Attempts made, this one included. */
  attempts: Int32Array = new Int32Array(INITIAL_ROWS)
  /** Queries for its name, those of earlier attempts included. */
  dnsQueries: Int32Array = new Int32Array(INITIAL_ROWS)
  /** Calls already made by the pod for this request, where one follows another. */
  callsMade: Int32Array = new Int32Array(INITIAL_ROWS)
  /** Calls of the pod that have not ended yet, where they are made all at once. They keep the row. */
  callsOut: Uint8Array = new Uint8Array(INITIAL_ROWS)
  /** Outcome that the answer on its way will have. */
  outcome: Uint8Array = new Uint8Array(INITIAL_ROWS)
  /** Does the caller still wait? */
  isAwaited: Uint8Array = new Uint8Array(INITIAL_ROWS)
  /** Will the pod, or an event, still come back to it? */
  isHeld: Uint8Array = new Uint8Array(INITIAL_ROWS)
  /** Where it is in its pod, a `Stage`; and was it lost there while the end of its service or of its calls is still to come? */
  stage: Uint8Array = new Uint8Array(INITIAL_ROWS)
  isLost: Uint8Array = new Uint8Array(INITIAL_ROWS)
  /** Was a place at the pod reserved for it, which it has not taken yet? */
  hasReserved: Uint8Array = new Uint8Array(INITIAL_ROWS)
  intendedNs: Float64Array = new Float64Array(INITIAL_ROWS)
  /** Start of the part of the way that the request is in. */
  partStartNs: Float64Array = new Float64Array(INITIAL_ROWS)
  /** Where requests are retried: when the time of this attempt is over. */
  deadlineNs: Float64Array = new Float64Array(INITIAL_ROWS)
  /** Time that earlier attempts, and the pauses after them, took. */
  retryNs: Float64Array = new Float64Array(INITIAL_ROWS)
  dnsNs: Float64Array = new Float64Array(INITIAL_ROWS)
  connectNs: Float64Array = new Float64Array(INITIAL_ROWS)
  rulesNs: Float64Array = new Float64Array(INITIAL_ROWS)
  networkNs: Float64Array = new Float64Array(INITIAL_ROWS)
  queueNs: Float64Array = new Float64Array(INITIAL_ROWS)
  serviceNs: Float64Array = new Float64Array(INITIAL_ROWS)
  downstreamNs: Float64Array = new Float64Array(INITIAL_ROWS)
  /** `demandCount` values a row. */
  demandsNs: Float64Array
  /** Neighbours in the list of requests in flight of the same call site, oldest first; -1 for none. */
  older: Int32Array = new Int32Array(INITIAL_ROWS)
  younger: Int32Array = new Int32Array(INITIAL_ROWS)

  /** @param demandCount - service times per request, at least 1 */
  constructor(readonly demandCount: number) {
    this.demandsNs = new Float64Array(INITIAL_ROWS * demandCount)
  }

  /** Rows in use. */
  get openCount(): number {
    return this.#rowCount - this.#freeCount
  }

  /** Rows that were ever in use: all that are now are below. */
  get rowCount(): number {
    return this.#rowCount
  }

  /**
   * Takes a row, awaited and held; its times are zero and its indices -1. A call takes over its parent's demands, and has a key of
   * its own made of its parent's; a client's request gets its key by `drawKey`.
   */
  open(call: CallNode, client: number, parent: number, intendedNs: number): number {
    const row = this.#openRow(call.site.index, call.index, client, parent, intendedNs)
    if (parent >= 0) {
      this.#copyDemands(parent, row)
      this.drawKey[row] = mixedKey(this.drawKey[parent], FIRST_CALL + call.index)
    }
    return row
  }

  /** Takes a row for the next attempt of a request, to start at a time; the row of the failed one is its own affair. */
  openRetry(failed: number, startNs: number): number {
    const { site, callNode, client, parent, intendedNs } = this
    const row = this.#openRow(
      site[failed],
      callNode[failed],
      client[failed],
      parent[failed],
      intendedNs[failed],
    )
    this.#copyDemands(failed, row)
    this.drawKey[row] = this.drawKey[failed]
    this.attempts[row] = this.attempts[failed] + 1
    this.dnsQueries[row] = this.dnsQueries[failed]
    this.partStartNs[row] = startNs
    this.retryNs[row] = startNs - this.intendedNs[failed]
    return row
  }

  #openRow(site: number, callNode: number, client: number, parent: number, intendedNs: number): number {
    const row = this.#takeRow()
    this.site[row] = site
    this.callNode[row] = callNode
    this.attempts[row] = 1
    this.dnsQueries[row] = 0
    this.retryNs[row] = 0
    this.deadlineNs[row] = Number.POSITIVE_INFINITY
    this.client[row] = client
    this.parent[row] = parent
    this.connection[row] = -1
    this.pod[row] = -1
    this.callsMade[row] = 0
    this.outcome[row] = 0
    this.isAwaited[row] = 1
    this.isHeld[row] = 1
    this.hasReserved[row] = 0
    this.stage[row] = Stage.none
    this.isLost[row] = 0
    this.isOpening[row] = 0
    this.isWaiting[row] = 0
    this.intendedNs[row] = intendedNs
    this.partStartNs[row] = intendedNs
    this.dnsNs[row] = 0
    this.connectNs[row] = 0
    this.rulesNs[row] = 0
    this.networkNs[row] = 0
    this.queueNs[row] = 0
    this.serviceNs[row] = 0
    this.downstreamNs[row] = 0
    return row
  }

  /** The key of the next connection that the request opens: another one each time. */
  takeDrawKey(row: number): number {
    this.drawKey[row] = mixedKey(this.drawKey[row], NEXT_CONNECTION)
    return mixedKey(this.drawKey[row], THIS_CONNECTION)
  }

  /** Gives a request its demands: the first of its `demandCount` places. */
  setDemands(row: number, demandsNs: Float64Array): void {
    const start = row * this.demandCount
    for (let slot = 0; slot < demandsNs.length; slot++) this.demandsNs[start + slot] = demandsNs[slot]
  }

  #copyDemands(from: number, to: number): void {
    const start = from * this.demandCount
    this.demandsNs.copyWithin(to * this.demandCount, start, start + this.demandCount)
  }

  /** The parts that its response time has so far, added up. */
  partsNs(row: number): number {
    return (
      this.retryNs[row] +
      this.dnsNs[row] +
      this.connectNs[row] +
      this.rulesNs[row] +
      this.networkNs[row] +
      this.queueNs[row] +
      this.serviceNs[row] +
      this.downstreamNs[row]
    )
  }

  /** Gives the row back if neither caller nor pod holds it, and nothing will come back to it. */
  closeIfDone(row: number): void {
    if (this.isAwaited[row] === 1 || this.isHeld[row] === 1 || this.callsOut[row] > 0) return
    if (this.isLost[row] === 1) return
    this.older[row] = this.#freeRow
    this.#freeRow = row
    this.#freeCount++
  }

  #takeRow(): number {
    if (this.#freeRow >= 0) {
      const row = this.#freeRow
      this.#freeRow = this.older[row]
      this.#freeCount--
      return row
    }
    if (this.#rowCount === this.#capacity) this.#grow()
    return this.#rowCount++
  }

  #grow(): void {
    this.#capacity *= 2
    const int32 = (from: Int32Array) => copied(from, new Int32Array(this.#capacity))
    const uint8 = (from: Uint8Array) => copied(from, new Uint8Array(this.#capacity))
    const float64 = (from: Float64Array, width = 1) => copied(from, new Float64Array(this.#capacity * width))
    this.site = int32(this.site)
    this.callNode = int32(this.callNode)
    this.client = int32(this.client)
    this.parent = int32(this.parent)
    this.drawKey = copied(this.drawKey, new Uint32Array(this.#capacity))
    this.connection = int32(this.connection)
    this.pod = int32(this.pod)
    this.callsMade = int32(this.callsMade)
    this.callsOut = uint8(this.callsOut)
    this.outcome = uint8(this.outcome)
    this.isAwaited = uint8(this.isAwaited)
    this.isHeld = uint8(this.isHeld)
    this.hasReserved = uint8(this.hasReserved)
    this.stage = uint8(this.stage)
    this.isLost = uint8(this.isLost)
    this.isOpening = uint8(this.isOpening)
    this.isWaiting = uint8(this.isWaiting)
    this.attempts = int32(this.attempts)
    this.dnsQueries = int32(this.dnsQueries)
    this.deadlineNs = float64(this.deadlineNs)
    this.retryNs = float64(this.retryNs)
    this.nextWaiting = int32(this.nextWaiting)
    this.previousWaiting = int32(this.previousWaiting)
    this.intendedNs = float64(this.intendedNs)
    this.partStartNs = float64(this.partStartNs)
    this.dnsNs = float64(this.dnsNs)
    this.connectNs = float64(this.connectNs)
    this.rulesNs = float64(this.rulesNs)
    this.networkNs = float64(this.networkNs)
    this.queueNs = float64(this.queueNs)
    this.serviceNs = float64(this.serviceNs)
    this.downstreamNs = float64(this.downstreamNs)
    this.demandsNs = float64(this.demandsNs, this.demandCount)
    this.older = int32(this.older)
    this.younger = int32(this.younger)
  }
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}

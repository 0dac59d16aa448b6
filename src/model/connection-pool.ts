/**
 * Connections between callers and pods, as rows of columns, and the idle ones of each caller, in the order in which they
 * fell idle. Who uses which is decided in `client-pools.ts`.
 */
import type { EntryId } from '../netfilter/connection-table.js'
import { NO_WAY } from './links.js'

const INITIAL_ROWS = 64
/** Nodes that one connection's packets can pass. */
export const MAX_NODES_ON_WAY = 3

/** All connections of a run. */
export class ConnectionPool {
  #rowCount = 0
  #freeRow = -1
  #capacity = INITIAL_ROWS
  /** By caller (pool key): the idle connections used last and first; -1 for none. */
  readonly #lastIdle: Int32Array
  readonly #firstIdle: Int32Array
  /** By caller: places of its pool that are taken, by connections open or being opened. */
  readonly placesTaken: Int32Array
  /** By row: the idle connection used before it, or the next free row; and the one used after it. */
  #next = new Int32Array(INITIAL_ROWS)
  #after = new Int32Array(INITIAL_ROWS)
  /** Is it in the list of idle ones? Has it nothing to do? Until when may it have? */
  #isListed = new Uint8Array(INITIAL_ROWS)
  isIdle = new Uint8Array(INITIAL_ROWS)
  idleUntilNs = new Float64Array(INITIAL_ROWS)
  /** When it was opened, from when on requests can go over it, and how many are under way. */
  openedNs = new Float64Array(INITIAL_ROWS)
  usableNs = new Float64Array(INITIAL_ROWS)
  streams = new Int32Array(INITIAL_ROWS)
  /** Call site, and pool key of the caller. */
  site = new Int32Array(INITIAL_ROWS)
  caller = new Int32Array(INITIAL_ROWS)
  pod = new Int32Array(INITIAL_ROWS)
  requestCount = new Int32Array(INITIAL_ROWS)
  rulesEvaluated = new Int32Array(INITIAL_ROWS)
  /** Position of the target at the load balancer; -1 for none. */
  balancerTarget = new Int32Array(INITIAL_ROWS)
  /** Machine of the load balancer that it goes by; -1 for none. */
  machine = new Int32Array(INITIAL_ROWS)
  /** The way from caller to pod, `WayId`. */
  way = new Int32Array(INITIAL_ROWS)
  /** Nodes passed, and the connection tracking entry on each: MAX_NODES_ON_WAY a row. */
  nodeCount = new Int32Array(INITIAL_ROWS)
  nodes = new Int32Array(INITIAL_ROWS * MAX_NODES_ON_WAY)
  entries = new Int32Array(INITIAL_ROWS * MAX_NODES_ON_WAY)
  /** What mode ipvs holds for the connection on each; -1 for nothing. */
  bindings = new Int32Array(INITIAL_ROWS * MAX_NODES_ON_WAY)
  /** The node that the first packet is under way to; -1 for none. */
  nextNode = new Int32Array(INITIAL_ROWS)
  /** The first packet as the last node left it. */
  source = new Int32Array(INITIAL_ROWS)
  sourcePort = new Int32Array(INITIAL_ROWS)
  destination = new Int32Array(INITIAL_ROWS)
  destinationPort = new Int32Array(INITIAL_ROWS)
  /** A node other than the caller's own that translated the destination and left the source: answers must pass it again. -1: none. */
  returnNode = new Int32Array(INITIAL_ROWS)
  /** Did the pod answer its first packet? */
  isEstablished = new Uint8Array(INITIAL_ROWS)
  /** Is the row in use? Has its pod closed it, and when does its caller hear of that? Has it heard? By a reset? */
  isOpen = new Uint8Array(INITIAL_ROWS)
  isClosedByPod = new Uint8Array(INITIAL_ROWS)
  endsNs = new Float64Array(INITIAL_ROWS)
  isBroken = new Uint8Array(INITIAL_ROWS)
  isReset = new Uint8Array(INITIAL_ROWS)
  /** When its first packet left, how often one was lost, and where the last was: see `handshake.ts`. */
  synStartNs = new Float64Array(INITIAL_ROWS)
  synCount = new Int32Array(INITIAL_ROWS)
  /** When its opener stops trying, if its caller has not done so before. */
  openUntilNs = new Float64Array(INITIAL_ROWS)
  lostAt = new Int32Array(INITIAL_ROWS)
  #openCount = 0

  /** @param callerCount - pool keys are 0 to callerCount - 1 */
  constructor(callerCount: number) {
    this.placesTaken = new Int32Array(callerCount)
    this.#lastIdle = new Int32Array(callerCount).fill(-1)
    this.#firstIdle = new Int32Array(callerCount).fill(-1)
  }

  /** Connections open, idle ones among them. */
  get openCount(): number {
    return this.#openCount
  }

  /** Rows that were ever in use: all that are now are below. */
  get rowCount(): number {
    return this.#rowCount
  }

  /** Takes a row for a new connection. */
  open(): number {
    const row = this.#takeRow()
    this.#openCount++
    this.pod[row] = -1
    this.requestCount[row] = 0
    this.rulesEvaluated[row] = 0
    this.balancerTarget[row] = -1
    this.machine[row] = -1
    this.way[row] = NO_WAY
    this.nodeCount[row] = 0
    this.nextNode[row] = -1
    this.returnNode[row] = -1
    this.isEstablished[row] = 0
    this.isOpen[row] = 1
    this.isClosedByPod[row] = 0
    this.isBroken[row] = 0
    this.isReset[row] = 0
    this.endsNs[row] = Number.POSITIVE_INFINITY
    this.#isListed[row] = 0
    this.isIdle[row] = 0
    this.usableNs[row] = 0
    this.streams[row] = 0
    this.synCount[row] = 0
    this.openUntilNs[row] = Number.POSITIVE_INFINITY
    return row
  }

  /** Gives the row of a closed connection back. */
  close(row: number): void {
    this.#openCount--
    this.isIdle[row] = 0
    this.isOpen[row] = 0
    this.endsNs[row] = Number.POSITIVE_INFINITY
    this.#next[row] = this.#freeRow
    this.#freeRow = row
  }

  /** The caller's idle connection used last, or the one used first, taken out of the idle ones; -1 for none. */
  takeIdle(caller: number, isLast: boolean): number {
    const row = isLast ? this.#lastIdle[caller] : this.#firstIdle[caller]
    if (row >= 0) this.forgetIdle(caller, row)
    return row
  }

  /** A connection falls idle. */
  putIdle(caller: number, row: number): void {
    const before = this.#lastIdle[caller]
    this.#next[row] = before
    this.#after[row] = -1
    if (before >= 0) this.#after[before] = row
    else this.#firstIdle[caller] = row
    this.#lastIdle[caller] = row
    this.#isListed[row] = 1
  }

  /** Takes a connection out of the idle ones, if it is among them. */
  forgetIdle(caller: number, row: number): void {
    if (this.#isListed[row] === 0) return
    this.#isListed[row] = 0
    const before = this.#next[row]
    const after = this.#after[row]
    if (after >= 0) this.#next[after] = before
    else this.#lastIdle[caller] = before
    if (before >= 0) this.#after[before] = after
    else this.#firstIdle[caller] = after
  }

  /** Notes that the first packet passed a node. */
  addNode(row: number, node: number, entry: EntryId, binding: number): void {
    const at = row * MAX_NODES_ON_WAY + this.nodeCount[row]++
    this.nodes[at] = node
    this.entries[at] = entry
    this.bindings[at] = binding
  }

  /** The connection tracking entry at a position of `nodes`. */
  entryAt(position: number): EntryId {
    return this.entries[position] as EntryId
  }

  #takeRow(): number {
    if (this.#freeRow >= 0) {
      const row = this.#freeRow
      this.#freeRow = this.#next[row]
      return row
    }
    if (this.#rowCount === this.#capacity) this.#grow()
    return this.#rowCount++
  }

  #grow(): void {
    this.#capacity *= 2
    const int32 = (from: Int32Array, width = 1) => {
      const to = new Int32Array(this.#capacity * width)
      to.set(from)
      return to
    }
    this.#next = int32(this.#next)
    this.pod = int32(this.pod)
    this.requestCount = int32(this.requestCount)
    this.rulesEvaluated = int32(this.rulesEvaluated)
    this.balancerTarget = int32(this.balancerTarget)
    this.machine = int32(this.machine)
    this.nodeCount = int32(this.nodeCount)
    this.nodes = int32(this.nodes, MAX_NODES_ON_WAY)
    this.entries = int32(this.entries, MAX_NODES_ON_WAY)
    this.bindings = int32(this.bindings, MAX_NODES_ON_WAY)
    this.nextNode = int32(this.nextNode)
    this.returnNode = int32(this.returnNode)
    this.source = int32(this.source)
    this.sourcePort = int32(this.sourcePort)
    this.destination = int32(this.destination)
    this.destinationPort = int32(this.destinationPort)
    this.way = int32(this.way)
    this.#after = int32(this.#after)
    this.streams = int32(this.streams)
    this.site = int32(this.site)
    this.caller = int32(this.caller)
    this.#isListed = copied(this.#isListed, new Uint8Array(this.#capacity))
    this.isIdle = copied(this.isIdle, new Uint8Array(this.#capacity))
    this.idleUntilNs = copied(this.idleUntilNs, new Float64Array(this.#capacity))
    this.openedNs = copied(this.openedNs, new Float64Array(this.#capacity))
    this.usableNs = copied(this.usableNs, new Float64Array(this.#capacity))
    this.synCount = int32(this.synCount)
    this.lostAt = int32(this.lostAt)
    this.isOpen = copied(this.isOpen, new Uint8Array(this.#capacity))
    this.isClosedByPod = copied(this.isClosedByPod, new Uint8Array(this.#capacity))
    this.isBroken = copied(this.isBroken, new Uint8Array(this.#capacity))
    this.isReset = copied(this.isReset, new Uint8Array(this.#capacity))
    this.endsNs = copied(this.endsNs, new Float64Array(this.#capacity))
    this.isEstablished = copied(this.isEstablished, new Uint8Array(this.#capacity))
    this.synStartNs = copied(this.synStartNs, new Float64Array(this.#capacity))
    this.openUntilNs = copied(this.openUntilNs, new Float64Array(this.#capacity))
  }
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}

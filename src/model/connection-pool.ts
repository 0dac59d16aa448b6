/**
 * Connections between callers and pods, as rows of columns, and the idle ones of each caller.
 *
 * A kept-alive connection carries one request at a time. Reuse is last in, first out; a caller that has no idle one
 * opens another, without limit; a connection is closed after its maximum of requests. Idle ones are never closed.
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
  /** By caller (pool key): the idle connection used last; -1 for none. */
  readonly #idle: Int32Array
  /** By row: the idle connection used before it, or the next free row. */
  #next = new Int32Array(INITIAL_ROWS)
  pod = new Int32Array(INITIAL_ROWS)
  requestCount = new Int32Array(INITIAL_ROWS)
  rulesEvaluated = new Int32Array(INITIAL_ROWS)
  /** Position of the target at the load balancer; -1 for none. */
  balancerTarget = new Int32Array(INITIAL_ROWS)
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
  /** The caller whose port it has; -1 for none. */
  poolKey = new Int32Array(INITIAL_ROWS)
  /** Did the pod answer its first packet? */
  isEstablished = new Uint8Array(INITIAL_ROWS)
  /** When its first packet left, how often one was lost, and where the last was: see `handshake.ts`. */
  synStartNs = new Float64Array(INITIAL_ROWS)
  synCount = new Int32Array(INITIAL_ROWS)
  lostAt = new Int32Array(INITIAL_ROWS)
  #openCount = 0

  /** @param callerCount - pool keys are 0 to callerCount - 1 */
  constructor(callerCount: number) {
    this.#idle = new Int32Array(callerCount).fill(-1)
  }

  /** Connections open, idle ones among them. */
  get openCount(): number {
    return this.#openCount
  }

  /** Takes a row for a new connection. */
  open(): number {
    const row = this.#takeRow()
    this.#openCount++
    this.pod[row] = -1
    this.requestCount[row] = 0
    this.rulesEvaluated[row] = 0
    this.balancerTarget[row] = -1
    this.way[row] = NO_WAY
    this.nodeCount[row] = 0
    this.nextNode[row] = -1
    this.poolKey[row] = -1
    this.isEstablished[row] = 0
    this.synCount[row] = 0
    return row
  }

  /** Gives the row of a closed connection back. */
  close(row: number): void {
    this.#openCount--
    this.#next[row] = this.#freeRow
    this.#freeRow = row
  }

  /** The caller's idle connection used last, taken out of the idle ones; -1 for none. */
  takeIdle(caller: number): number {
    const row = this.#idle[caller]
    if (row >= 0) this.#idle[caller] = this.#next[row]
    return row
  }

  putIdle(caller: number, row: number): void {
    this.#next[row] = this.#idle[caller]
    this.#idle[caller] = row
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
    this.nodeCount = int32(this.nodeCount)
    this.nodes = int32(this.nodes, MAX_NODES_ON_WAY)
    this.entries = int32(this.entries, MAX_NODES_ON_WAY)
    this.bindings = int32(this.bindings, MAX_NODES_ON_WAY)
    this.nextNode = int32(this.nextNode)
    this.source = int32(this.source)
    this.sourcePort = int32(this.sourcePort)
    this.destination = int32(this.destination)
    this.destinationPort = int32(this.destinationPort)
    this.way = int32(this.way)
    this.poolKey = int32(this.poolKey)
    this.synCount = int32(this.synCount)
    this.lostAt = int32(this.lostAt)
    this.isEstablished = copied(this.isEstablished, new Uint8Array(this.#capacity))
    this.synStartNs = copied(this.synStartNs, new Float64Array(this.#capacity))
  }
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}

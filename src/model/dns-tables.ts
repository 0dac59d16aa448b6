/** Look-ups and queries under way, as rows of columns. A query is one packet to CoreDNS and the answer to it. */
import { grownColumn, RowKeeper } from './row-keeper.js'

/** What is asked for: addresses of the family that the cluster has, or of the other one. */
export const RECORD_TYPES = { own: 0, other: 1 } as const
export const RECORD_TYPE_COUNT = 2

/** No time at all: nothing is due. */
const NEVER = Number.POSITIVE_INFINITY

/** Names that callers are resolving. */
export class LookupTable {
  /** Counts the uses of a row: a query that comes back late finds another number. */
  generation = new Int32Array()
  /** The request that asked first: its queries are counted there. */
  request = new Int32Array()
  /** Pool key of the caller. */
  caller = new Int32Array()
  /** Position in the plan of the name asked now. */
  candidate = new Int32Array()
  /** Times that it was asked, this one included; and a bit for each record type that is still to be answered. */
  attempt = new Int32Array()
  awaited = new Uint8Array()
  /** The UDP flow of the socket that asks; -1: to the cache of the node. */
  flow = new Int32Array()
  /** When this attempt has taken too long. */
  dueNs = new Float64Array()
  readonly #rows = new RowKeeper((capacity) => this.#grow(capacity))

  /** Look-ups under way. */
  get openCount(): number {
    return this.#rows.openCount
  }

  open(request: number, caller: number): number {
    const row = this.#rows.take()
    this.generation[row]++
    this.request[row] = request
    this.caller[row] = caller
    this.candidate[row] = 0
    this.flow[row] = -1
    this.awaited[row] = 0
    this.dueNs[row] = NEVER
    return row
  }

  close(row: number): void {
    this.dueNs[row] = NEVER
    this.generation[row]++
    this.#rows.giveBack(row)
  }

  #grow(capacity: number): void {
    this.generation = grownColumn(this.generation, capacity)
    this.request = grownColumn(this.request, capacity)
    this.caller = grownColumn(this.caller, capacity)
    this.candidate = grownColumn(this.candidate, capacity)
    this.attempt = grownColumn(this.attempt, capacity)
    this.awaited = grownColumn(this.awaited, capacity)
    this.flow = grownColumn(this.flow, capacity)
    this.dueNs = grownColumn(this.dueNs, capacity)
  }
}

/** Queries under way. Each is known to one event, or waits in one pod, at any time. */
export class QueryTable {
  /** The look-up that it is for, as that was when it asked. */
  lookup = new Int32Array()
  generation = new Int32Array()
  candidate = new Int32Array()
  attempt = new Int32Array()
  /** Number of the name (see `dns-names.ts`), and record type. */
  name = new Int32Array()
  type = new Uint8Array()
  /** The flow that it goes by, and how many nodes of it were passed; -1: none yet. */
  flow = new Int32Array()
  position = new Int32Array()
  /** Node of the caller. */
  node = new Int32Array()
  /** Pod reached, which of its processes took the query, and when. */
  pod = new Int32Array()
  process = new Int32Array()
  arrivedNs = new Float64Array()
  readonly #rows = new RowKeeper((capacity) => this.#grow(capacity))

  /** Queries under way. */
  get openCount(): number {
    return this.#rows.openCount
  }

  /** Opens a query for the name that a look-up asks now; its flow is still to be set. */
  open(lookups: LookupTable, lookup: number, name: number, type: number, node: number): number {
    const row = this.#rows.take()
    this.lookup[row] = lookup
    this.generation[row] = lookups.generation[lookup]
    this.candidate[row] = lookups.candidate[lookup]
    this.attempt[row] = lookups.attempt[lookup]
    this.name[row] = name
    this.type[row] = type
    this.flow[row] = -1
    this.position[row] = 0
    this.node[row] = node
    this.pod[row] = -1
    return row
  }

  close(row: number): void {
    this.#rows.giveBack(row)
  }

  /** Does the look-up still wait for the answer to this query, or to an earlier one of the same kind? */
  isAwaited(lookups: LookupTable, row: number): boolean {
    const lookup = this.lookup[row]
    return (
      lookups.generation[lookup] === this.generation[row] &&
      lookups.candidate[lookup] === this.candidate[row] &&
      (lookups.awaited[lookup] & (1 << this.type[row])) !== 0
    )
  }

  #grow(capacity: number): void {
    this.lookup = grownColumn(this.lookup, capacity)
    this.generation = grownColumn(this.generation, capacity)
    this.candidate = grownColumn(this.candidate, capacity)
    this.attempt = grownColumn(this.attempt, capacity)
    this.name = grownColumn(this.name, capacity)
    this.type = grownColumn(this.type, capacity)
    this.flow = grownColumn(this.flow, capacity)
    this.position = grownColumn(this.position, capacity)
    this.node = grownColumn(this.node, capacity)
    this.pod = grownColumn(this.pod, capacity)
    this.process = grownColumn(this.process, capacity)
    this.arrivedNs = grownColumn(this.arrivedNs, capacity)
  }
}

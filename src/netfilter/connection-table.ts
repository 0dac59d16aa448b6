/**
 * Connection tracking of one node: for each connection, how its packets are translated, both ways.
 *
 * An entry holds two tuples: the original one, as the first packet came in, and the reply one, as the answers come from
 * the other end. They differ by what the rules did to the first packet. Rows of typed arrays, of which freed ones are
 * used again. Left out: time-outs, the size limit and its early drop (`entryCount` tells the caller), expectations,
 * TCP states, and clashes of reply tuples, which the kernel avoids by its choice of source port.
 * Sources: Linux net/netfilter/nf_conntrack_core.c (tuples), nf_nat_core.c (nf_nat_manip_pkt).
 */
import { InvariantError } from '../base/diagnostics.js'
import type { AddressId } from './address-book.js'
import { type Packet, STATE_DNAT, STATE_ESTABLISHED, STATE_SNAT } from './packet.js'

/** One connection of a table. The number of a closed connection is given to a later one. */
export type EntryId = number & { readonly brand: 'EntryId' }

/** What a look-up answers if no connection has the tuple. */
export const NO_CONNECTION = -1 as EntryId

const INITIAL_CAPACITY = 64
/** Columns of a row: protocol, then source, its port, destination, its port, of the original and of the reply tuple. */
const PROTOCOL = 0
const ORIGINAL = 1
const REPLY = 5
const ROW = 9

/** As a protocol: the row is free, and the column after it holds the next free row. */
const FREE = 0
const NO_ROW = -1

/** All connections that one node tracks. Allocates only when more are open at once than ever before. */
export class ConnectionTable {
  #rows = new Int32Array(INITIAL_CAPACITY * ROW)
  #usedRowCount = 0
  #firstFree = NO_ROW
  #entryCount = 0
  #peakCount = 0
  /** From the text of a tuple to its entry; made at the first look-up, thrown away at the next change. */
  #index: Map<string, EntryId> | undefined

  /** Connections open now. */
  get entryCount(): number {
    return this.#entryCount
  }

  /** Most connections that were open at once. */
  get peakCount(): number {
    return this.#peakCount
  }

  /**
   * Notes a new connection.
   *
   * @param original - its first packet before the rules
   * @param translated - the same packet after them, masquerading done
   * @remarks O(1).
   */
  open(original: Packet, translated: Packet): EntryId {
    const entry = this.#takeRow()
    const at = entry * ROW
    const rows = this.#rows
    rows[at + PROTOCOL] = original.protocol
    rows[at + ORIGINAL] = original.source
    rows[at + ORIGINAL + 1] = original.sourcePort
    rows[at + ORIGINAL + 2] = original.destination
    rows[at + ORIGINAL + 3] = original.destinationPort
    rows[at + REPLY] = translated.destination
    rows[at + REPLY + 1] = translated.destinationPort
    rows[at + REPLY + 2] = translated.source
    rows[at + REPLY + 3] = translated.sourcePort
    this.#entryCount += 1
    if (this.#entryCount > this.#peakCount) this.#peakCount = this.#entryCount
    this.#index = undefined
    return entry
  }

  /**
   * Translates an answer: what comes from the pod becomes what the client awaits.
   *
   * @param packet - carries the entry's reply tuple; becomes the mirror of the original one, its state ESTABLISHED
   * @throws InvariantError if the packet does not belong to the connection
   */
  translateReply(entry: EntryId, packet: Packet): void {
    this.#translate(entry, packet, REPLY, ORIGINAL)
  }

  /**
   * Translates a later packet of the client as the first one was translated.
   *
   * @param packet - carries the entry's original tuple; becomes the mirror of the reply one, its state ESTABLISHED
   * @throws InvariantError if the packet does not belong to the connection
   */
  translateOriginal(entry: EntryId, packet: Packet): void {
    this.#translate(entry, packet, ORIGINAL, REPLY)
  }

  /** Was the source of the connection's first packet changed? */
  isMasqueraded(entry: EntryId): boolean {
    return (this.#translations(entry * ROW) & STATE_SNAT) !== 0
  }

  /** Where the answers of a connection come from: the endpoint chosen. */
  replySource(entry: EntryId): AddressId {
    return this.#rows[entry * ROW + REPLY] as AddressId
  }

  replySourcePort(entry: EntryId): number {
    return this.#rows[entry * ROW + REPLY + 1]
  }

  /**
   * Forgets a connection.
   *
   * @throws InvariantError if it is not open
   */
  close(entry: EntryId): void {
    this.#requireOpen(entry)
    const at = entry * ROW
    this.#rows[at + PROTOCOL] = FREE
    this.#rows[at + ORIGINAL] = this.#firstFree
    this.#firstFree = entry
    this.#entryCount -= 1
    this.#index = undefined
  }

  /** The connection whose original or reply tuple the packet carries, or `NO_CONNECTION`. For tests and traces: slow. */
  find(packet: Packet): EntryId {
    this.#index ??= this.#makeIndex()
    const { protocol, source, sourcePort, destination, destinationPort } = packet
    const key = tupleKey(protocol, source, sourcePort, destination, destinationPort)
    return this.#index.get(key) ?? NO_CONNECTION
  }

  #translate(entry: EntryId, packet: Packet, from: number, to: number): void {
    const rows = this.#rows
    const at = entry * ROW
    if (
      rows[at + PROTOCOL] !== packet.protocol ||
      rows[at + from] !== packet.source ||
      rows[at + from + 1] !== packet.sourcePort ||
      rows[at + from + 2] !== packet.destination ||
      rows[at + from + 3] !== packet.destinationPort
    ) {
      throw new InvariantError('a packet does not belong to its connection', { entry })
    }
    packet.source = rows[at + to + 2] as AddressId
    packet.sourcePort = rows[at + to + 3]
    packet.destination = rows[at + to] as AddressId
    packet.destinationPort = rows[at + to + 1]
    packet.state = STATE_ESTABLISHED | this.#translations(at)
  }

  /** The state bits DNAT and SNAT of a connection, from the differences of its tuples. */
  #translations(at: number): number {
    const rows = this.#rows
    const hasDestination =
      rows[at + ORIGINAL + 2] === rows[at + REPLY] && rows[at + ORIGINAL + 3] === rows[at + REPLY + 1]
    const hasSource =
      rows[at + ORIGINAL] === rows[at + REPLY + 2] && rows[at + ORIGINAL + 1] === rows[at + REPLY + 3]
    return (hasDestination ? 0 : STATE_DNAT) | (hasSource ? 0 : STATE_SNAT)
  }

  #requireOpen(entry: EntryId): void {
    const isRow = entry >= 0 && entry < this.#usedRowCount
    if (!isRow || this.#rows[entry * ROW + PROTOCOL] === FREE) {
      throw new InvariantError('no such connection is open', { entry })
    }
  }

  #takeRow(): EntryId {
    const free = this.#firstFree
    if (free !== NO_ROW) {
      this.#firstFree = this.#rows[free * ROW + ORIGINAL]
      return free as EntryId
    }
    if (this.#usedRowCount * ROW === this.#rows.length) {
      const rows = new Int32Array(2 * this.#rows.length)
      rows.set(this.#rows)
      this.#rows = rows
    }
    this.#usedRowCount += 1
    return (this.#usedRowCount - 1) as EntryId
  }

  #makeIndex(): Map<string, EntryId> {
    const index = new Map<string, EntryId>()
    const rows = this.#rows
    for (let entry = 0; entry < this.#usedRowCount; entry += 1) {
      const at = entry * ROW
      const protocol = rows[at + PROTOCOL]
      if (protocol === FREE) continue
      for (const tuple of [at + REPLY, at + ORIGINAL]) {
        const key = tupleKey(protocol, rows[tuple], rows[tuple + 1], rows[tuple + 2], rows[tuple + 3])
        index.set(key, entry as EntryId)
      }
    }
    return index
  }
}

function tupleKey(...tuple: readonly number[]): string {
  return tuple.join(' ')
}

/**
 * The connections that one node tracks: the table and its limit, places that closed connections keep, ports behind
 * masquerading.
 *
 * A full table forgets a connection that was never answered or an exchange of UDP packets that is over, if it has one, and
 * otherwise takes no more. Left out: the
 * kernel looks for one to forget in a few places only, and clears up lazily, so a real table is full a little longer.
 * Sources: Linux nf_conntrack_core.c (early_drop), nf_nat_core.c; measured: test/data/ground-truth/limits.json.
 */
import type { AddressId } from '../netfilter/address-book.js'
import { ConnectionTable, type EntryId } from '../netfilter/connection-table.js'
import type { Packet } from '../netfilter/packet.js'
import { conntrackMax, type Limits } from './limits.js'
import { LingeringEntries } from './lingering-entries.js'

/** How a connection came to its end. `udp`: its port is out of use. `expired`: its time is over, and so nothing is left of it. */
export type Ending = 'closed' | 'unanswered' | 'reset' | 'udp' | 'expired'

/** One node's conntrack table and port pools. */
export class NodeConnections {
  readonly table = new ConnectionTable()
  readonly maxCount: number
  readonly #lingering: Readonly<Record<Ending, LingeringEntries>>
  readonly #masqueradePorts: number
  /** By endpoint (address · 2^16 + port): masqueraded connections open now. */
  readonly #portsUsed = new Map<number, number>()
  /** Since peaks were taken last, and before. */
  #peakCount = 0
  #peakPortsUsed = 0
  #pastPeakCount = 0
  #pastPeakPortsUsed = 0

  constructor(limits: Limits, cpuCount: number) {
    this.maxCount = conntrackMax(limits, cpuCount)
    this.#masqueradePorts = limits.masqueradePorts
    this.#lingering = {
      closed: new LingeringEntries(limits.conntrackTimeWait),
      unanswered: new LingeringEntries(limits.conntrackSynSent),
      reset: new LingeringEntries(limits.conntrackClose),
      udp: new LingeringEntries(limits.conntrackUdp),
      expired: new LingeringEntries(0),
    }
  }

  /** Most places taken at once, and most masqueraded connections to one endpoint at once. */
  get peakCount(): number {
    return Math.max(this.#peakCount, this.#pastPeakCount)
  }
  get peakPortsUsed(): number {
    return Math.max(this.#peakPortsUsed, this.#pastPeakPortsUsed)
  }

  /** Connections to one endpoint that can be masqueraded at once. */
  get masqueradePortsMax(): number {
    return this.#masqueradePorts
  }

  /** Most places taken at once since this was asked last; those taken now count. */
  takeCountPeak(nowNs: number): number {
    const peak = this.#peakCount
    this.#pastPeakCount = this.peakCount
    this.#peakCount = this.countAt(nowNs)
    return peak
  }

  /** Most masqueraded connections to one endpoint at once since this was asked last. */
  takePortsPeak(): number {
    const peak = this.#peakPortsUsed
    this.#pastPeakPortsUsed = this.peakPortsUsed
    let used = 0
    for (const count of this.#portsUsed.values()) used = Math.max(used, count)
    this.#peakPortsUsed = used
    return peak
  }

  /** Masqueraded connections open now, to all endpoints. */
  get portsInUse(): number {
    return [...this.#portsUsed.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Places taken: open connections, and closed ones that keep theirs. */
  countAt(nowNs: number): number {
    const { closed, unanswered, reset, udp } = this.#lingering
    const tcp = closed.countAt(nowNs) + unanswered.countAt(nowNs) + reset.countAt(nowNs)
    return this.table.entryCount + tcp + udp.countAt(nowNs)
  }

  /** Makes room for one more connection. False: the table is full. */
  makeRoom(nowNs: number): boolean {
    const count = this.countAt(nowNs)
    if (count >= this.maxCount) {
      const { unanswered, udp } = this.#lingering
      return unanswered.removeOldest(nowNs) || udp.removeOldest(nowNs)
    }
    if (count >= this.#peakCount) this.#peakCount = count + 1
    return true
  }

  /** Takes a port towards an endpoint for a connection to be masqueraded. False: there is none left. */
  takePort(destination: AddressId, port: number): boolean {
    const key = portKey(destination, port)
    const used = this.#portsUsed.get(key) ?? 0
    if (used >= this.#masqueradePorts) return false
    this.#portsUsed.set(key, used + 1)
    if (used >= this.#peakPortsUsed) this.#peakPortsUsed = used + 1
    return true
  }

  /** Notes a connection, for which room was made. */
  open(original: Packet, translated: Packet): EntryId {
    return this.table.open(original, translated)
  }

  /** A connection ends; its port is free at once, its place later. */
  close(entry: EntryId, ending: Ending, nowNs: number): void {
    if (this.table.isMasqueraded(entry)) {
      const key = portKey(this.table.replySource(entry), this.table.replySourcePort(entry))
      this.#portsUsed.set(key, (this.#portsUsed.get(key) ?? 0) - 1)
    }
    this.table.close(entry)
    this.#lingering[ending].add(nowNs)
  }
}

function portKey(address: AddressId, port: number): number {
  return address * 65_536 + port
}

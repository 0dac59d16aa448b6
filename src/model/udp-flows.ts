/**
 * UDP flows as nodes track them: from the first packet of a source port on, where its packets are sent, until nobody uses it.
 *
 * A flow keeps its pod. Each node on its way has an entry, which outlives the last packet by 30 s, or by 120 s once the flow
 * was answered and used for more than 2 s. A port that is given up leaves its entries to that time; the port of a flow that is
 * kept is good as long as its entries are. Left out: the same port drawn again meanwhile, which would follow the old entry;
 * the 300 s for which mode ipvs remembers UDP; entries of kept flows that a full table pushes out.
 * Source: Linux nf_conntrack_proto_udp.c, nf_conntrack_udp_packet.
 */
import type { AddressId } from '../netfilter/address-book.js'
import type { EntryId } from '../netfilter/connection-table.js'
import { type Packet, PROTOCOL_UDP, STATE_NEW } from '../netfilter/packet.js'
import { MAX_NODES_ON_WAY } from './connection-pool.js'
import type { Limits } from './limits.js'
import type { NetworkNode } from './network-node.js'
import { grownColumn, RowKeeper } from './row-keeper.js'

/** A flow is a stream from its third second on. */
const STREAM_NS = 2e9
const NOBODY = -1

/** Where the packets of a flow come from. */
export interface FlowSource {
  readonly address: AddressId
  readonly port: number
  readonly node: number
}

/** All UDP flows of a run. */
export class UdpFlows {
  /** By owner of a kept flow: the flow, -1 for none. */
  readonly #kept: Int32Array
  #owner = new Int32Array()
  /** Packets under way, and answers to come; whether the port is still in use. */
  #inFlight = new Int32Array()
  #isInUse = new Uint8Array()
  #isOpen = new Uint8Array()
  #openedNs = new Float64Array()
  #expiresNs = new Float64Array()
  #isAnswered = new Uint8Array()
  /** Were its entries deleted while packets were under way? It is decided anew when there are none. */
  #isStale = new Uint8Array()
  /** The packet as its sender sent it, and as the last node left it. */
  #firstSource = new Int32Array()
  #firstSourcePort = new Int32Array()
  #firstDestination = new Int32Array()
  #firstDestinationPort = new Int32Array()
  #source = new Int32Array()
  #sourcePort = new Int32Array()
  destination = new Int32Array()
  destinationPort = new Int32Array()
  /** Node of the sender, and nodes passed: of each its entry, what mode ipvs holds, and when the first packet was done. */
  home = new Int32Array()
  nodeCount = new Int32Array()
  nodes = new Int32Array()
  doneNs = new Float64Array()
  #entries = new Int32Array()
  #bindings = new Int32Array()
  /** Pod reached, -1: none yet; the way there, `WayId`; and when a packet will have come there last. */
  pod = new Int32Array()
  way = new Int32Array()
  reachedNs = new Float64Array()
  readonly #rows = new RowKeeper((capacity) => this.#grow(capacity))

  /** @param ownerCount - owners of kept flows are 0 to ownerCount - 1 */
  constructor(
    readonly nodesOfRun: readonly NetworkNode[],
    readonly limits: Limits,
    ownerCount: number,
  ) {
    this.#kept = new Int32Array(ownerCount).fill(NOBODY)
  }

  /** Flows whose port is in use, or whose packets are under way. */
  get openCount(): number {
    return this.#rows.openCount
  }

  /** The flow that an owner keeps; -1 for none. */
  keptBy(owner: number): number {
    return this.#kept[owner]
  }

  /** Opens a flow for a port. @param owner - who keeps it; undefined: it is closed after use */
  open(source: FlowSource, destination: AddressId, port: number, nowNs: number, owner = NOBODY): number {
    const row = this.#rows.take()
    this.#owner[row] = owner
    if (owner !== NOBODY) this.#kept[owner] = row
    this.#inFlight[row] = 0
    this.#isInUse[row] = 1
    this.#isOpen[row] = 1
    this.#openedNs[row] = nowNs
    this.#expiresNs[row] = nowNs + this.limits.conntrackUdp
    this.#isAnswered[row] = 0
    this.#isStale[row] = 0
    this.#firstSource[row] = source.address
    this.#firstSourcePort[row] = source.port
    this.#firstDestination[row] = destination
    this.#firstDestinationPort[row] = port
    this.#source[row] = source.address
    this.#sourcePort[row] = source.port
    this.destination[row] = destination
    this.destinationPort[row] = port
    this.home[row] = source.node
    this.nodeCount[row] = 0
    this.pod[row] = -1
    this.reachedNs[row] = 0
    return row
  }

  /** A packet is sent. It, or its answer, is under way until `letGo`. */
  send(row: number, nowNs: number): void {
    this.#inFlight[row]++
    this.#refresh(row, nowNs)
  }

  /** An answer is sent back. */
  answer(row: number, nowNs: number): void {
    this.#refresh(row, nowNs)
    this.#isAnswered[row] = 1
  }

  /** A packet or its answer is where it was to go, or lost. */
  letGo(row: number, nowNs: number): void {
    this.#inFlight[row]--
    if (this.#isStale[row] === 1 && this.#inFlight[row] === 0) this.#decideAnew(row, nowNs)
    this.#endIfDone(row, nowNs)
  }

  /**
   * kube-proxy of a node has written its rules and deletes entries of UDP that lead to pods that serve no more: the next packet from
   * the same port meets the rules anew.
   */
  deleteStale(node: number, isServing: (pod: number) => boolean, nowNs: number): void {
    for (let row = 0; row < this.#rows.usedCount; row++) {
      const isItsOwn = this.#isOpen[row] === 1 && this.home[row] === node && this.pod[row] >= 0
      if (!isItsOwn || isServing(this.pod[row])) continue
      this.#isStale[row] = 1
      if (this.#inFlight[row] === 0) this.#decideAnew(row, nowNs)
    }
  }

  #decideAnew(row: number, nowNs: number): void {
    this.#closeEntries(row, 'expired', nowNs)
    this.#isStale[row] = 0
    this.nodeCount[row] = 0
    this.pod[row] = -1
    this.reachedNs[row] = 0
    this.#source[row] = this.#firstSource[row]
    this.#sourcePort[row] = this.#firstSourcePort[row]
    this.destination[row] = this.#firstDestination[row]
    this.destinationPort[row] = this.#firstDestinationPort[row]
  }

  /** Nobody will send from this port again. */
  close(row: number, nowNs: number): void {
    this.#isInUse[row] = 0
    this.#endIfDone(row, nowNs)
  }

  /** The time of a kept flow may be over. Returns when to ask again, -1: it is. */
  expire(row: number, nowNs: number): number {
    if (this.#expiresNs[row] > nowNs) return this.#expiresNs[row]
    if (this.#inFlight[row] > 0) return nowNs + this.limits.conntrackUdp
    this.#kept[this.#owner[row]] = NOBODY
    this.#end(row, 'expired', nowNs)
    return -1
  }

  /** When the entries of a flow are forgotten, unless it is used again. */
  expiresNs(row: number): number {
    return this.#expiresNs[row]
  }

  /** Fills in a packet as the last node of the flow left it. */
  loadPacket(row: number, packet: Packet): void {
    packet.protocol = PROTOCOL_UDP
    packet.source = this.#source[row] as AddressId
    packet.sourcePort = this.#sourcePort[row]
    packet.destination = this.destination[row] as AddressId
    packet.destinationPort = this.destinationPort[row]
    packet.mark = 0
    packet.state = STATE_NEW
  }

  /** Notes that the first packet passed a node, and how it left it. */
  addNode(row: number, node: number, packet: Packet, entry: EntryId, binding: number, doneNs: number): void {
    this.#source[row] = packet.source
    this.#sourcePort[row] = packet.sourcePort
    this.destination[row] = packet.destination
    this.destinationPort[row] = packet.destinationPort
    const at = row * MAX_NODES_ON_WAY + this.nodeCount[row]++
    this.nodes[at] = node
    this.#entries[at] = entry
    this.#bindings[at] = binding
    this.doneNs[at] = doneNs
  }

  #refresh(row: number, nowNs: number): void {
    const isStream = this.#isAnswered[row] === 1 && nowNs - this.#openedNs[row] > STREAM_NS
    const { conntrackUdp, conntrackUdpStream } = this.limits
    this.#expiresNs[row] = nowNs + (isStream ? conntrackUdpStream : conntrackUdp)
  }

  #endIfDone(row: number, nowNs: number): void {
    if (this.#isInUse[row] === 0 && this.#inFlight[row] === 0) this.#end(row, 'udp', nowNs)
  }

  #end(row: number, ending: 'udp' | 'expired', nowNs: number): void {
    this.#closeEntries(row, ending, nowNs)
    this.#isOpen[row] = 0
    this.#rows.giveBack(row)
  }

  #closeEntries(row: number, ending: 'udp' | 'expired', nowNs: number): void {
    const first = row * MAX_NODES_ON_WAY
    for (let at = first; at < first + this.nodeCount[row]; at++) {
      this.nodesOfRun[this.nodes[at]].close(this.#entries[at] as EntryId, this.#bindings[at], ending, nowNs)
    }
  }

  #grow(capacity: number): void {
    this.#owner = grownColumn(this.#owner, capacity)
    this.#inFlight = grownColumn(this.#inFlight, capacity)
    this.#isInUse = grownColumn(this.#isInUse, capacity)
    this.#openedNs = grownColumn(this.#openedNs, capacity)
    this.#expiresNs = grownColumn(this.#expiresNs, capacity)
    this.#isAnswered = grownColumn(this.#isAnswered, capacity)
    this.#isStale = grownColumn(this.#isStale, capacity)
    this.#isOpen = grownColumn(this.#isOpen, capacity)
    this.#firstSource = grownColumn(this.#firstSource, capacity)
    this.#firstSourcePort = grownColumn(this.#firstSourcePort, capacity)
    this.#firstDestination = grownColumn(this.#firstDestination, capacity)
    this.#firstDestinationPort = grownColumn(this.#firstDestinationPort, capacity)
    this.#source = grownColumn(this.#source, capacity)
    this.#sourcePort = grownColumn(this.#sourcePort, capacity)
    this.destination = grownColumn(this.destination, capacity)
    this.destinationPort = grownColumn(this.destinationPort, capacity)
    this.home = grownColumn(this.home, capacity)
    this.nodeCount = grownColumn(this.nodeCount, capacity)
    this.nodes = grownColumn(this.nodes, capacity * MAX_NODES_ON_WAY)
    this.doneNs = grownColumn(this.doneNs, capacity * MAX_NODES_ON_WAY)
    this.#entries = grownColumn(this.#entries, capacity * MAX_NODES_ON_WAY)
    this.#bindings = grownColumn(this.#bindings, capacity * MAX_NODES_ON_WAY)
    this.pod = grownColumn(this.pod, capacity)
    this.way = grownColumn(this.way, capacity)
    this.reachedNs = grownColumn(this.reachedNs, capacity)
  }
}

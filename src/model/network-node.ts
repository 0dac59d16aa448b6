/**
 * One node as packets meet it: its netfilter with the rules of its kube-proxy, its connection tracking, its processors.
 *
 * Every first packet of a connection that passes the node goes through the rules; masquerading gives it the address of
 * the interface that it leaves by (the pod side for the node's own pods, the node's address otherwise) and, as
 * `--random-fully` asks, a random port. Left out: clashes of those ports, a full connection table, the backlog limit.
 */

import { InvariantError } from '../base/diagnostics.js'
import { parseCidr } from '../base/ip-address.js'
import type { Stream, Streams } from '../engine/streams.js'
import type { ClusterNode } from '../kubernetes/cluster.js'
import type { AddressBook, AddressId } from '../netfilter/address-book.js'
import { ConnectionTable, type EntryId } from '../netfilter/connection-table.js'
import { RecentLists } from '../netfilter/iptables/recent-lists.js'
import type { Table } from '../netfilter/iptables/rule.js'
import { NodeNetfilter } from '../netfilter/node-netfilter.js'
import { emptyPacket, type Packet } from '../netfilter/packet.js'
import { makeTraversal, type Traversal } from '../netfilter/traversal.js'
import { type Costs, firstPacketWorkNs } from './costs.js'
import { PacketProcessor } from './packet-processor.js'

/** Ports that MASQUERADE --random-fully draws from. Source: Linux nf_nat_core.c, 1024 to 65535 for a source port above 1023. */
const FIRST_MASQUERADE_PORT = 1_024
const MASQUERADE_PORT_COUNT = 64_512

export interface NetworkNodeOptions {
  readonly node: ClusterNode
  readonly tables: readonly Table[]
  readonly book: AddressBook
  readonly streams: Streams
  readonly costs: Costs
}

/** One node of the running model. */
export class NetworkNode {
  readonly node: ClusterNode
  readonly processor: PacketProcessor
  readonly connectionTable: ConnectionTable
  /** How the last first packet fared; overwritten by the next. */
  readonly traversal: Traversal = makeTraversal()
  readonly #netfilter: NodeNetfilter
  readonly #costs: Costs
  readonly #address: AddressId
  readonly #gatewayAddress: AddressId
  readonly #portStream: Stream
  readonly #original: Packet = emptyPacket()
  #entry = -1 as EntryId
  #firstPackets = 0
  #rulesEvaluated = 0

  constructor({ node, tables, book, streams, costs }: NetworkNodeOptions) {
    const loopback = node.address.includes(':') ? '::1/128' : '127.0.0.0/8'
    const statistic = streams.get(`node/${node.name}/statistic`)
    this.node = node
    this.processor = new PacketProcessor(node.cpuCount)
    this.connectionTable = new ConnectionTable()
    this.#costs = costs
    this.#address = book.idOf(node.address)
    this.#gatewayAddress = book.idOf(node.gatewayAddress)
    this.#portStream = streams.get(`node/${node.name}/masquerade-port`)
    this.#netfilter = new NodeNetfilter({
      tables,
      book,
      localAddresses: [node.address, node.gatewayAddress, loopback].map(cidrOf),
      recentLists: new RecentLists(),
      draw31: () => statistic.draw31(),
    })
  }

  get firstPackets(): number {
    return this.#firstPackets
  }
  get rulesEvaluated(): number {
    return this.#rulesEvaluated
  }

  /**
   * Takes the first packet of a connection through the node.
   *
   * @param packet - changed in place: destination by DNAT, source by masquerading
   * @param isForOwnPod - will it leave by the pod side, once translated? Asked with the translated destination
   * @returns when the node is done with it, ns
   */
  passFirstPacket(packet: Packet, nowNs: number, isForOwnPod: (destination: AddressId) => boolean): number {
    const original = copyPacket(packet, this.#original)
    const traversal = this.traversal
    this.#netfilter.receive(packet, nowNs, traversal)
    if (traversal.isMasqueraded) {
      packet.source = isForOwnPod(packet.destination) ? this.#gatewayAddress : this.#address
      packet.sourcePort = FIRST_MASQUERADE_PORT + this.#portStream.below(MASQUERADE_PORT_COUNT)
    }
    this.#firstPackets++
    this.#rulesEvaluated += traversal.rulesEvaluated
    this.#entry = this.connectionTable.open(original, packet)
    return this.processor.admit(nowNs, firstPacketWorkNs(this.#costs, traversal))
  }

  /** The connection tracking entry of the last first packet. */
  get lastEntry(): EntryId {
    return this.#entry
  }
}

function copyPacket(from: Packet, to: Packet): Packet {
  to.protocol = from.protocol
  to.source = from.source
  to.sourcePort = from.sourcePort
  to.destination = from.destination
  to.destinationPort = from.destinationPort
  to.mark = from.mark
  to.state = from.state
  return to
}

function cidrOf(text: string) {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new InvariantError('not an address of a node', { text })
  return cidr
}

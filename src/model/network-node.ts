/**
 * One node as packets meet it: the rules of its kube-proxy, the connections that it tracks, its processors.
 *
 * Every first packet of a connection that passes the node goes through the rules; masquerading gives it the address of
 * the interface that it leaves by (the pod side for the node's own pods, the node's address otherwise) and, as
 * `--random-fully` asks, a random port. A packet is dropped where too many wait for the processors, where the table of
 * connections is full, where no port is left to masquerade it, and where rules say so. Left out: clashes of ports.
 */

import { InvariantError } from '../base/diagnostics.js'
import { parseCidr } from '../base/ip-address.js'
import { KeyedDraws } from '../engine/keyed-draws.js'
import type { Stream, Streams } from '../engine/streams.js'
import type { ClusterNode } from '../kubernetes/cluster.js'
import type { NodeRules } from '../kubernetes/node-rules.js'
import type { AddressBook, AddressId } from '../netfilter/address-book.js'
import type { EntryId } from '../netfilter/connection-table.js'
import type { DataPlane } from '../netfilter/data-plane.js'
import { leastDrawOf } from '../netfilter/nftables/numgen.js'
import { emptyPacket, type Packet } from '../netfilter/packet.js'
import { ACCEPTED, clearTraversal, DROPPED, makeTraversal, type Traversal } from '../netfilter/traversal.js'
import { type Costs, firstPacketWorkNs } from './costs.js'
import { boundConnections, makeDataPlane, releaseBinding, replaceRules } from './data-planes.js'
import type { Limits } from './limits.js'
import { type Ending, NodeConnections } from './node-connections.js'
import { PacketProcessor } from './packet-processor.js'
import type { DropCause } from './records.js'

/** Ports that MASQUERADE --random-fully draws from. Source: Linux nf_nat_core.c, 1024 to 65535 for a source port above 1023. */
const FIRST_MASQUERADE_PORT = 1_024
const MASQUERADE_PORT_COUNT = 64_512

/** By which side a packet comes in: from a pod of the node, from elsewhere, or from a process of the node itself. */
export type PacketSide = 'pod' | 'outside' | 'process'

/** Positions in the list of a node's interfaces. */
const INTERFACE_OF_SIDE = { outside: 0, pod: 1, process: 2 } as const

export interface NetworkNodeOptions {
  readonly node: ClusterNode
  readonly rules: NodeRules
  /** Name of the interface by which packets of the node's pods come in. */
  readonly podInterface: string
  readonly book: AddressBook
  readonly streams: Streams
  readonly costs: Costs
  readonly limits: Limits
}

/** One node of the running model. */
export class NetworkNode {
  readonly node: ClusterNode
  readonly processor: PacketProcessor
  readonly connections: NodeConnections
  /** How the last first packet fared; overwritten by the next. */
  readonly traversal: Traversal = makeTraversal()
  readonly #dataPlane: DataPlane
  readonly #allCosts: Costs
  #costs: Costs
  readonly #address: AddressId
  readonly #gatewayAddress: AddressId
  readonly #portStream: Stream
  readonly #draws = new KeyedDraws()
  readonly #original: Packet = emptyPacket()
  readonly #drops: Record<DropCause, number> = { rules: 0, backlog: 0, conntrackFull: 0, noMasqueradePort: 0 }
  #entry = -1 as EntryId
  #firstPackets = 0
  #rulesEvaluated = 0

  constructor({ node, rules, podInterface, book, streams, costs, limits }: NetworkNodeOptions) {
    const loopback = node.address.includes(':') ? '::1/128' : '127.0.0.0/8'
    this.node = node
    this.processor = new PacketProcessor(node.cpuCount, limits.nodeBacklog)
    this.connections = new NodeConnections(limits, node.cpuCount)
    this.#allCosts = costs
    this.#costs = costsOfRules(costs, rules)
    this.#address = book.idOf(node.address)
    this.#gatewayAddress = book.idOf(node.gatewayAddress)
    this.#portStream = streams.get(`node/${node.name}/masquerade-port`)
    this.#dataPlane = makeDataPlane(rules, {
      book,
      localAddresses: [node.address, node.gatewayAddress, loopback].map(cidrOf),
      draw31: (threshold) => this.#draws.draw31(threshold),
      draw32: (modulus) => leastDrawOf(this.#draws.choose(modulus), modulus),
      interfaces: ['eth0', podInterface, 'lo'],
    })
  }

  get firstPackets(): number {
    return this.#firstPackets
  }
  get rulesEvaluated(): number {
    return this.#rulesEvaluated
  }
  /** Connections that mode ipvs holds for it. */
  get boundConnections(): number {
    return boundConnections(this.#dataPlane)
  }
  /** Packets dropped so far, by cause. */
  get drops(): Readonly<Record<DropCause, number>> {
    return this.#drops
  }

  /**
   * Takes the first packet of a connection through the node.
   *
   * @param packet - changed in place: destination by DNAT, source by masquerading
   * @param side - where it comes from
   * @param isForOwnPod - will it leave by the pod side, once translated? Asked with the translated destination
   * @param drawKey - 32 random bits from which all that rules draw is made, other ones for each walk
   * @returns when the node is done with it, ns; `traversal.verdict` says how
   */
  passFirstPacket(
    packet: Packet,
    side: PacketSide,
    nowNs: number,
    isForOwnPod: (destination: AddressId) => boolean,
    drawKey: number,
  ): number {
    this.#firstPackets++
    this.#draws.begin(drawKey)
    this.#entry = -1 as EntryId
    clearTraversal(this.traversal)
    if (this.processor.isFull(nowNs)) {
      this.#drop('backlog')
      return nowNs
    }
    if (this.connections.makeRoom(nowNs)) this.#translate(packet, side, nowNs, isForOwnPod)
    else this.#drop('conntrackFull')
    this.#rulesEvaluated += this.traversal.rulesEvaluated
    return this.processor.admit(nowNs, firstPacketWorkNs(this.#costs, this.traversal))
  }

  /** The connection tracking entry of the last first packet; -1 if it was not accepted. */
  get lastEntry(): EntryId {
    return this.#entry
  }

  /** kube-proxy writes its rules anew. What is remembered stays, as far as the new rules know of it. */
  replaceRules(rules: NodeRules, nowNs: number): void {
    replaceRules(this.#dataPlane, rules, nowNs)
    this.#costs = costsOfRules(this.#allCosts, rules)
  }

  /** A connection through the node ends. @param binding - of its first packet's traversal here */
  close(entry: EntryId, binding: number, ending: Ending, nowNs: number): void {
    this.connections.close(entry, ending, nowNs)
    releaseBinding(this.#dataPlane, binding, ending, nowNs)
  }

  /** Only what leaves the node accepted has an entry: whatever was dropped is decided anew when it is repeated. */
  #translate(
    packet: Packet,
    side: PacketSide,
    nowNs: number,
    isForOwnPod: (destination: AddressId) => boolean,
  ): void {
    const { traversal } = this
    const original = copyPacket(packet, this.#original)
    packet.inInterface = INTERFACE_OF_SIDE[side]
    if (side === 'process') this.#dataPlane.send(packet, nowNs, traversal)
    else this.#dataPlane.receive(packet, nowNs, traversal)
    if (traversal.verdict === DROPPED) this.#drops.rules++
    if (traversal.verdict === ACCEPTED && traversal.isMasqueraded && !this.#masquerade(packet, isForOwnPod)) {
      this.#drop('noMasqueradePort')
    }
    if (traversal.verdict !== ACCEPTED) {
      releaseBinding(this.#dataPlane, traversal.binding, 'reset', nowNs)
      return
    }
    this.#entry = this.connections.open(original, packet)
  }

  #masquerade(packet: Packet, isForOwnPod: (destination: AddressId) => boolean): boolean {
    if (!this.connections.takePort(packet.destination, packet.destinationPort)) return false
    packet.source = isForOwnPod(packet.destination) ? this.#gatewayAddress : this.#address
    packet.sourcePort = FIRST_MASQUERADE_PORT + this.#portStream.below(MASQUERADE_PORT_COUNT)
    return true
  }

  #drop(cause: DropCause): void {
    this.#drops[cause]++
    this.traversal.verdict = DROPPED
  }
}

/** In a large cluster rules of endpoints have no comments, which is cheaper. */
function costsOfRules(costs: Costs, rules: NodeRules): Costs {
  const isBare = rules.kind === 'iptables' && !rules.hasEndpointComments
  return isBare ? { ...costs, statisticRule: costs.bareStatisticRule } : costs
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
  if (cidr === undefined) throw new InvariantError('not a range of addresses', { text })
  return cidr
}

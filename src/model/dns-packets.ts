/**
 * Queries on their way to a CoreDNS pod, through the same nodes and rules as every other packet, and answers back.
 *
 * The first packet of a flow meets the rules of each node, and waits for its processors; those that follow go where it went, at
 * the cost of a later packet, and never before it. A packet that is dropped or lost is nobody's affair any more: its sender
 * waits in vain. A rule that rejects lets the sender know at once, as far as the node's ration of ICMP allows.
 *
 * Left out: two packets of one port that race through connection tracking, of which older kernels lose one; sizes of packets,
 * and answers too long for UDP; that nodes share their ration of ICMP between UDP and TCP.
 */
import type { Stream } from '../engine/streams.js'
import type { AddressId } from '../netfilter/address-book.js'
import { emptyPacket, type Packet } from '../netfilter/packet.js'
import { DROPPED, REJECTED } from '../netfilter/traversal.js'
import { MAX_NODES_ON_WAY } from './connection-pool.js'
import { costsOf } from './cost-settings.js'
import { DnsEvent } from './dns-events.js'
import { type DnsParts, letGoOfQuery } from './dns-parts.js'
import { IcmpRation } from './icmp-ration.js'
import { linkBetween, NO_WAY, Step, type WayId } from './links.js'
import type { PacketSide } from './network-node.js'
import { hostPodKey, type World } from './world.js'

/** Takes queries to pods. */
export class DnsPackets {
  readonly #packet: Packet = emptyPacket()
  readonly #podNode: Int32Array
  readonly #nodeAddresses: readonly AddressId[]
  readonly #isForPodOf: readonly ((destination: AddressId) => boolean)[]
  readonly #icmp: IcmpRation
  /** Keys of walks, of which all that rules draw is made: `dns/keys`, one draw for each first packet of a flow at a node. */
  readonly #keys: Stream
  readonly #laterPacketNs: number

  constructor(
    readonly world: World,
    readonly dns: DnsParts,
  ) {
    const { cluster, locations, book, scenario, streams } = world
    this.#keys = streams.get('dns/keys')
    this.#laterPacketNs = Math.round(costsOf(scenario).packet)
    this.#icmp = new IcmpRation(cluster.nodes.length)
    this.#podNode = Int32Array.from(cluster.pods, (pod) => pod.nodeIndex)
    this.#nodeAddresses = cluster.nodes.map(({ address }) => book.idOf(address))
    this.#isForPodOf = cluster.nodes.map((node) => (destination) => {
      const pod = locations.podAt[destination]
      return pod >= 0 && this.#podNode[pod] === node.index
    })
  }

  /** A query leaves by a flow. */
  send(query: number, flow: number): void {
    const { queries, flows, lanes } = this.dns
    const { simulator, links } = this.world
    queries.flow[query] = flow
    queries.position[query] = 0
    flows.send(flow, simulator.now)
    if (flows.pod[flow] < 0) {
      this.#passNode(query, flows.home[flow])
      return
    }
    const way = flows.way[flow] as WayId
    queries.pod[query] = flows.pod[flow]
    if (links.losesOver(way)) {
      this.lose(query)
      return
    }
    const reachedNs = Math.max(simulator.now + links.wayNs(way), flows.reachedNs[flow])
    flows.reachedNs[flow] = reachedNs
    simulator.schedule(lanes.get(DnsEvent.atPod, way), reachedNs, query)
  }

  /** A query is at the node that it was under way to. */
  arriveAtNode(query: number): void {
    this.#passNode(query, this.dns.queries.node[query])
  }

  /** A query is answered: the answer leaves its pod for where the flow began. @param kind - of the event of its arrival */
  answer(query: number, kind: typeof DnsEvent.answerAtClient | typeof DnsEvent.answerAtNodeCache): void {
    const { queries, flows, lanes } = this.dns
    const { simulator, links } = this.world
    const flow = queries.flow[query]
    const way = flows.way[flow] as WayId
    flows.answer(flow, simulator.now)
    const isCut = this.world.presence.isEventful && this.world.presence.isPodCut(queries.pod[query])
    if (isCut || links.losesOver(way)) this.lose(query)
    else simulator.schedule(lanes.get(kind, way), simulator.now + links.wayNs(way), query)
  }

  /** The pod that a query has come to has nobody who takes it: its sender hears of that over the way that it came. */
  refuse(query: number): void {
    const { queries, flows, lanes } = this.dns
    const { simulator, links } = this.world
    const way = flows.way[queries.flow[query]] as WayId
    if (links.losesOver(way)) this.lose(query)
    else simulator.schedule(lanes.get(DnsEvent.refused), simulator.now + links.wayNs(way), query)
  }

  /** Nothing will come of a query. */
  lose(query: number): void {
    letGoOfQuery(this.dns, query, this.world.simulator.now)
  }

  #passNode(query: number, nodeIndex: number): void {
    const { queries, flows } = this.dns
    const { simulator, presence } = this.world
    if (presence.isNodeLost[nodeIndex] === 1) {
      this.lose(query)
      return
    }
    const flow = queries.flow[query]
    const position = queries.position[query]++
    if (position === flows.nodeCount[flow]) {
      this.#passAsFirst(query, flow, nodeIndex)
      return
    }
    const at = flow * MAX_NODES_ON_WAY + position
    const doneNs = Math.max(simulator.now + this.#laterPacketNs, flows.doneNs[at])
    if (position + 1 < flows.nodeCount[flow]) this.#forward(query, nodeIndex, flows.nodes[at + 1], doneNs)
    else this.#leaveNode(query, flow, nodeIndex, doneNs)
  }

  /** The rules of the node say where the flow goes. */
  #passAsFirst(query: number, flow: number, nodeIndex: number): void {
    const { flows } = this.dns
    const { simulator, nodes } = this.world
    if (flows.nodeCount[flow] === MAX_NODES_ON_WAY) {
      this.lose(query)
      return
    }
    const node = nodes[nodeIndex]
    const packet = this.#packet
    flows.loadPacket(flow, packet)
    const side = this.#sideOf(flow, nodeIndex)
    const drawKey = this.#keys.uint32()
    const doneNs = node.passFirstPacket(packet, side, simulator.now, this.#isForPodOf[nodeIndex], drawKey)
    if (node.traversal.verdict === DROPPED) {
      this.lose(query)
    } else if (node.traversal.verdict === REJECTED) {
      this.#reject(query, flow, nodeIndex, packet.source, doneNs)
    } else {
      flows.addNode(flow, nodeIndex, packet, node.lastEntry, node.traversal.binding, doneNs)
      this.#leaveNode(query, flow, nodeIndex, doneNs)
    }
  }

  #leaveNode(query: number, flow: number, nodeIndex: number, doneNs: number): void {
    const { flows } = this.dns
    const { locations } = this.world
    const destination = flows.destination[flow]
    const ownerNode = locations.nodeAt[destination]
    const hostPod = locations.hostPodAt.get(hostPodKey(destination as AddressId, flows.destinationPort[flow]))
    const pod = ownerNode < 0 ? locations.podAt[destination] : (hostPod ?? -1)
    if (pod >= 0) {
      if (this.#podNode[pod] === nodeIndex) this.#reachPod(query, flow, pod, doneNs)
      else this.#forward(query, nodeIndex, this.#podNode[pod], doneNs)
    } else if (ownerNode < 0 || ownerNode === nodeIndex) this.lose(query)
    else this.#forward(query, nodeIndex, ownerNode, doneNs)
  }

  #forward(query: number, from: number, to: number, doneNs: number): void {
    const { queries, lanes } = this.dns
    const { simulator, links, cluster } = this.world
    const link = linkBetween(cluster.nodes[from], cluster.nodes[to])
    queries.node[query] = to
    const arrivalNs = doneNs + links.linkNs(link)
    if (links.loses(link)) this.lose(query)
    else simulator.schedule(lanes.get(DnsEvent.atNode, from), arrivalNs, query)
  }

  #reachPod(query: number, flow: number, pod: number, doneNs: number): void {
    const { queries, flows, lanes } = this.dns
    const { simulator, links } = this.world
    if (this.dns.counts[pod] === undefined) {
      this.lose(query)
      return
    }
    const isLocal = flows.nodeCount[flow] === 1
    const arrivalNs = doneNs + (isLocal ? links.linkNs(Step.sameNode) : 0)
    const reachedNs = Math.max(arrivalNs, flows.reachedNs[flow])
    flows.pod[flow] = pod
    flows.way[flow] = this.#wayOf(flow, isLocal)
    flows.reachedNs[flow] = reachedNs
    queries.pod[query] = pod
    if (isLocal && links.loses(Step.sameNode)) this.lose(query)
    else simulator.schedule(lanes.get(DnsEvent.atPod, flows.way[flow]), reachedNs, query)
  }

  /** The sender hears that nobody answers, over the way that the query came, or nothing at all. */
  #reject(query: number, flow: number, nodeIndex: number, source: AddressId, doneNs: number): void {
    const { lanes } = this.dns
    const { simulator, links } = this.world
    if (!this.#icmp.allows(nodeIndex, source, simulator.now)) {
      this.lose(query)
      return
    }
    const way = this.#wayOf(flow, false)
    const backNs = links.wayNs(links.extend(this.#overLink(way, flow, nodeIndex), Step.node))
    simulator.schedule(lanes.get(DnsEvent.refused), doneNs + backNs, query)
  }

  /** The nodes that a flow has passed, and the links between them; to a pod beside its only node, also that link. */
  #wayOf(flow: number, isLocal: boolean): WayId {
    const { flows } = this.dns
    const { links } = this.world
    const first = flow * MAX_NODES_ON_WAY
    let way = NO_WAY
    for (let at = first; at < first + flows.nodeCount[flow]; at++) {
      if (at > first) way = this.#extendOver(way, flows.nodes[at - 1], flows.nodes[at])
      way = links.extend(way, Step.node)
    }
    return isLocal ? links.extend(way, Step.sameNode) : way
  }

  /** A way of the nodes that a flow has passed, and on to the next one. */
  #overLink(way: WayId, flow: number, to: number): WayId {
    const { flows } = this.dns
    const count = flows.nodeCount[flow]
    return count === 0 ? way : this.#extendOver(way, flows.nodes[flow * MAX_NODES_ON_WAY + count - 1], to)
  }

  #extendOver(way: WayId, from: number, to: number): WayId {
    const { links, cluster } = this.world
    return links.extend(way, linkBetween(cluster.nodes[from], cluster.nodes[to]))
  }

  /** The first node knows packets of its pods and processes by their interface. */
  #sideOf(flow: number, nodeIndex: number): PacketSide {
    const { flows } = this.dns
    if (flows.nodeCount[flow] > 0) return 'outside'
    return this.#packet.source === this.#nodeAddresses[nodeIndex] ? 'process' : 'pod'
  }
}

/**
 * The way of the first answer, back to the client: whether it comes as the answer to what the client has sent.
 *
 * Every node that translated the first packet undoes that, if the answer passes it. It goes by addresses alone: from the
 * pod's node to the machine that has the address that the pod saw. Where a node translated and the answer does not come
 * by it again, the client gets an answer from somebody that it never spoke to, and none to its own packet.
 */
import type { ClusterNode } from '../../kubernetes/cluster.js'
import type { LinkKind } from '../../model/links.js'
import type { TracePacket, TraceReply } from '../../results/trace-schema.js'
import { type FlowTimes, linkKindBetween } from './flow-times.js'
import type { AddressMap } from './whereabouts.js'

/** What one machine on the way did to the first packet. */
export interface HopRecord {
  /** Undefined: the load balancer. */
  readonly node: ClusterNode | undefined
  /** From the load balancer to the node; undefined: none. */
  readonly link?: LinkKind | undefined
  readonly before: TracePacket
  readonly after: TracePacket
}

/** The first packet as it was received, and how it came there. */
export interface ReceivedPacket {
  /** In the order of the way. */
  readonly hops: readonly HopRecord[]
  /** The node of the pod, or of the process, that answers. */
  readonly node: ClusterNode
  readonly packet: TracePacket
  /** As the client sent it. */
  readonly sent: TracePacket
  /** The client's node; undefined: outside. */
  readonly clientNode: ClusterNode | undefined
}

/** More nodes than this are a circle. */
const MAX_HOPS = 8

/** Follows the answer. */
export function replyWay(received: ReceivedPacket, map: AddressMap, times: FlowTimes): TraceReply {
  const { sent, clientNode } = received
  const walk = new ReplyWalk(received, map, times)
  walk.walk()
  const awaited = mirrored(sent)
  const isHome = walk.isOutside === (clientNode === undefined)
  return {
    hops: walk.hops,
    packet: walk.packet,
    isRecognised: isHome && isSame(walk.packet, awaited),
    timeNs: walk.timeNs,
  }
}

class ReplyWalk {
  readonly hops: TraceReply['hops'] = []
  packet: TracePacket
  timeNs = 0
  isOutside = false
  readonly #left: HopRecord[]

  constructor(
    readonly received: ReceivedPacket,
    readonly map: AddressMap,
    readonly times: FlowTimes,
  ) {
    this.packet = mirrored(received.packet)
    this.#left = [...received.hops]
  }

  walk(): void {
    let node: ClusterNode | undefined = this.received.node
    const isLocal = this.received.hops.filter((hop) => hop.node !== undefined).length === 1
    // As on the way there, a pod on the client's first node is one link away from its node.
    if (isLocal) this.timeNs += this.times.linkNs('sameNode')
    while (node !== undefined && this.hops.length < MAX_HOPS) {
      this.#pass(node)
      node = this.#next(node)
    }
  }

  #pass(node: ClusterNode): void {
    const position = this.#left.findIndex(
      (hop) => hop.node === node && isSame(mirrored(hop.after), this.packet),
    )
    const hop = this.#left[position]
    const isTranslatedBack = hop !== undefined && !isSame(hop.before, hop.after)
    if (hop !== undefined) {
      this.#left.splice(position, 1)
      this.packet = mirrored(hop.before)
    }
    this.timeNs += this.times.packetNs
    this.hops.push({ node: node.name, isTranslatedBack, packet: this.packet })
  }

  /** The node that it goes to next; undefined: it is there. */
  #next(node: ClusterNode): ClusterNode | undefined {
    const { destination, destinationPort } = this.packet
    const place = this.map.locate(destination, destinationPort ?? 0)
    if (place.kind === 'outside') {
      this.#leaveCluster()
      return undefined
    }
    if (place.kind === 'loopback' || place.node === node) return undefined
    this.timeNs += this.times.linkNs(linkKindBetween(node, place.node))
    return place.node
  }

  /** A client outside that came by a load balancer gets its answers by it. */
  #leaveCluster(): void {
    this.isOutside = true
    const balancer = this.received.hops.find((hop) => hop.node === undefined)
    if (balancer !== undefined) {
      if (balancer.link !== undefined) this.timeNs += this.times.linkNs(balancer.link)
      const isTranslatedBack = isSame(mirrored(balancer.after), this.packet)
      if (isTranslatedBack) this.packet = mirrored(balancer.before)
      this.hops.push({ node: 'load balancer', isTranslatedBack, packet: this.packet })
    }
    this.timeNs += this.times.linkNs('outside')
  }
}

/** The answer to a packet. */
export function mirrored(packet: TracePacket): TracePacket {
  const { source, sourcePort, destination, destinationPort } = packet
  return {
    source: destination,
    sourcePort: destinationPort,
    destination: source,
    destinationPort: sourcePort,
  }
}

export function isSame(one: TracePacket, other: TracePacket): boolean {
  return (
    one.source === other.source &&
    one.sourcePort === other.sourcePort &&
    one.destination === other.destination &&
    one.destinationPort === other.destinationPort
  )
}

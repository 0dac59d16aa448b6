/** How ways end: from what was passed to the outcomes of a trace. */
import type { ClusterNode } from '../../kubernetes/cluster.js'
import type { NodeEnd, NodeStep } from '../../netfilter/node-ways.js'
import type { TraceOutcome, TracePacket } from '../../results/trace-schema.js'
import type { FlowTimes } from './flow-times.js'
import { type Chance, probabilityOf } from './probability.js'
import { type HopRecord, replyWay } from './reply-way.js'
import { type AddressMap, podTitle } from './whereabouts.js'

/** What a packet has behind it. */
export interface Passage {
  readonly chance: Chance
  /** As the client sent it. */
  readonly sent: TracePacket
  /** Undefined: outside. */
  readonly clientNode: ClusterNode | undefined
  /** Machines that may have to translate the answer back, the load balancer among them. */
  readonly hops: readonly HopRecord[]
  /** Nodes passed. */
  readonly works: TraceOutcome['nodes']
  readonly timeNs: number
}

/** What one node did to a packet. */
export interface NodePassed {
  readonly node: ClusterNode
  readonly before: TracePacket
  readonly after: TracePacket
  readonly end: NodeEnd
}

/** Rules that ended a way. */
export interface RulesEnd {
  readonly node: ClusterNode
  readonly verdict: Exclude<NodeEnd['verdict'], 'accepted'>
  readonly steps: readonly NodeStep[]
}

const DISPOSITIONS = { dropped: 'dropped', rejected: 'refused', unknown: 'unknown' } as const

/** Makes the outcomes of one cluster. */
export class OutcomeMaker {
  constructor(
    readonly map: AddressMap,
    readonly times: FlowTimes,
  ) {}

  /** Adds a node to what a packet has behind it. */
  passed(passage: Passage, { node, before, after, end }: NodePassed): Passage {
    const workNs = this.times.workNs(end.work)
    const { isDestinationTranslated: isTranslated, isMasqueraded } = end
    const work = { node: node.name, ...end.work, workNs, isTranslated, isMasqueraded }
    return {
      ...passage,
      hops: [...passage.hops, { node, before, after }],
      works: [...passage.works, work],
      timeNs: passage.timeNs + workNs,
    }
  }

  /** A pod, or a process of a node, gets the packet and answers. */
  received(passage: Passage, packet: TracePacket, node: ClusterNode): TraceOutcome {
    const { hops, sent, clientNode } = passage
    const reply = replyWay({ hops, node, packet, sent, clientNode }, this.map, this.times)
    const isHairpin = packet.destination === sent.source
    const outcome = {
      ...this.#outcome(passage, packet),
      isHairpin,
      source: { address: packet.source, port: packet.sourcePort, of: this.map.nameOf(packet.source) },
      reply,
    }
    if (reply.isRecognised)
      return { ...outcome, disposition: 'delivered', connectNs: passage.timeNs + reply.timeNs }
    return { ...outcome, disposition: 'unanswered', reason: this.#whyUnanswered(passage, node) }
  }

  /** A pod that sends to its own address: the packet does not leave it. */
  stayed(passage: Passage, packet: TracePacket): TraceOutcome {
    return {
      ...this.#outcome(passage, packet),
      disposition: 'delivered',
      reason: 'what a pod sends to its own address does not leave it',
      isHairpin: true,
      source: { address: packet.source, port: packet.sourcePort, of: this.map.nameOf(packet.source) },
      connectNs: 0,
    }
  }

  /** An error comes back the way that the packet came. */
  refused(passage: Passage, packet: TracePacket, reason: string): TraceOutcome {
    return { ...this.#outcome(passage, packet), disposition: 'refused', reason }
  }

  /** Nobody in the cluster has the address. */
  lost(passage: Passage, packet: TracePacket, from: ClusterNode): TraceOutcome {
    const place = this.map.locate(packet.destination, packet.destinationPort ?? 0)
    const reason =
      place.kind === 'podRange'
        ? `no pod has the address ${packet.destination}, of the range of ${place.node.name}`
        : place.kind === 'outside'
          ? `nothing in the manifests has the address ${packet.destination}; the packet leaves ${from.name} for it`
          : 'it goes from node to node and does not arrive'
    return { ...this.#outcome(passage, packet), disposition: 'lost', reason }
  }

  /** The rules of a real node lead to an endpoint that the manifests do not have. */
  atUnknownEndpoint(passage: Passage, packet: TracePacket): TraceOutcome {
    const reason = `no pod of the manifests has the address ${packet.destination}; Pods with their status.podIP would tell`
    return { ...this.#outcome(passage, packet), disposition: 'unknown', reason }
  }

  /** A rule, or the policy of a chain, decides. */
  endedByRules(passage: Passage, packet: TracePacket, { node, verdict, steps }: RulesEnd): TraceOutcome {
    const last = steps.findLast((step) => step.kind === 'rule' || step.kind === 'policy')
    const endedBy =
      last === undefined
        ? null
        : {
            node: node.name,
            table: last.table,
            chain: last.chain,
            number: last.kind === 'rule' ? last.number : 0,
            text: last.kind === 'rule' ? last.text : `policy ${last.verdict}`,
          }
    const reason = verdict === 'unknown' ? 'svcsim does not model what this rule asks or does' : ''
    return { ...this.#outcome(passage, packet), disposition: DISPOSITIONS[verdict], endedBy, reason }
  }

  #outcome(passage: Passage, packet: TracePacket): TraceOutcome {
    return {
      probability: probabilityOf(passage.chance),
      disposition: 'lost',
      reason: '',
      endedBy: null,
      destination: this.#destination(packet),
      isHairpin: false,
      source: null,
      nodes: [...passage.works],
      firstPacketNs: passage.timeNs,
      connectNs: null,
      reply: null,
    }
  }

  #destination({ destination: address, destinationPort }: TracePacket): TraceOutcome['destination'] {
    const port = destinationPort ?? 0
    const place = this.map.locate(address, port)
    const pod = place.kind === 'pod' || place.kind === 'node' ? place.pod : undefined
    return {
      address,
      port,
      pod: pod === undefined ? null : podTitle(pod),
      node: 'node' in place ? place.node.name : null,
    }
  }

  #whyUnanswered({ hops, sent }: Passage, node: ClusterNode): string {
    const translator = hops.find(
      (hop) => hop.node !== undefined && hop.after.destination !== hop.before.destination,
    )
    const by = translator?.node?.name ?? 'the node that translated'
    return `the answer goes from ${node.name} straight to ${sent.source}, past ${by}, which alone could translate it back`
  }
}

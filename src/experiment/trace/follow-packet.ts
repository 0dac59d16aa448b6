/**
 * Follows a packet from machine to machine: the rules of each node, masquerading, the next node, until it is received or
 * its way ends. What chance decides on a node parts the way, and each part goes on by itself.
 */
import { complement, type Fraction, plus, ZERO } from '../../base/fraction.js'
import type { ClusterNode } from '../../kubernetes/cluster.js'
import type { ReadablePacket } from '../../netfilter/iptables/interpret.js'
import type { IpProtocol } from '../../netfilter/iptables/rule.js'
import type { NodeEnd, NodeStep, NodeWays } from '../../netfilter/node-ways.js'
import type { TraceOutcome, TracePacket, TraceStep } from '../../results/trace-schema.js'
import { type FlowTimes, linkKindBetween } from './flow-times.js'
import { GENERATED, type NodePlane, OUTER_INTERFACE } from './node-plane.js'
import { OutcomeMaker, type Passage } from './outcome-maker.js'
import { both, type Chance, probabilityOf } from './probability.js'
import type { AddressMap } from './whereabouts.js'

/** A first packet passes three nodes at most, as in a run. */
const MAX_NODES_ON_WAY = 3

/** Stands for a random source port where rules of a later node ask for it. */
const SOME_RANDOM_PORT = 1_024

export interface FollowerOptions {
  readonly map: AddressMap
  readonly times: FlowTimes
  readonly protocol: IpProtocol
  readonly planeOf: (node: ClusterNode) => NodePlane
  readonly podInterface: string
}

/** The way of a packet that comes to a node. */
export interface Arrival {
  readonly node: ClusterNode
  readonly by: 'outside' | 'balancer' | 'pod' | 'process' | 'node'
  readonly packet: TracePacket
  readonly passage: Passage
}

/** Follows packets of one question, and gathers how their ways end. */
export class PacketFollower {
  readonly outcomes: TraceOutcome[] = []
  readonly #make: OutcomeMaker

  constructor(readonly options: FollowerOptions) {
    this.#make = new OutcomeMaker(options.map, options.times)
  }

  /** The steps from the arrival at a node on. */
  follow({ node, by, packet, passage }: Arrival): TraceStep[] {
    const plane = this.options.planeOf(node)
    const ways = plane.trace(by === 'process' ? 'send' : 'receive', this.#readable(packet, by))
    const step = { kind: 'node', node: node.name, arrival: by, rules: plane.rules, packet } as const
    return [step, ...this.#goThrough(ways, { node, packet, passage })]
  }

  /** A way that ends before any node. */
  end(outcome: TraceOutcome): TraceStep {
    this.outcomes.push(outcome)
    return { kind: 'end', outcome: this.outcomes.length - 1 }
  }

  /** A pod sends to itself. */
  stayed(passage: Passage, packet: TracePacket): TraceStep {
    return this.end(this.#make.stayed(passage, packet))
  }

  /** The answer of a load balancer without targets. */
  refusedByBalancer(passage: Passage, packet: TracePacket): TraceStep {
    return this.end(this.#make.refused(passage, packet, 'the load balancer has no node to send to'))
  }

  #goThrough(ways: NodeWays, at: Visit): TraceStep[] {
    let { passage } = at
    const steps: TraceStep[] = []
    for (const step of ways.steps) {
      if (step.kind !== 'rule' || step.branches.length === 0) {
        steps.push(traceStep(step))
        continue
      }
      let taken: Fraction = ZERO
      const branches = step.branches.map(({ chance, isDrawn, ways: branchWays }) => {
        taken = plus(taken, chance)
        const drawn: Chance = { fraction: chance, draws: isDrawn ? 1 : 0 }
        const way = { steps: this.#goThrough(branchWays, { ...at, passage: withChance(passage, drawn) }) }
        return { chance: probabilityOf(drawn), way }
      })
      passage = withChance(passage, { fraction: complement(taken), draws: 1 })
      steps.push({ ...step, branches })
    }
    if (ways.end === undefined) return steps
    for (const chance of ways.end.drawn) passage = withChance(passage, { fraction: chance, draws: 1 })
    return [...steps, ...this.#leave(ways.end, ways.steps, { ...at, passage })]
  }

  #leave(end: NodeEnd, steps: readonly NodeStep[], visit: Visit): TraceStep[] {
    const { node } = visit
    const translated = { ...visit.packet, ...destinationOf(end.packet) }
    const source = this.#sourceAfter(end, translated, node)
    const packet = source === undefined ? translated : { ...translated, ...source }
    const passage = this.#make.passed(visit.passage, { node, before: visit.packet, after: packet, end })
    const masquerade: TraceStep[] =
      source === undefined
        ? []
        : [{ kind: 'masquerade', node: node.name, of: this.options.map.nameOf(source.source), packet }]
    if (end.verdict !== 'accepted') {
      const outcome = this.#make.endedByRules(passage, translated, { node, verdict: end.verdict, steps })
      return [...masquerade, this.end(outcome)]
    }
    return [...masquerade, ...this.#route(packet, node, passage)]
  }

  /** The address of the interface that a masqueraded packet leaves by. */
  #sourceAfter(end: NodeEnd, packet: TracePacket, node: ClusterNode) {
    if (!end.isMasqueraded) return undefined
    const source = this.options.map.sourceOf(node, packet.destination, packet.destinationPort ?? 0)
    return { source, sourcePort: end.isPortRandom ? null : packet.sourcePort }
  }

  /** To whoever has the address. */
  #route(packet: TracePacket, from: ClusterNode, passage: Passage): TraceStep[] {
    const place = this.options.map.locate(packet.destination, packet.destinationPort ?? 0)
    const isBound = this.options.planeOf(from).boundAddresses.includes(packet.destination)
    if (isBound) return [this.#refuse(packet, from, passage)]
    switch (place.kind) {
      case 'pod':
        if (place.node !== from) return this.#forward(packet, from, place.node, passage)
        return this.#deliver(packet, from, passage)
      case 'node':
        if (place.node !== from) return this.#forward(packet, from, place.node, passage)
        if (place.pod !== undefined || place.checkedService !== undefined)
          return this.#deliver(packet, from, passage)
        return [this.#refuse(packet, from, passage)]
      case 'loopback':
        return [this.#refuse(packet, from, passage)]
      case 'podRange':
      case 'outside':
        return [this.end(this.#nobody(packet, from, passage))]
    }
  }

  /** The machine that has the address has nobody at the port. */
  #refuse(packet: TracePacket, node: ClusterNode, passage: Passage): TraceStep {
    const reason = `no process that svcsim knows of listens there on ${node.name}`
    return this.end(this.#make.refused(passage, packet, reason))
  }

  /** An endpoint of a real node is somewhere, though the manifests do not know of it; another address is nobody's. */
  #nobody(packet: TracePacket, from: ClusterNode, passage: Passage): TraceOutcome {
    const isReal = this.options.planeOf(from).rules !== GENERATED
    const isEndpoint = passage.works.some(({ isTranslated }) => isTranslated)
    return isReal && isEndpoint
      ? this.#make.atUnknownEndpoint(passage, packet)
      : this.#make.lost(passage, packet, from)
  }

  #forward(packet: TracePacket, from: ClusterNode, to: ClusterNode, passage: Passage): TraceStep[] {
    if (passage.works.length === MAX_NODES_ON_WAY) {
      return [this.end(this.#make.lost(passage, packet, from))]
    }
    const link = linkKindBetween(from, to)
    const timeNs = this.options.times.linkNs(link)
    const step = { kind: 'link', link, from: from.name, to: to.name, timeNs } as const
    const next = { ...passage, timeNs: passage.timeNs + timeNs }
    return [step, ...this.follow({ node: to, by: 'node', packet, passage: next })]
  }

  #deliver(packet: TracePacket, node: ClusterNode, passage: Passage): TraceStep[] {
    const to = this.options.map.nameOf(packet.destination)
    if (passage.works.length > 1) return [this.end(this.#make.received(passage, packet, node))]
    const timeNs = this.options.times.linkNs('sameNode')
    const step = { kind: 'link', link: 'sameNode', from: node.name, to, timeNs } as const
    const last = { ...passage, timeNs: passage.timeNs + timeNs }
    return [step, this.end(this.#make.received(last, packet, node))]
  }

  #readable(
    { source, sourcePort, destination, destinationPort }: TracePacket,
    by: Arrival['by'],
  ): ReadablePacket {
    return {
      protocol: this.options.protocol,
      source,
      sourcePort: sourcePort ?? SOME_RANDOM_PORT,
      destination,
      destinationPort: destinationPort ?? 0,
      mark: 0,
      states: ['NEW'],
      inInterface: by === 'pod' ? this.options.podInterface : by === 'process' ? undefined : OUTER_INTERFACE,
    }
  }
}

/** A packet at a node. */
interface Visit {
  readonly node: ClusterNode
  readonly packet: TracePacket
  readonly passage: Passage
}

function traceStep(step: NodeStep): TraceStep {
  return step.kind === 'rule' ? { ...step, branches: [] } : step
}

function withChance(passage: Passage, chance: Chance): Passage {
  return { ...passage, chance: both(passage.chance, chance) }
}

function destinationOf({ destination, destinationPort }: ReadablePacket) {
  return { destination, destinationPort }
}

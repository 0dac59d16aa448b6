/** The lanes of the model: one for each source of events that come in order by themselves. A matter of speed alone. */
import type { LaneId, Simulator } from '../engine/simulator.js'
import { EventKind, type EventKindNumber, priorityOf } from './events.js'
import { LINK_KINDS, type StepNumber, type WayId } from './links.js'

/** Deliveries over ways: one lane for each way, by its number. */
class LanesByWay {
  readonly #lanes: LaneId[] = []

  constructor(
    readonly simulator: Simulator,
    readonly kind: EventKindNumber,
  ) {}

  get(way: WayId): LaneId {
    while (way >= this.#lanes.length)
      this.#lanes.push(this.simulator.addLane(this.kind, priorityOf(this.kind)))
    return this.#lanes[way]
  }
}

export interface LaneCounts {
  readonly groups: number
  readonly sites: number
  readonly nodes: number
  readonly pods: number
}

/** All lanes of a simulation. */
export class Lanes {
  readonly warmUpEnd: LaneId
  /** By client group. */
  readonly arrival: readonly LaneId[]
  /** By call site. */
  readonly deadline: readonly LaneId[]
  readonly nameResolved: LaneId
  readonly toLoadBalancer: LaneId
  /** First packets to a node from outside, and from a load balancer. */
  readonly fromOutside: LaneId
  readonly fromLoadBalancer: LaneId
  /** By pod. */
  readonly serviceDone: readonly LaneId[]
  readonly refusal: LaneId
  readonly retry: LaneId
  /** By call site. */
  readonly attemptDeadline: readonly LaneId[]
  /** First packets on their way once more, and those that ask a pod for a place. */
  readonly repeated: LaneId
  readonly atPod: LaneId
  /** By pod: something happens to its shared work. */
  readonly #workDue = new Map<number, LaneId>()
  /** By call site: the time of an idle connection ends. */
  readonly #idleEnd: LaneId[] = []
  /** By repetition: its time comes. */
  readonly #synRepeated: LaneId[] = []
  /** First packets between nodes, by the node they leave and the kind of link. */
  readonly #betweenNodes: readonly (readonly LaneId[])[]
  /** Requests over a connection that was just opened, by the last node and the way; and over one used again. */
  readonly #firstRequests: readonly LanesByWay[]
  readonly #furtherRequests: LanesByWay
  readonly #answers: LanesByWay

  constructor(
    readonly simulator: Simulator,
    counts: LaneCounts,
  ) {
    const lane = (kind: EventKindNumber) => simulator.addLane(kind, priorityOf(kind))
    const lanes = (count: number, kind: EventKindNumber) => Array.from({ length: count }, () => lane(kind))
    this.warmUpEnd = lane(EventKind.warmUpEnd)
    this.arrival = lanes(counts.groups, EventKind.arrival)
    this.deadline = lanes(counts.sites, EventKind.deadline)
    this.nameResolved = lane(EventKind.nameResolved)
    this.toLoadBalancer = lane(EventKind.firstPacketAtLoadBalancer)
    this.fromOutside = lane(EventKind.firstPacketAtNode)
    this.fromLoadBalancer = lane(EventKind.firstPacketAtNode)
    this.serviceDone = lanes(counts.pods, EventKind.serviceDone)
    this.refusal = lane(EventKind.answerAtCaller)
    this.retry = lane(EventKind.retry)
    this.attemptDeadline = lanes(counts.sites, EventKind.attemptDeadline)
    this.repeated = lane(EventKind.firstPacketAtNode)
    this.atPod = lane(EventKind.firstPacketAtPod)
    const nodes = Array.from({ length: counts.nodes })
    this.#betweenNodes = nodes.map(() => lanes(LINK_KINDS.length, EventKind.firstPacketAtNode))
    this.#firstRequests = nodes.map(() => new LanesByWay(simulator, EventKind.requestAtPod))
    this.#furtherRequests = new LanesByWay(simulator, EventKind.requestAtPod)
    this.#answers = new LanesByWay(simulator, EventKind.answerAtCaller)
  }

  betweenNodes(from: number, link: StepNumber): LaneId {
    return this.#betweenNodes[from][link]
  }

  workDue(pod: number): LaneId {
    const known = this.#workDue.get(pod)
    if (known !== undefined) return known
    const made = this.simulator.addLane(EventKind.workDue, priorityOf(EventKind.workDue))
    this.#workDue.set(pod, made)
    return made
  }

  idleEnd(site: number): LaneId {
    const kind = EventKind.idleEnd
    while (site >= this.#idleEnd.length) this.#idleEnd.push(this.simulator.addLane(kind, priorityOf(kind)))
    return this.#idleEnd[site]
  }

  /** @param repetition - 0 for the first */
  synRepeated(repetition: number): LaneId {
    const kind = EventKind.synRepeated
    while (repetition >= this.#synRepeated.length)
      this.#synRepeated.push(this.simulator.addLane(kind, priorityOf(kind)))
    return this.#synRepeated[repetition]
  }

  firstRequest(lastNode: number, way: WayId): LaneId {
    return this.#firstRequests[lastNode].get(way)
  }

  furtherRequest(way: WayId): LaneId {
    return this.#furtherRequests.get(way)
  }

  answer(way: WayId): LaneId {
    return this.#answers.get(way)
  }
}

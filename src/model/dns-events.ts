/** Events of name resolution by queries, and the lanes that they wait in. Handled in `dns-resolver.ts`. */
import type { LaneId, Simulator } from '../engine/simulator.js'
import { EventKind, priorityOf } from './events.js'

/** Kinds of events, apart from those of `events.ts`. The payload is a query where nothing else is said. */
export const DnsEvent = {
  /** A server of a CoreDNS pod is done with a query. */
  served: 64,
  /** The resolver upstream has answered for a query. */
  upstream: 65,
  /** The answer is back at the cache of the node. */
  answerAtNodeCache: 66,
  /** The answer is back at the client. */
  answerAtClient: 67,
  /** The client hears that nobody answers at this address. */
  refused: 68,
  atNode: 69,
  atNodeCache: 70,
  atPod: 71,
  /** The client's time for an answer may be over. Payload: look-up. */
  timeout: 72,
  /** Connection tracking may forget a flow. Payload: flow. */
  flowEnd: 73,
} as const

export type DnsEventNumber = (typeof DnsEvent)[keyof typeof DnsEvent]

/** As of the events of requests that they are like. */
const PRIORITY: Readonly<Record<DnsEventNumber, number>> = {
  [DnsEvent.served]: priorityOf(EventKind.serviceDone),
  [DnsEvent.upstream]: priorityOf(EventKind.serviceDone),
  [DnsEvent.answerAtNodeCache]: priorityOf(EventKind.answerAtCaller),
  [DnsEvent.answerAtClient]: priorityOf(EventKind.answerAtCaller),
  [DnsEvent.refused]: priorityOf(EventKind.answerAtCaller),
  [DnsEvent.atNode]: priorityOf(EventKind.firstPacketAtNode),
  [DnsEvent.atNodeCache]: priorityOf(EventKind.firstPacketAtNode),
  [DnsEvent.atPod]: priorityOf(EventKind.requestAtPod),
  [DnsEvent.timeout]: priorityOf(EventKind.synRepeated),
  [DnsEvent.flowEnd]: priorityOf(EventKind.idleEnd),
}

/** Lanes by kind, and within a kind by what makes their events come in order: pod, node, way. Made when first asked for. */
export class DnsLanes {
  readonly #lanes = new Map<DnsEventNumber, (LaneId | undefined)[]>()

  constructor(readonly simulator: Simulator) {}

  /** @param source - a small integer */
  get(kind: DnsEventNumber, source = 0): LaneId {
    const ofKind = this.#lanes.get(kind) ?? []
    if (ofKind.length === 0) this.#lanes.set(kind, ofKind)
    const known = ofKind[source]
    if (known !== undefined) return known
    const made = this.simulator.addLane(kind, PRIORITY[kind])
    ofKind[source] = made
    return made
  }
}

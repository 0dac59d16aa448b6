/**
 * Links, and the ways made of them: how long a packet is under way between caller and pod.
 *
 * A way is a list of steps, each a link of some kind or a node passed, and is known by a small integer: the ways of a run form a
 * tree that grows as they are first taken, so that extending one and asking its time are look-ups. Links are constant or drawn per
 * packet and link.
 *
 * With a bandwidth a message takes its size over it on every link, and waits at its sender's node until those before it are
 * out: a queue per node, FCFS. With loss a message is sent again after a time-out that doubles. Left out: queues further on,
 * windows, packets smaller than their message, reordering within a connection.
 * Source of the time-out: Linux TCP_RTO_MIN, 200 ms.
 */
import type { Distribution } from '../base/distribution.js'
import { NS_PER_S } from '../base/nanoseconds.js'
import { makeSampler } from '../engine/distributions.js'
import type { Stream, Streams } from '../engine/streams.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterNode } from '../kubernetes/cluster.js'

/** The kinds of link. */
export const LINK_KINDS = ['sameNode', 'sameZone', 'otherZone', 'outside'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** Steps of a way: a link of each kind, or a node. */
export const Step = { sameNode: 0, sameZone: 1, otherZone: 2, outside: 3, node: 4 } as const
export type StepNumber = (typeof Step)[keyof typeof Step]
const STEP_COUNT = 5

/** First time-out of a message that was lost. */
const RETRANSMISSION_NS = 200e6
const BITS_PER_BYTE = 8

/** A sender that has no node: a client outside. Its own link is its alone. */
export const NO_SENDER = -1

/** Names a way: 0, 1, 2 … in the order of first taking. */
export type WayId = number & { readonly of: 'way' }

/** The way of no steps. */
export const NO_WAY = 0 as WayId

/** The link between two nodes, or between the pods of one. */
export function linkBetween(from: ClusterNode, to: ClusterNode): StepNumber {
  if (from.index === to.index) return Step.sameNode
  return from.zone === to.zone ? Step.sameZone : Step.otherZone
}

/** Times over links and ways. */
export class Links {
  /** By step: its time where all links are constant, or what draws it, ns. */
  readonly #constantStepNs: Float64Array
  readonly #drawStepNs: readonly (() => number)[]
  readonly #isConstant: boolean
  /** By way and step: the way extended by the step, 0 if it was never taken. */
  readonly #extended: number[] = new Array(STEP_COUNT).fill(0)
  /** By way: its steps, and its time where all links are constant. */
  readonly #steps: (readonly StepNumber[])[] = [[]]
  /** By step: time of a byte, ns; and the share of packets lost. */
  readonly #byteNs: readonly number[]
  readonly #loss: readonly number[]
  readonly #lossStreams: readonly Stream[]
  /** No bandwidth and no loss anywhere. */
  readonly #isPlain: boolean
  /** By node: until when it is busy sending. */
  readonly #busyUntilNs: Float64Array
  readonly #constantNs: number[] = [0]

  /**
   * @param streams - `link/<kind>`, one draw per packet and link of a kind that is not constant
   * @param packetNs - processor time of a packet that is not a connection's first, per node; rounded to an integer
   * @param nodeCount - nodes that send
   */
  constructor(settings: ScenarioSpec['links'], streams: Streams, packetNs: number, nodeCount = 0) {
    const { bandwidth, loss } = settings
    this.#byteNs = LINK_KINDS.map((kind) => byteNs(bandwidth[kind]))
    this.#loss = LINK_KINDS.map((kind) => loss[kind] ?? 0)
    this.#lossStreams = LINK_KINDS.map((kind) => streams.get(`loss/${kind}`))
    this.#isPlain = [...this.#byteNs, ...this.#loss].every((each) => each === 0)
    this.#busyUntilNs = new Float64Array(nodeCount)
    const nodeNs = Math.round(packetNs)
    this.#drawStepNs = [...LINK_KINDS.map((kind) => delayOf(settings[kind], kind, streams)), () => nodeNs]
    this.#isConstant = LINK_KINDS.every((kind) => settings[kind].kind === 'constant')
    this.#constantStepNs = Float64Array.from(this.#drawStepNs, (draw) => (this.#isConstant ? draw() : 0))
  }

  /** Time of a packet over one link, ns. */
  linkNs(link: StepNumber): number {
    return this.#isConstant ? this.#constantStepNs[link] : this.#drawStepNs[link]()
  }

  /** The way with one more step. */
  extend(way: WayId, step: StepNumber): WayId {
    const known = this.#extended[way * STEP_COUNT + step]
    return (known === 0 ? this.#addWay(way, step) : known) as WayId
  }

  /** Time of an established connection's packet over a whole way, ns: its links and its nodes. */
  wayNs(way: WayId): number {
    if (this.#isConstant) return this.#constantNs[way]
    let timeNs = 0
    for (const step of this.#steps[way]) timeNs += this.#drawStepNs[step]()
    return timeNs
  }

  /** Is a first packet lost on a link? One draw of `loss/<kind>` where that can be. */
  loses(link: StepNumber): boolean {
    const ratio = this.#loss[link] ?? 0
    return ratio > 0 && this.#lossStreams[link].uniform() < ratio
  }

  /** As `loses`, over the links of a whole way. */
  losesOver(way: WayId): boolean {
    let isLost = false
    for (const step of this.#steps[way]) if (this.loses(step)) isLost = true
    return isLost
  }

  /**
   * Time of a message of an established connection over a whole way, ns: waiting at its sender, links, nodes, repetitions.
   *
   * @param sender - index of the node that it leaves, or `NO_SENDER`
   * @param sizeBytes - 0 or more
   * @param atNs - when it is sent, not before the last message of that sender
   */
  messageNs(way: WayId, sender: number, sizeBytes: number, atNs: number): number {
    if (this.#isPlain) return this.wayNs(way)
    let timeNs = this.#waitForSender(way, sender, sizeBytes, atNs)
    for (const step of this.#steps[way]) {
      timeNs += this.#drawStepNs[step]()
      if (step !== Step.node) timeNs += Math.round(sizeBytes * this.#byteNs[step]) + this.#repetitionNs(step)
    }
    return timeNs
  }

  /** Messages that leave a node do so one after another, as fast as the slowest link of their way. */
  #waitForSender(way: WayId, sender: number, sizeBytes: number, atNs: number): number {
    if (sender === NO_SENDER) return 0
    let slowestNs = 0
    for (const step of this.#steps[way]) slowestNs = Math.max(slowestNs, this.#byteNs[step] ?? 0)
    const startNs = Math.max(atNs, this.#busyUntilNs[sender])
    this.#busyUntilNs[sender] = startNs + Math.round(sizeBytes * slowestNs)
    return startNs - atNs
  }

  /** What repetitions of a lost message cost on one link. */
  #repetitionNs(step: StepNumber): number {
    let timeNs = 0
    for (let timeoutNs = RETRANSMISSION_NS; this.loses(step); timeoutNs *= 2) timeNs += timeoutNs
    return timeNs
  }

  #addWay(from: WayId, step: StepNumber): number {
    const way = this.#steps.length
    const steps = [...this.#steps[from], step]
    this.#extended[from * STEP_COUNT + step] = way
    for (let next = 0; next < STEP_COUNT; next++) this.#extended.push(0)
    this.#steps.push(steps)
    this.#constantNs.push(this.#constantNs[from] + this.#constantStepNs[step])
    return way
  }
}

/** Time of a byte at a number of bits per second; 0 where there is no limit. */
function byteNs(bitsPerSec: number | undefined): number {
  return bitsPerSec === undefined || bitsPerSec === 0 ? 0 : (BITS_PER_BYTE * NS_PER_S) / bitsPerSec
}

function delayOf(distribution: Distribution, kind: LinkKind, streams: Streams): () => number {
  if (distribution.kind === 'constant') {
    const constantNs = Math.round(distribution.value)
    return () => constantNs
  }
  const stream = streams.get(`link/${kind}`)
  const sample = makeSampler(distribution)
  return () => Math.round(sample(stream))
}

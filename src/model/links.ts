/**
 * Links, and the ways made of them: how long a packet is under way between caller and pod.
 *
 * A way is a list of steps, each a link of some kind or a node passed, and is known by a small integer: the ways of a run form a
 * tree that grows as they are first taken, so that extending one and asking its time are look-ups. Links are constant or drawn per
 * packet and link. No bandwidth, no loss, no reordering within a connection.
 */
import type { Distribution } from '../base/distribution.js'
import { makeSampler } from '../engine/distributions.js'
import type { Streams } from '../engine/streams.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterNode } from '../kubernetes/cluster.js'

/** The kinds of link. */
export const LINK_KINDS = ['sameNode', 'sameZone', 'otherZone', 'outside'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** Steps of a way: a link of each kind, or a node. */
export const Step = { sameNode: 0, sameZone: 1, otherZone: 2, outside: 3, node: 4 } as const
export type StepNumber = (typeof Step)[keyof typeof Step]
const STEP_COUNT = 5

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
  readonly #constantNs: number[] = [0]

  /**
   * @param streams - `link/<kind>`, one draw per packet and link of a kind that is not constant
   * @param packetNs - processor time of a packet that is not a connection's first, per node; rounded to an integer
   */
  constructor(settings: ScenarioSpec['links'], streams: Streams, packetNs: number) {
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

function delayOf(distribution: Distribution, kind: LinkKind, streams: Streams): () => number {
  if (distribution.kind === 'constant') {
    const constantNs = Math.round(distribution.value)
    return () => constantNs
  }
  const stream = streams.get(`link/${kind}`)
  const sample = makeSampler(distribution)
  return () => Math.round(sample(stream))
}

/**
 * Links and the ways made of them: how long a packet is under way, without the processors that it passes.
 * Constant or drawn per packet and link. No bandwidth, no loss, no reordering within a connection.
 */
import type { Distribution } from '../base/distribution.js'
import { makeSampler } from '../engine/distributions.js'
import type { Streams } from '../engine/streams.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterNode } from '../kubernetes/cluster.js'

/** The kinds of link, in the order of `Links`' fields. */
export const LINK_KINDS = ['sameNode', 'sameZone', 'otherZone', 'outside'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/**
 * The links of one way and the nodes on it, as one integer: how often each kind of link occurs (up to 255 each), and
 * how many nodes are passed. Adding the codes of two ways gives the way made of both.
 */
export type WayCode = number & { readonly of: 'way' }

/** A way of nothing. */
export const NO_WAY = 0 as WayCode

const FIELD = 256
const CODE_OF_KIND: Readonly<Record<LinkKind, number>> = {
  sameNode: 1,
  sameZone: FIELD,
  otherZone: FIELD * FIELD,
  outside: FIELD * FIELD * FIELD,
}
const CODE_OF_NODE = FIELD * FIELD * FIELD * FIELD

/** The way over one link. */
export function wayOverLink(kind: LinkKind): WayCode {
  return CODE_OF_KIND[kind] as WayCode
}

/** The way through one node. */
export const WAY_THROUGH_NODE = CODE_OF_NODE as WayCode

/** The way made of two, one after the other. */
export function joinWays(first: WayCode, second: WayCode): WayCode {
  return (first + second) as WayCode
}

/** The kind of link between two nodes, or between the pods of one. */
export function linkBetween(from: ClusterNode, to: ClusterNode): LinkKind {
  if (from.index === to.index) return 'sameNode'
  return from.zone === to.zone ? 'sameZone' : 'otherZone'
}

/** Draws or looks up the time over links and ways. */
export class Links {
  readonly #delaysNs: readonly (() => number)[]
  readonly #packetNs: number

  /**
   * @param streams - `link/<kind>`, one draw per packet and link of a kind that is not constant
   * @param packetNs - processor time of a packet that is not a connection's first, per node
   */
  constructor(settings: ScenarioSpec['links'], streams: Streams, packetNs: number) {
    this.#delaysNs = LINK_KINDS.map((kind) => delayOf(settings[kind], kind, streams))
    this.#packetNs = packetNs
  }

  /** Time over one link of this kind, ns. */
  linkNs(kind: LinkKind): number {
    return this.#delaysNs[LINK_KINDS.indexOf(kind)]()
  }

  /** Time of an established connection's packet over a whole way, ns: its links and its nodes. */
  wayNs(way: WayCode): number {
    let rest: number = way
    let timeNs = 0
    for (const delayNs of this.#delaysNs) {
      for (let count = rest % FIELD; count > 0; count--) timeNs += delayNs()
      rest = Math.floor(rest / FIELD)
    }
    return timeNs + Math.round(rest * this.#packetNs)
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

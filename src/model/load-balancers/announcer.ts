/**
 * Balancers that are no machines: one node has the address of the Service and takes all of its traffic. They look like a balancing
 * algorithm that chooses the same target until that falls out of use.
 *
 * By hash (MetalLB, layer 2): of the nodes that can, the first by SHA-256 of `NODE#ADDRESS`. By lease (kube-vip): whichever came
 * first, drawn evenly, for as long as it lasts. Sources: MetalLB speaker/layer2_controller.go, ShouldAnnounce; kube-vip,
 * pkg/election.
 */
import { sha256Hex } from '../../base/digest.js'
import type { BalancingAlgorithm } from '../../routing/balancing-algorithm.js'

/** What decides about the node that announces. */
export interface AnnouncerOptions {
  /** By target. */
  readonly nodeNames: readonly string[]
  /** The node that the scenario wants, as long as it can. */
  readonly wanted: string | undefined
  /** Chooses from targets in use. */
  readonly elect: (inUse: readonly number[]) => number
}

/** All traffic to one target. */
export function announcer({ nodeNames, wanted, elect }: AnnouncerOptions): BalancingAlgorithm {
  const wantedTarget = wanted === undefined ? -1 : nodeNames.indexOf(wanted)
  let announcing = 0
  return {
    choose: () => announcing,
    opened() {},
    closed() {},
    use(inUse) {
      announcing = inUse.includes(wantedTarget) ? wantedTarget : elect(inUse)
    },
  }
}

/** MetalLB's election: a function of the names and of the address alone. */
export function electByHash(nodeNames: readonly string[], address: string): AnnouncerOptions['elect'] {
  const hashes = nodeNames.map((name) => sha256Hex(`${name}#${address}`))
  return (inUse) => inUse.reduce((best, target) => (hashes[target] < hashes[best] ? target : best))
}

/** A lease: who holds it keeps it as long as it can; then the next is drawn. */
export class Lease {
  #holder = -1

  /** @param drawBelow - one draw for each election */
  constructor(readonly drawBelow: (bound: number) => number) {}

  /** @param inUse - positions that mean the same in every call */
  readonly elect = (inUse: readonly number[]): number => {
    if (!inUse.includes(this.#holder)) this.#holder = inUse[this.drawBelow(inUse.length)]
    return this.#holder
  }
}

/**
 * What a packet of a trace costs: the links of the scenario and its costs of processing, on nodes with nothing else to do.
 * Links that are drawn count with their mean.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { distributionMean } from '../../base/distribution-moments.js'
import type { Scenario } from '../../input/scenario-schema.js'
import type { ClusterNode } from '../../kubernetes/cluster.js'
import { costPresetOf, costsOf } from '../../model/cost-settings.js'
import { type Costs, firstPacketWorkNs } from '../../model/costs.js'
import { LINK_KINDS, type LinkKind, linkBetween, Step } from '../../model/links.js'
import type { NodeWork } from '../../netfilter/node-ways.js'

/** Times of one scenario. */
export class FlowTimes {
  readonly preset: string
  readonly #costs: Costs
  readonly #linkNs: Readonly<Record<LinkKind, number>>

  constructor(readonly scenario: Scenario) {
    const { links } = scenario.spec
    this.preset = costPresetOf(scenario)
    this.#costs = costsOf(scenario)
    const entries = LINK_KINDS.map((kind) => [kind, distributionMean(links[kind])] as const)
    this.#linkNs = Object.fromEntries(entries) as Record<LinkKind, number>
  }

  linkNs(kind: LinkKind): number {
    return this.#linkNs[kind]
  }

  /** The links, for the record. */
  get links(): { readonly link: LinkKind; readonly timeNs: number; readonly isMean: boolean }[] {
    const { links } = this.scenario.spec
    return LINK_KINDS.map((link) => ({
      link,
      timeNs: this.linkNs(link),
      isMean: links[link].kind !== 'constant',
    }))
  }

  /** Processor time of the first packet on a node. */
  workNs(work: NodeWork): number {
    return firstPacketWorkNs(this.#costs, work)
  }

  /** Processor time of any later packet on a node. */
  get packetNs(): number {
    return Math.round(this.#costs.packet)
  }
}

/** The kind of link between two nodes. */
export function linkKindBetween(from: ClusterNode, to: ClusterNode): LinkKind {
  const step = linkBetween(from, to)
  if (step === Step.node) throw new InvariantError('a node between two nodes')
  return LINK_KINDS[step]
}

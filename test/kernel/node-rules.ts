/** The rules of one node as svcsim reads them: every way of a packet through them, and what they remember of it. */
import type { ClusterNode } from '../../src/kubernetes/cluster.js'
import {
  type Interpretation,
  interpret,
  type ReadablePacket,
} from '../../src/netfilter/iptables/interpret.js'
import { ReferenceLists } from '../../src/netfilter/iptables/reference-lists.js'
import type { Table } from '../../src/netfilter/iptables/rule.js'
import type { Addresses } from './addresses.js'

/** Numbers that 31 random bits can be. */
const DRAW_RANGE = 2 ** 31

/** A packet that comes to a node: by `packet.inInterface`, or, where that is undefined, from a process of the node. */
export interface PacketAt {
  readonly packet: ReadablePacket
  /** Any clock, ns; never less than at the last `take`. */
  readonly nowNs: number
}

/** One way through the rules of a node. */
export interface NodeRun {
  /** What chance decided: a name for `take`. */
  readonly choice: number
  /** Of all packets like this one, above 0. */
  readonly chance: number
  readonly verdict: 'accepted' | 'dropped' | 'rejected'
  /** As it left the rules; masquerading is left to the caller. */
  readonly packet: ReadablePacket
  readonly isDestinationTranslated: boolean
  readonly isMasqueraded: boolean
  /** The rules whose counters it moved, in order. */
  readonly counted: readonly CountedRule[]
}

/** A rule that counted a packet. */
export interface CountedRule {
  /** `TABLE CHAIN NUMBER`, numbers from 1. */
  readonly place: string
  /** Would a repetition of the packet meet it too, although connection tracking knows the connection? */
  readonly isMetAgain: boolean
}

/** What svcsim knows of one node. */
export interface NodeRules {
  /** Do they remember nothing? Then the same packet has the same ways at any time. */
  readonly isForgetful: boolean
  /** Every way; changes nothing. */
  runs(at: PacketAt): NodeRun[]
  /** A packet takes a way: what the rules remember of it, they remember from now on. */
  take(at: PacketAt, choice: number): void
}

/** A node that runs iptables, read by the plain interpreter. A choice is the number of draws that fail before one passes. */
export class IptablesNodeRules implements NodeRules {
  readonly lists = new ReferenceLists()
  readonly isForgetful: boolean

  constructor(
    readonly node: ClusterNode,
    readonly tables: readonly Table[],
    readonly addresses: Addresses,
  ) {
    this.lists.retain(tables)
    this.isForgetful = !tables
      .flatMap((table) => table.chains.flatMap((chain) => chain.rules))
      .some((rule) => rule.matches.some((match) => match.kind === 'recent'))
  }

  runs(at: PacketAt): NodeRun[] {
    const runs: NodeRun[] = []
    for (let choice = 0; ; choice++) {
      const run = this.#interpret(at, choice, this.lists.copy())
      const chance = chanceOf(run)
      if (chance > 0) runs.push({ ...run, choice, chance, counted: countedRules(run) })
      if (run.statisticRulesEvaluated <= choice) return runs
    }
  }

  take(at: PacketAt, choice: number): void {
    this.#interpret(at, choice, this.lists)
  }

  #interpret({ packet, nowNs }: PacketAt, failedDraws: number, lists: ReferenceLists): Interpretation {
    let draws = 0
    const node = {
      tables: this.tables,
      localAddresses: this.addresses.localRanges(this.node),
      lists,
      draw31: () => (draws++ < failedDraws ? DRAW_RANGE - 1 : 0),
      outInterfaceOf: (destination: string) => this.addresses.outInterface(this.node, destination),
    }
    return interpret(node, packet.inInterface === undefined ? 'send' : 'receive', packet, nowNs)
  }
}

/** The chance of the draws to fall as they did. */
function chanceOf({ rulesMet }: Interpretation): number {
  return rulesMet
    .flatMap((met) => met.draws)
    .reduce((product, { threshold, isPassed }) => {
      const share = threshold / DRAW_RANGE
      return product * (isPassed ? share : 1 - share)
    }, 1)
}

/** iptables counts the packets that a rule matched. Table nat sees the first packet of a connection alone. */
function countedRules({ rulesMet }: Interpretation): CountedRule[] {
  return rulesMet
    .filter((met) => met.isMatched)
    .map(({ table, chain, ruleIndex }) => ({
      place: `${table} ${chain} ${ruleIndex + 1}`,
      isMetAgain: table === 'filter',
    }))
}

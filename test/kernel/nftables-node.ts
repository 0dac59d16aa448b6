/** A node whose kube-proxy runs in mode nftables: svcsim's plain interpreter beside the program nft. */
import type { ClusterNode } from '../../src/kubernetes/cluster.js'
import { interpretTable, type NftInterpretation } from '../../src/netfilter/nftables/interpret.js'
import { leastDrawOf } from '../../src/netfilter/nftables/numgen.js'
import { printTable } from '../../src/netfilter/nftables/print-ruleset.js'
import { ReferenceSets } from '../../src/netfilter/nftables/reference-sets.js'
import {
  isTimedSet,
  type MapVerdict,
  type NftAction,
  type NftChain,
  type NftMatch,
  type NftRule,
  type NftTable,
  type NftVerdict,
} from '../../src/netfilter/nftables/ruleset.js'
import type { RulesOf } from './account.js'
import type { Addresses } from './addresses.js'
import { FAMILIES, type FamilyWords } from './families.js'
import { firstPacketChains } from './first-packet-chains.js'
import type { LoadableRules, NodeRun, PacketAt, RememberedAddresses, RuleCounts } from './node-rules.js'
import { runInside } from './tools.js'

const NS_PER_S = 1_000_000_000

/**
 * kube-proxy's rules have no counters: they get one each, before their first test, which counts the packets that come to the
 * rule. A choice is the number that the one `numgen` comes to.
 */
export class NftablesNode implements LoadableRules {
  readonly isCountingMatches = false
  readonly #sets = new ReferenceSets()

  constructor(
    readonly node: ClusterNode,
    readonly table: NftTable,
    readonly addresses: Addresses,
  ) {
    this.#sets.retain(table)
  }

  runs(at: PacketAt): NodeRun[] {
    const runs: NodeRun[] = []
    for (let choice = 0, modulus = 1; choice < modulus; choice++) {
      const run = this.#interpret(at, choice, this.#copyOfSets(at.nowNs))
      modulus = run.draws[0]?.modulus ?? 1
      const counted = run.rulesMet.map(({ chain, ruleIndex, baseChain }) => ({
        place: this.#place(chain, ruleIndex),
        isMetAgain: !this.#isOfNat(baseChain),
      }))
      const isSent = run.baseChainsMet.some(({ hook }) => hook === 'postrouting')
      runs.push({
        ...run,
        choice,
        chance: 1 / modulus,
        isTracked: run.verdict === 'accepted' || isSent,
        isByMemory: run.rulesMet.some(({ rule }) => rule.statements.some((each) => this.#isOfMemory(each))),
        counted,
      })
    }
    return runs
  }

  take(at: PacketAt, choice: number): void {
    this.#interpret(at, choice, this.#sets)
  }

  countedPlaces(): string[] {
    const { chains } = this.table
    const isForFirst = firstPacketChains(chains.map((chain) => chainLinks(chain, this.table)))
    return chains
      .filter((chain) => isForFirst.has(chain.name))
      .flatMap(({ name, rules }) => rules.map((_, index) => this.#place(name, index)))
  }

  remembered(nowNs: number): RememberedAddresses {
    const sets = this.table.sets
      .filter(isTimedSet)
      .map(({ name }) => [name, this.#sets.elementsOf(name, nowNs).map((each) => each.address)] as const)
    return new Map(sets.flatMap(([name, found]) => (found.length === 0 ? [] : [[name, found.sort()]])))
  }

  load(netns: string): void {
    const text = printTable(this.table)
    runInside(netns, 'nft', ['--file', '-'], text.replace(/^(add rule \S+ \S+ \S+ )/gm, '$1counter '))
  }

  checkText(netns: string, text: string): void {
    runInside(netns, 'nft', ['--check', '--file', '-'], text)
  }

  /** svcsim prints rulesets of nftables, and reads none. */
  differences(): string[] {
    return []
  }

  async counts(netns: string): Promise<RuleCounts> {
    const counts = new Map<string, number>()
    const numbers = new Map<string, number>()
    for (const { rule } of this.#list(netns)) {
      if (rule === undefined) continue
      const number = numbers.get(rule.chain) ?? 0
      numbers.set(rule.chain, number + 1)
      const packets = rule.expr.find((each) => each.counter !== undefined)?.counter?.packets
      if (packets !== undefined) counts.set(this.#place(rule.chain, number), packets)
    }
    return counts
  }

  rememberedByKernel(netns: string): RememberedAddresses {
    return new Map(
      this.#list(netns).flatMap(({ set }) =>
        set?.elem === undefined || set.timeout === undefined
          ? []
          : [[set.name, set.elem.map((each) => each.elem.val).sort()] as const],
      ),
    )
  }

  #list(netns: string): readonly ListedObject[] {
    const text = runInside(netns, 'nft', ['--json', 'list', 'table', this.#family, this.table.name])
    return (JSON.parse(text) as { nftables: readonly ListedObject[] }).nftables
  }

  #interpret({ packet, nowNs }: PacketAt, choice: number, sets: ReferenceSets): NftInterpretation {
    const localAddresses = this.addresses.localRanges(this.node)
    const way = packet.inInterface === undefined ? 'send' : 'receive'
    const walk = (draw: number) =>
      interpretTable({ table: this.table, localAddresses, sets, draw32: () => draw }, way, packet, nowNs)
    if (choice === 0) return walk(0)
    const { draws } = interpretTable(
      { table: this.table, localAddresses, sets: this.#copyOfSets(nowNs), draw32: () => 0 },
      way,
      packet,
      nowNs,
    )
    return walk(leastDrawOf(choice, draws[0].modulus))
  }

  #copyOfSets(nowNs: number): ReferenceSets {
    const copy = new ReferenceSets()
    copy.retain(this.table)
    for (const { name, timeoutSeconds = 0 } of this.table.sets.filter(isTimedSet))
      for (const { address, endsAtNs } of this.#sets.elementsOf(name, nowNs))
        copy.update(name, address, endsAtNs - timeoutSeconds * NS_PER_S)
    return copy
  }

  #place(chain: string, ruleIndex: number): string {
    return `${this.#family} ${this.table.name} ${chain} ${ruleIndex + 1}`
  }

  get #family(): FamilyWords['program'] {
    return FAMILIES[this.table.family].program
  }

  #isOfMemory(statement: NftMatch | NftAction): boolean {
    if (statement.kind === 'updateSet') return true
    return statement.kind === 'addressInSet' && this.#sets.has(statement.set)
  }

  #isOfNat(baseChain: string): boolean {
    return this.table.chains.find((chain) => chain.name === baseChain)?.place?.type === 'nat'
  }
}

/** The rules of a node in mode nftables. */
export const nftablesRulesOf: RulesOf<NftablesNode> = (node, cluster, addresses) => {
  const rules = cluster.nodeRules[node.index]
  if (rules.kind !== 'nftables') throw new RangeError(`no table of nftables in mode ${rules.kind}`)
  return new NftablesNode(node, rules.table, addresses)
}

/** What `nft --json list table` has of one object, as far as it is used here. */
interface ListedObject {
  readonly rule?: {
    readonly chain: string
    readonly expr: readonly { readonly counter?: { readonly packets: number } }[]
  }
  readonly set?: {
    readonly name: string
    readonly timeout?: number
    readonly elem?: readonly { readonly elem: { readonly val: string } }[]
  }
}

function chainLinks({ name, place, rules }: NftChain, table: NftTable) {
  const calledFor =
    place === undefined ? undefined : place.type === 'nat' ? ('first' as const) : ('all' as const)
  const links = rules.flatMap((rule) =>
    chainsOf(rule.verdict, table).map((chain) => ({ chain, isForFirst: asksForFirst(rule) })),
  )
  return { name, calledFor, links }
}

function asksForFirst({ statements }: NftRule): boolean {
  return statements.some((each) => each.kind === 'connectionState' && each.states.join() === 'NEW')
}

function chainsOf(verdict: NftVerdict | undefined, { maps }: NftTable): string[] {
  const gone = (verdicts: readonly MapVerdict[]) =>
    verdicts.flatMap((each) => (each.kind === 'goto' ? [each.chain] : []))
  switch (verdict?.kind) {
    case 'jump':
    case 'goto':
      return [verdict.chain]
    case 'randomVerdict':
      return gone(verdict.verdicts)
    case 'verdictMap':
      return gone(
        maps.find((map) => map.name === verdict.map)?.elements.map((element) => element.verdict) ?? [],
      )
    default:
      return []
  }
}

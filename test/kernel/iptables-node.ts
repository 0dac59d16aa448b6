/** A node whose kube-proxy runs in mode iptables: svcsim's plain interpreter beside the programs called iptables. */
import type { LoadedCluster } from '../../src/experiment/load-cluster.js'
import { diffNode } from '../../src/experiment/rules/diff-node.js'
import type { ClusterNode } from '../../src/kubernetes/cluster.js'
import { type Interpretation, interpret } from '../../src/netfilter/iptables/interpret.js'
import { parseTables, printTables } from '../../src/netfilter/iptables/iptables-save.js'
import { ReferenceLists } from '../../src/netfilter/iptables/reference-lists.js'
import type { Chain, Rule, Table } from '../../src/netfilter/iptables/rule.js'
import type { Addresses } from './addresses.js'
import { canonicalLines } from './canonical-tables.js'
import { FAMILIES } from './families.js'
import { firstPacketChains } from './first-packet-chains.js'
import { COUNTERS } from './lab.js'
import type { LabAgent } from './lab-agent.js'
import type {
  CountedRule,
  LoadableRules,
  NodeRun,
  PacketAt,
  RememberedAddresses,
  RuleCounts,
} from './node-rules.js'
import { runInside } from './tools.js'

/** The two programs called iptables: with tables of their own in the kernel, or on those of nftables. */
export type IptablesVariant = 'iptables-legacy' | 'iptables-nft'

/** Numbers that 31 random bits can be. */
const DRAW_RANGE = 2 ** 31

/** Prints every list of `-m recent`: nothing where there is none. */
const PRINT_LISTS = 'cd /proc/net/xt_recent 2>/dev/null && grep "" * /dev/null || true'

/** Rules count the packets that they match. A choice is the number of draws that fail before one passes. */
export class IptablesNode implements LoadableRules {
  readonly isCountingMatches = true
  readonly #lists = new ReferenceLists()
  #tables: readonly Table[] = []

  constructor(
    readonly node: ClusterNode,
    tables: readonly Table[],
    readonly addresses: Addresses,
    readonly variant: IptablesVariant,
  ) {
    this.#setTables(tables)
  }

  runs(at: PacketAt): NodeRun[] {
    const runs: NodeRun[] = []
    for (let choice = 0; ; choice++) {
      const run = this.#interpret(at, choice, this.#lists.copy())
      const chance = chanceOf(run)
      if (chance > 0) runs.push({ ...run, choice, chance, ...traitsOf(run) })
      if (run.statisticRulesEvaluated <= choice) return runs
    }
  }

  take(at: PacketAt, choice: number): void {
    this.#interpret(at, choice, this.#lists)
  }

  countedPlaces(): string[] {
    return [...this.#tables.flatMap(countedPlaces), ...COUNTERS.map((name) => `nfacct ${name}`)]
  }

  remembered(): RememberedAddresses {
    const chains = this.#tables.flatMap((table) => table.chains.map((chain) => chain.name))
    const lists = chains.map(
      (list) => [list, this.#lists.entriesOf(list).map((entry) => entry.address)] as const,
    )
    return new Map(lists.flatMap(([list, entries]) => (entries.length === 0 ? [] : [[list, entries.sort()]])))
  }

  load(netns: string): void {
    runInside(netns, `${this.#program}-restore`, [], printTables(this.#tables))
  }

  checkText(netns: string, text: string): void {
    runInside(netns, `${this.#program}-restore`, ['--test'], text)
  }

  /** Rule by rule, and as `svcsim rules --diff` says. */
  differences(netns: string, compiled: LoadedCluster): string[] {
    const text = this.dump(netns)
    const { isEqual } = diffNode(compiled, { node: this.node.name, file: 'dump', text, command: '' })
    return [...this.#rulesThatDiffer(text), ...(isEqual ? [] : ['svcsim rules --diff finds a difference'])]
  }

  /** Rules that the kernel has not (`-`) or that svcsim has not (`+`). */
  rulesThatDiffer(netns: string): string[] {
    return this.#rulesThatDiffer(this.dump(netns))
  }

  #rulesThatDiffer(dump: string): string[] {
    const there = canonicalLines(parseTables(dump))
    const wanted = canonicalLines(this.#tables)
    return [
      ...wanted.filter((line) => !there.includes(line)).map((line) => `- ${line}`),
      ...there.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`),
      ...(there.join('\n') === wanted.join('\n') ? [] : ['the order differs']),
    ]
  }

  async counts(netns: string, agent: LabAgent): Promise<RuleCounts> {
    const named = Object.entries(await agent.readCounters(netns))
    return new Map([
      ...ruleCounts(this.dump(netns)),
      ...named.map(([name, packets]) => [`nfacct ${name}`, packets] as const),
    ])
  }

  rememberedByKernel(netns: string): RememberedAddresses {
    const lists = new Map<string, string[]>()
    for (const line of runInside(netns, 'sh', ['-c', PRINT_LISTS]).split('\n')) {
      const [, list, address] = /^([^:]+):src=(\S+)/.exec(line) ?? []
      if (list === undefined || address === undefined) continue
      lists.set(list, [...(lists.get(list) ?? []), address].sort())
    }
    return lists
  }

  /**
   * kube-proxy syncs: the kernel gets the text, svcsim the tables that it should come to.
   *
   * @param text - as kube-proxy hands it to `iptables-restore`
   */
  sync(netns: string, text: string, tables: readonly Table[]): void {
    runInside(netns, `${this.#program}-restore`, ['--noflush', '--counters'], text)
    this.#setTables(tables)
  }

  /** Lists of addresses live on as long as some rule names them. */
  #setTables(tables: readonly Table[]): void {
    this.#tables = tables
    this.#lists.retain(tables)
  }

  /** `ip6tables-nft`, for example. */
  get #program(): string {
    return this.variant.replace('ip', FAMILIES[this.addresses.cluster.ipFamily].program)
  }

  /** What `iptables-save` prints, with counters. */
  dump(netns: string): string {
    return runInside(netns, `${this.#program}-save`, ['--counters'])
  }

  #interpret({ packet, nowNs }: PacketAt, failedDraws: number, lists: ReferenceLists): Interpretation {
    let draws = 0
    const node = {
      tables: this.#tables,
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

function traitsOf(run: Interpretation): Pick<NodeRun, 'counted' | 'isTracked' | 'isByMemory'> {
  return {
    counted: countedRules(run),
    isTracked: run.verdict === 'accepted' || run.hooksMet.some(({ hook }) => hook === 'POSTROUTING'),
    isByMemory: run.recentListsWalked > 0,
  }
}

/** Table nat sees the first packet of a connection alone. */
function countedRules({ rulesMet }: Interpretation): CountedRule[] {
  return rulesMet
    .filter((met) => met.isMatched)
    .flatMap(({ table, chain, ruleIndex, rule }) => {
      const named = rule.matches.flatMap((each) => (each.kind === 'nfacct' ? [`nfacct ${each.counter}`] : []))
      const places = [`${table} ${chain} ${ruleIndex + 1}`, ...named]
      return places.map((place) => ({ place, isMetAgain: table === 'filter' }))
    })
}

/** By place, the packets that each rule of a dump has matched. */
function ruleCounts(dump: string): RuleCounts {
  const counts = new Map<string, number>()
  const numbers = new Map<string, number>()
  let table = ''
  for (const line of dump.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1)
    const [, packets, chain] = /^\[(\d+):\d+\] -A (\S+)/.exec(line) ?? []
    if (packets === undefined) continue
    const place = `${table} ${chain}`
    const number = (numbers.get(place) ?? 0) + 1
    numbers.set(place, number)
    counts.set(`${place} ${number}`, Number(packets))
  }
  return counts
}

function countedPlaces({ name, chains }: Table): string[] {
  const isForFirst = firstPacketChains(chains.map((chain) => chainLinks(name, chain)))
  return chains.flatMap((chain) =>
    chain.rules.flatMap((rule, index) =>
      isForFirst.has(chain.name) || asksForFirst(rule) ? [`${name} ${chain.name} ${index + 1}`] : [],
    ),
  )
}

function chainLinks(table: Table['name'], { name, policy, rules }: Chain) {
  const calledFor = policy === undefined ? undefined : table === 'nat' ? ('first' as const) : ('all' as const)
  const links = rules.flatMap((rule) => {
    const { target } = rule
    if (target.kind !== 'jump' && target.kind !== 'goto') return []
    return [{ chain: target.chain, isForFirst: asksForFirst(rule) }]
  })
  return { name, calledFor, links }
}

/** Only first packets are NEW, and only they bear a mark, which table nat gives. */
function asksForFirst({ matches }: Rule): boolean {
  return matches.some(
    (match) =>
      (match.kind === 'conntrack' && !match.isInverted && match.states.join() === 'NEW') ||
      (match.kind === 'mark' && !match.isInverted),
  )
}

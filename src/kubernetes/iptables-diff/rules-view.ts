/**
 * Tables of a node sorted by whom their rules belong to: kube-proxy's fixed part, each Service port, and others.
 *
 * A Service port has rules in chains that all share (KUBE-SERVICES and the like), which name it in their comments, and
 * chains of its own, which those rules lead to.
 */
import type { Chain, Rule, Table } from '../../netfilter/iptables/rule.js'
import * as names from '../iptables/chain-names.js'
import { ownerOf } from './rule-owner.js'

/** Chains of which every Service port may have rules. */
export const SHARED_CHAINS: readonly string[] = [
  names.KUBE_SERVICES,
  names.KUBE_NODEPORTS,
  names.KUBE_EXTERNAL_SERVICES,
  names.KUBE_PROXY_FIREWALL,
]

/** Chains that are the same whatever the Services. */
const FIXED_CHAINS: readonly string[] = [
  names.KUBE_POSTROUTING,
  names.KUBE_MARK_MASQ,
  names.KUBE_FORWARD,
  names.KUBE_FIREWALL,
  names.KUBE_PROXY_CANARY,
]

const SERVICE_CHAIN = /^KUBE-(?:SVC|SVL|EXT|FW|SEP|XLB)-[A-Z2-7]{16}$/

/** A table that kube-proxy writes Services to. In table mangle it keeps only a chain without rules. */
interface ServiceTable extends Table {
  readonly name: 'nat' | 'filter'
}

/** A chain of a table. */
export interface ChainKey {
  readonly table: ServiceTable['name']
  readonly chain: string
}

/** Rules of one chain that belong together, in their order. */
export interface RuleGroup extends ChainKey {
  readonly rules: readonly Rule[]
}

/** The rules of one Service port. */
export interface PortRules {
  /** Its rules in shared chains. */
  readonly entries: readonly RuleGroup[]
  /** Its own chains. */
  readonly chains: readonly RuleGroup[]
}

/** Tables, sorted. */
export interface RulesView {
  readonly ports: ReadonlyMap<string, PortRules>
  /** Fixed chains, jumps to kube-proxy's chains from built-in ones, and rules of shared chains that are nobody's. */
  readonly fixed: readonly RuleGroup[]
  /** Rules of nat KUBE-SERVICES that stand after the one for node ports, which must be the last. */
  readonly afterNodePorts: readonly Rule[]
  /** Chains of Services that no rule leads to. */
  readonly leftOver: readonly string[]
  /** What is not kube-proxy's. */
  readonly foreign: { readonly chainCount: number; readonly ruleCount: number }
}

/** Sorts the tables of a node. */
export function viewRules(tables: readonly Table[]): RulesView {
  const sorter = new RuleSorter()
  const ofServices = tables.filter(isServiceTable)
  for (const table of ofServices) sorter.addShared(table)
  for (const table of ofServices) sorter.addOthers(table)
  for (const table of tables) if (!isServiceTable(table)) sorter.addForeign(table)
  return sorter.view()
}

function isServiceTable(table: Table): table is ServiceTable {
  return table.name === 'nat' || table.name === 'filter'
}

class RuleSorter {
  /** By name of the Service port, then by table and chain. */
  readonly #entries = new Map<string, Map<string, { key: ChainKey; rules: Rule[] }>>()
  readonly #chains = new Map<string, RuleGroup[]>()
  readonly #fixed: RuleGroup[] = []
  readonly #leftOver: string[] = []
  #afterNodePorts: readonly Rule[] = []
  #foreignChains = 0
  #foreignRules = 0

  addShared({ name: table, chains }: ServiceTable): void {
    for (const { name: chain, rules } of chains) {
      if (!SHARED_CHAINS.includes(chain)) continue
      const nobodys: Rule[] = []
      for (const rule of rules) {
        const owner = ownerOf(rule)
        if (owner === undefined) nobodys.push(rule)
        else this.#addEntry(owner, { table, chain }, rule)
      }
      this.#fixed.push({ table, chain, rules: nobodys })
      if (table === 'nat' && chain === names.KUBE_SERVICES) this.#afterNodePorts = afterNodePorts(rules)
    }
  }

  addForeign({ chains }: Table): void {
    const others = chains.filter(({ name }) => !FIXED_CHAINS.includes(name))
    this.#foreignChains += others.filter(({ policy }) => policy === undefined).length
    this.#foreignRules += others.reduce((sum, { rules }) => sum + rules.length, 0)
  }

  addOthers(table: ServiceTable): void {
    const owners = this.#ownersOfChains(table)
    for (const chain of table.chains) {
      if (SHARED_CHAINS.includes(chain.name)) continue
      const owner = owners.get(chain.name)
      const group = { table: table.name, chain: chain.name, rules: chain.rules }
      if (FIXED_CHAINS.includes(chain.name)) this.#fixed.push(group)
      else if (chain.policy !== undefined) this.#addBuiltIn(group)
      else if (owner !== undefined) push(this.#chains, owner, group)
      else if (SERVICE_CHAIN.test(chain.name)) this.#leftOver.push(chain.name)
      else {
        this.#foreignChains += 1
        this.#foreignRules += chain.rules.length
      }
    }
  }

  view(): RulesView {
    const ports = new Map<string, PortRules>()
    for (const name of new Set([...this.#entries.keys(), ...this.#chains.keys()])) {
      const entries = [...(this.#entries.get(name)?.values() ?? [])]
      ports.set(name, {
        entries: entries.map(({ key, rules }) => ({ ...key, rules })),
        chains: this.#chains.get(name) ?? [],
      })
    }
    return {
      ports,
      fixed: this.#fixed,
      afterNodePorts: this.#afterNodePorts,
      leftOver: this.#leftOver,
      foreign: { chainCount: this.#foreignChains, ruleCount: this.#foreignRules },
    }
  }

  #addEntry(owner: string, key: ChainKey, rule: Rule): void {
    const groups = this.#entries.get(owner) ?? new Map<string, { key: ChainKey; rules: Rule[] }>()
    this.#entries.set(owner, groups)
    const text = `${key.table} ${key.chain}`
    const group = groups.get(text)
    if (group === undefined) groups.set(text, { key, rules: [rule] })
    else group.rules.push(rule)
  }

  /** Only the jumps to kube-proxy's chains count; others put rules there too. */
  #addBuiltIn({ table, chain, rules }: RuleGroup): void {
    const jumps = rules.filter((rule) => {
      const target = jumpOf(rule)
      return target !== undefined && (SHARED_CHAINS.includes(target) || FIXED_CHAINS.includes(target))
    })
    this.#fixed.push({ table, chain, rules: jumps })
    this.#foreignRules += rules.length - jumps.length
  }

  /** Chains belong to the Service port whose rules lead to them. */
  #ownersOfChains({ name, chains }: Table): ReadonlyMap<string, string> {
    const byName = new Map<string, Chain>(chains.map((chain) => [chain.name, chain]))
    const owners = new Map<string, string>()
    for (const [owner, groups] of this.#entries) {
      const waiting = [...groups.values()].flatMap(({ key, rules }) => (key.table === name ? rules : []))
      // The list grows while it is walked.
      for (const rule of waiting) {
        const target = jumpOf(rule)
        if (target === undefined || owners.has(target) || !SERVICE_CHAIN.test(target)) continue
        owners.set(target, owner)
        waiting.push(...(byName.get(target)?.rules ?? []))
      }
    }
    return owners
  }
}

/** Rules of Services after the first jump to node ports. */
function afterNodePorts(rules: readonly Rule[]): readonly Rule[] {
  const first = rules.findIndex((rule) => jumpOf(rule) === names.KUBE_NODEPORTS)
  return first < 0 ? [] : rules.slice(first).filter((rule) => ownerOf(rule) !== undefined)
}

/** The chain that a rule jumps to. */
export function jumpOf({ target }: Rule): string | undefined {
  return target.kind === 'jump' || target.kind === 'goto' ? target.chain : undefined
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

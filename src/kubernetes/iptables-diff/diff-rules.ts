/**
 * Has kube-proxy of a node synced what manifests say? The rules of the node against those that kube-proxy writes for the
 * manifests.
 *
 * What the manifests leave open is taken from the node first: see `adopt-port.ts`. Then kube-proxy's rules are written with
 * that, and both are sorted by Service port and compared chain by chain, in a form in which spellings do not count. The
 * order between Services is arbitrary; so is what others have put into the tables.
 */
import { printRule } from '../../netfilter/iptables/iptables-save.js'
import type { Table } from '../../netfilter/iptables/rule.js'
import { KUBE_SERVICES } from '../iptables/chain-names.js'
import { iptablesRules } from '../iptables/iptables-rules.js'
import type { NodeInfo, ProxyOptions } from '../proxy-inputs.js'
import { adoptPort } from './adopt-port.js'
import { adoptSettings, type SettingDifference } from './adopt-settings.js'
import { compareRules, type RuleDifference } from './compare-rules.js'
import { dumpRemarks } from './dump-remarks.js'
import type { ExpectedPort } from './expected-port.js'
import { shownRule } from './normal-rule.js'
import { type ChainDifference, portSummary } from './port-summary.js'
import { type PortRules, type RuleGroup, type RulesView, viewRules } from './rules-view.js'

/** What is compared. */
export interface DiffInputs {
  readonly ports: readonly ExpectedPort[]
  readonly node: NodeInfo
  readonly options: ProxyOptions
  /** Settings of kube-proxy that differ are a difference; else they are taken from the node. */
  readonly areSettingsGiven: boolean
  /** Of the node. */
  readonly tables: readonly Table[]
}

/** One Service port. */
export interface PortDiff {
  readonly name: string
  /** `foreign`: of a namespace that the manifests hold nothing of; no difference. */
  readonly status: 'equal' | 'different' | 'missing' | 'extra' | 'foreign'
  /** Sentences; empty if equal. */
  readonly summary: readonly string[]
  readonly chains: readonly ChainDifference[]
  /** Facts taken from the node, since the manifests leave them open. */
  readonly adopted: readonly string[]
}

/** The whole comparison. */
export interface RulesDiffResult {
  readonly isEqual: boolean
  /** In the order of the manifests, then those that only the node has, by name. */
  readonly ports: readonly PortDiff[]
  readonly settings: readonly SettingDifference[]
  /** Chains that are the same whatever the Services. */
  readonly fixed: readonly ChainDifference[]
  /** Chains of Services that no rule leads to; no difference. */
  readonly leftOver: readonly string[]
  readonly foreign: RulesView['foreign']
  /** What the dump as a whole looks like, if not like that of kube-proxy in mode iptables: sentences. */
  readonly remarks: readonly string[]
}

/** The Service that every cluster has, and no manifest. */
const API_SERVICE = /^default\/kubernetes(?::|$)/

const NO_RULES: PortRules = { entries: [], chains: [] }

/** Compares. */
export function diffRules({ ports, node, options, areSettingsGiven, tables }: DiffInputs): RulesDiffResult {
  const found = viewRules(tables)
  const settings = adoptSettings(tables, options, node)
  const adopted = ports.map((port) => adoptPort(port, found.ports.get(port.info.name), node))
  const infos = adopted.map(({ info }) => info)
  const expected = viewRules(iptablesRules(infos, node, settings.options))
  const known = adopted.map(({ info: { name }, adopted: facts, invented }) => ({
    ...diffPort(name, expected.ports.get(name) ?? NO_RULES, found.ports.get(name), invented),
    adopted: facts,
  }))
  const others = otherPorts(found, ports)
  const fixed = [...diffFixed(expected.fixed, found.fixed), ...nodePortsNotLast(found)]
  const settingDifferences = areSettingsGiven ? settings.differences : []
  const all = [...known, ...others]
  const isSame = ({ status }: PortDiff) => status === 'equal' || status === 'foreign'
  return {
    isEqual: all.every(isSame) && fixed.length === 0 && settingDifferences.length === 0,
    ports: all,
    settings: settings.differences,
    fixed,
    leftOver: found.leftOver,
    foreign: found.foreign,
    remarks: dumpRemarks(tables),
  }
}

function diffPort(
  name: string,
  expected: PortRules,
  found: PortRules | undefined,
  invented: ReadonlySet<string>,
): Omit<PortDiff, 'adopted'> {
  if (found === undefined) {
    return { name, status: 'missing', summary: ['the node has no rule of it'], chains: [] }
  }
  const chains = [
    ...diffGroups(expected.entries, found.entries, 'rules'),
    ...diffGroups(expected.chains, found.chains, 'chains'),
  ]
  if (chains.length === 0) return { name, status: 'equal', summary: [], chains }
  return { name, status: 'different', summary: portSummary(expected, found, chains, invented), chains }
}

/** @param kind - `rules` of chains that are there anyway, or whole `chains` */
function diffGroups(
  expected: readonly RuleGroup[],
  found: readonly RuleGroup[],
  kind: 'rules' | 'chains',
): ChainDifference[] {
  const keyOf = ({ table, chain }: RuleGroup) => `${table} ${chain}`
  const [wanted, present] = [expected, found].map(
    (groups) => new Map(groups.map((each) => [keyOf(each), each])),
  )
  const keys = new Set([...wanted.keys(), ...present.keys()])
  const differences: ChainDifference[] = []
  for (const key of keys) {
    const [one, other] = [wanted.get(key), present.get(key)]
    const { table, chain } = one ?? other ?? { table: 'nat', chain: key }
    // Rules of shared chains ask for different addresses or ports, so that their order does not matter.
    const all = compareRules(chain, one?.rules ?? [], other?.rules ?? [])
    const rules = kind === 'rules' ? all.filter((rule) => rule.kind !== 'moved') : all
    const isWhole = kind === 'chains' && (one === undefined || other === undefined)
    if (isWhole) differences.push({ table, chain, kind: one === undefined ? 'extra' : 'missing', rules })
    else if (rules.length > 0) differences.push({ table, chain, kind: 'different', rules })
  }
  return differences
}

/** Others may add to these, so only what is missing, or elsewhere in a chain of kube-proxy's own, counts. */
function diffFixed(expected: readonly RuleGroup[], found: readonly RuleGroup[]): ChainDifference[] {
  return diffGroups(expected, found, 'chains').flatMap((difference) => {
    const rules = difference.rules.filter((rule) => isFixedDifference(difference.chain, rule))
    const isEmptyCanary = difference.rules.length === 0
    return rules.length === 0 || isEmptyCanary ? [] : [{ ...difference, rules }]
  })
}

function isFixedDifference(chain: string, { kind }: RuleDifference): boolean {
  const isOpenToOthers = !chain.startsWith('KUBE-') || chain === 'KUBE-FIREWALL'
  return kind === 'missing' || (!isOpenToOthers && kind !== 'probability')
}

/** What stands after the rule for node ports is not reached by packets for the node's own addresses. */
function nodePortsNotLast({ afterNodePorts }: RulesView): ChainDifference[] {
  if (afterNodePorts.length === 0) return []
  const rules = afterNodePorts.map((rule) => {
    const text = printRule(KUBE_SERVICES, shownRule(rule))
    return { kind: 'moved' as const, expected: text, found: text }
  })
  return [{ table: 'nat', chain: KUBE_SERVICES, kind: 'different', rules }]
}

/** Service ports that only the node has. */
function otherPorts(found: RulesView, ports: readonly ExpectedPort[]): PortDiff[] {
  const known = new Set(ports.map(({ info }) => info.name))
  const namespaces = new Set(ports.map(({ info }) => info.name.split('/')[0]))
  const names = [...found.ports.keys()].filter((name) => !known.has(name)).sort()
  return names.map((name) => {
    const [namespace] = name.split('/')
    const isForeign = API_SERVICE.test(name) || !namespaces.has(namespace)
    return {
      name,
      status: isForeign ? 'foreign' : 'extra',
      summary: isForeign ? [] : ['the manifests have no such Service port'],
      chains: isForeign ? [] : diffGroups([], found.ports.get(name)?.entries ?? [], 'rules'),
      adopted: [],
    }
  })
}

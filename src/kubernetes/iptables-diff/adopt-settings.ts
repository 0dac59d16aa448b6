/**
 * kube-proxy's settings, read off the rules of a node: how it tells pods from others, its mark, where node ports listen.
 *
 * What depends on the machine alone (counters, `--random-fully`) is taken as it is. Settings that the user has given and
 * that differ are told once, and then taken from the node too: else every Service would differ by them.
 */
import { type Cidr, cidrContains, parseCidr } from '../../base/ip-address.js'
import type { Match, Rule, Table } from '../../netfilter/iptables/rule.js'
import * as names from '../iptables/chain-names.js'
import type { LocalTrafficDetector, NodeInfo, ProxyOptions } from '../proxy-inputs.js'
import { commentOf } from './rule-owner.js'
import { jumpOf } from './rules-view.js'

/** A setting that differs. */
export interface SettingDifference {
  /** The option of kube-proxy. */
  readonly name: string
  readonly expected: string
  readonly found: string
}

/** Options as the node has them, and where they are not those expected. */
export interface AdoptedSettings {
  readonly options: ProxyOptions
  readonly differences: readonly SettingDifference[]
}

/** Reads settings off the tables of a node; what can not be seen there is as expected. */
export function adoptSettings(
  tables: readonly Table[],
  expected: ProxyOptions,
  node: NodeInfo,
): AdoptedSettings {
  const chains = new ChainLookup(tables)
  const options: ProxyOptions = {
    ...expected,
    ...detectionOf(chains, expected, node),
    ...nodePortSettings(chains, expected),
    masqueradeBit: masqueradeBitOf(chains) ?? expected.masqueradeBit,
    isConntrackLiberal: isLiberal(chains) ?? expected.isConntrackLiberal,
    hasNfacct: isCounting(chains),
  }
  return { options, differences: differencesOf(expected, options, node) }
}

class ChainLookup {
  readonly #rules = new Map<string, readonly Rule[]>()

  constructor(tables: readonly Table[]) {
    for (const { name, chains } of tables)
      for (const chain of chains) this.#rules.set(`${name} ${chain.name}`, chain.rules)
  }

  /** Undefined: there is no such chain. */
  rules(table: string, chain: string): readonly Rule[] | undefined {
    return this.#rules.get(`${table} ${chain}`)
  }
}

function masqueradeBitOf(chains: ChainLookup): number | undefined {
  const target = chains.rules('nat', names.KUBE_MARK_MASQ)?.[0]?.target
  if (target?.kind !== 'MARK') return undefined
  const bit = 31 - Math.clz32(target.value)
  return (1 << bit) >>> 0 === target.value ? bit : undefined
}

function isLiberal(chains: ChainLookup): boolean | undefined {
  const rules = chains.rules('filter', names.KUBE_FORWARD)
  return rules && !rules.some(({ target }) => target.kind === 'DROP')
}

/** Node ports on loopback have rules of their own where kube-proxy could make its counters. */
function isCounting(chains: ChainLookup): boolean {
  const rules = chains.rules('nat', names.KUBE_NODEPORTS) ?? []
  return rules.some(({ matches }) =>
    matches.some((match) => match.kind === 'destination' && match.cidr.text.startsWith('127.')),
  )
}

/** By the rules that lead to node ports. */
function nodePortSettings(
  chains: ChainLookup,
  { ipFamily, hasLocalhostNodePorts, nodePortAddresses }: ProxyOptions,
): Pick<ProxyOptions, 'hasLocalhostNodePorts' | 'nodePortAddresses'> {
  const jumps = (chains.rules('nat', names.KUBE_SERVICES) ?? []).filter(
    ({ target }) => target.kind === 'jump' && target.chain === names.KUBE_NODEPORTS,
  )
  const [first] = jumps
  if (first === undefined) return { hasLocalhostNodePorts, nodePortAddresses }
  const isAny = first.matches.some(({ kind }) => kind === 'addrtype')
  if (isAny) {
    const isLoopbackOut = first.matches.some((match) => match.kind === 'destination' && match.isInverted)
    return {
      hasLocalhostNodePorts: ipFamily === 4 ? !isLoopbackOut : hasLocalhostNodePorts,
      nodePortAddresses: [],
    }
  }
  const addresses = jumps.flatMap(({ matches }) =>
    matches.flatMap((match) => (match.kind === 'destination' ? [match.cidr] : [])),
  )
  const isLoopbackIn = addresses.some(({ text }) => text.startsWith('127.'))
  return { hasLocalhostNodePorts: isLoopbackIn || hasLocalhostNodePorts, nodePortAddresses: addresses }
}

/** By the first rule of the chains that cluster IPs lead to, as most Services have it. */
function detectionOf(
  chains: ChainLookup,
  { isMasqueradingAll, localTrafficDetector }: ProxyOptions,
  node: NodeInfo,
): Pick<ProxyOptions, 'isMasqueradingAll' | 'localTrafficDetector'> {
  const counts = new Map<string, { count: number; readonly rule: Rule | undefined }>()
  for (const entry of chains.rules('nat', names.KUBE_SERVICES) ?? []) {
    const isClusterIp = commentOf(entry)?.endsWith(' cluster IP') ?? false
    const rules = chains.rules('nat', jumpOf(entry) ?? '')
    if (!isClusterIp || rules === undefined) continue
    const rule = rules.find(isClusterIpMark)
    const key = rule === undefined ? '' : JSON.stringify(testsOfSource(rule), bigintText)
    const known = counts.get(key)
    if (known === undefined) counts.set(key, { count: 1, rule })
    else known.count += 1
  }
  const [most] = [...counts.values()].sort((one, other) => other.count - one.count)
  if (most === undefined) return { isMasqueradingAll, localTrafficDetector }
  if (most.rule === undefined) return { isMasqueradingAll: false, localTrafficDetector: { kind: 'none' } }
  const detector = detectorOf(most.rule, node)
  return detector === undefined
    ? { isMasqueradingAll: true, localTrafficDetector }
    : { isMasqueradingAll: false, localTrafficDetector: detector }
}

function isClusterIpMark(rule: Rule): boolean {
  const { target } = rule
  return (
    target.kind === 'jump' &&
    target.chain === names.KUBE_MARK_MASQ &&
    (commentOf(rule)?.endsWith(' cluster IP') ?? false)
  )
}

function testsOfSource({ matches }: Rule): readonly Match[] {
  return matches.filter(({ kind }) => kind === 'source' || kind === 'inInterface')
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** Undefined: all traffic is masqueraded. */
function detectorOf(rule: Rule, { podCidr }: NodeInfo): LocalTrafficDetector | undefined {
  const [test] = testsOfSource(rule)
  if (test?.kind === 'source')
    return test.cidr.text === parseCidr(podCidr)?.text
      ? { kind: 'nodeCidr' }
      : { kind: 'clusterCidr', cidr: test.cidr }
  if (test?.kind !== 'inInterface') return undefined
  return test.name.endsWith('+')
    ? { kind: 'interfacePrefix', prefix: test.name.slice(0, -1) }
    : { kind: 'bridgeInterface', name: test.name }
}

function differencesOf(expected: ProxyOptions, found: ProxyOptions, node: NodeInfo): SettingDifference[] {
  const texts = (options: ProxyOptions): readonly (readonly [string, string])[] => [
    ['--detect-local-mode', detectorText(options.localTrafficDetector, node)],
    ['--masquerade-all', String(options.isMasqueradingAll)],
    ['--iptables-masquerade-bit', String(options.masqueradeBit)],
    ['--nodeport-addresses', rangesText(options.nodePortAddresses, expected.nodePortAddresses)],
    ['--iptables-localhost-nodeports', String(options.hasLocalhostNodePorts)],
    ['--conntrack-tcp-be-liberal', String(options.isConntrackLiberal)],
  ]
  const other = texts(found)
  return texts(expected).flatMap(([name, text], index) =>
    text === other[index]?.[1] ? [] : [{ name, expected: text, found: other[index]?.[1] ?? '' }],
  )
}

function detectorText(detector: LocalTrafficDetector, { podCidr }: NodeInfo): string {
  switch (detector.kind) {
    case 'clusterCidr':
      return `ClusterCIDR ${detector.cidr.text}`
    case 'nodeCidr':
      return `NodeCIDR ${podCidr}`
    case 'bridgeInterface':
      return `BridgeInterface ${detector.name}`
    case 'interfacePrefix':
      return `InterfaceNamePrefix ${detector.prefix}`
    case 'none':
      return 'none'
  }
}

/** Addresses that lie in the ranges expected are as good as those. */
function rangesText(ranges: readonly Cidr[], expected: readonly Cidr[]): string {
  if (ranges.length === 0) return 'all'
  const isWithin = (range: Cidr) =>
    expected.some((outer) => outer.prefixLength <= range.prefixLength && holds(outer, range))
  const shown = expected.length > 0 && ranges.every(isWithin) ? expected : ranges
  return shown.map(({ text }) => text).join(', ')
}

function holds(outer: Cidr, { first, family }: Cidr): boolean {
  return cidrContains(outer, { family, value: first, text: '' })
}

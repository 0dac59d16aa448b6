/** What a dump as a whole looks like, where that explains more than its rules one by one: for people. */
import type { Rule, Table } from '../../netfilter/iptables/rule.js'
import { KUBE_SERVICES } from '../iptables/chain-names.js'

/** The names of kube-proxy's sets in mode ipvs. Source: pkg/proxy/ipvs/ipset.go. */
const IPVS_SET = /--match-set KUBE-/

/** Sentences; none for a node where kube-proxy runs in mode iptables. */
export function dumpRemarks(tables: readonly Table[]): string[] {
  const absent = (['nat', 'filter'] as const).filter((name) => tables.every((table) => table.name !== name))
  return [...absent.map((name) => `the dump has no table ${name}`), ...modeRemarks(tables)]
}

function modeRemarks(tables: readonly Table[]): string[] {
  const nat = tables.find(({ name }) => name === 'nat')
  const rules = nat?.chains.flatMap((chain) => chain.rules) ?? []
  if (rules.some(asksForIpvsSet)) {
    return ['its rules are those of kube-proxy in mode ipvs; compared are those of mode iptables']
  }
  const hasServices = nat?.chains.some(({ name, rules: own }) => name === KUBE_SERVICES && own.length > 0)
  if (nat === undefined || hasServices === true) return []
  return [
    'it has no rules of kube-proxy in mode iptables, which runs in another mode, has been stopped, or writes with the other iptables program (legacy or nf_tables)',
  ]
}

function asksForIpvsSet({ matches }: Rule): boolean {
  return matches.some((match) => match.kind === 'unmodelled' && IPVS_SET.test(match.text))
}

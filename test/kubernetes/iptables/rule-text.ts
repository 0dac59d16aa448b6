/**
 * Rules as kube-proxy hands them to iptables-restore.
 */
import { printRule } from '../../../src/netfilter/iptables/iptables-save.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'

/** The rules of one chain, as `-A CHAIN …`; empty if there is no such chain. */
export function rulesOf(tables: readonly Table[], table: Table['name'], name: string): string[] {
  const chain = tables.find((each) => each.name === table)?.chains.find((each) => each.name === name)
  return (chain?.rules ?? []).map((rule) => printRule(name, rule, 'written'))
}

/**
 * Rules as kube-proxy hands them to iptables-restore, in the canonical order of upstream's tests.
 */
import { printRule } from '../../../src/netfilter/iptables/iptables-save.js'
import type { Chain, Table } from '../../../src/netfilter/iptables/rule.js'

/** `-A CHAIN …` for every rule of a chain. */
export function chainText(chain: Chain): string[] {
  return chain.rules.map((rule) => printRule(chain.name, rule))
}

/** The rules of one chain; empty if there is no such chain. */
export function rulesOf(tables: readonly Table[], table: Table['name'], name: string): string[] {
  const chain = tables.find((each) => each.name === table)?.chains.find((each) => each.name === name)
  return chain === undefined ? [] : chainText(chain)
}

/** Everything of a table but the built-in chains and the canary. */
export function tableText(table: Table): string[] {
  const order = ['KUBE-NODEPORTS', 'KUBE-SERVICES']
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  const chains = table.chains
    .filter((chain) => chain.policy === undefined && chain.name !== 'KUBE-PROXY-CANARY')
    .sort((left, right) => rank(left.name) - rank(right.name) || (left.name < right.name ? -1 : 1))
  return [
    `*${table.name}`,
    ...chains.map((chain) => `:${chain.name} - [0:0]`),
    ...chains.flatMap(chainText),
    'COMMIT',
  ]
}

/** Rules and tables for tests, from text. */
import { parseTables } from '../../../src/netfilter/iptables/iptables-save.js'
import type { Rule, Table } from '../../../src/netfilter/iptables/rule.js'

/** Rules of one chain, without `-A CHAIN`. */
export function rulesOf(...lines: readonly string[]): readonly Rule[] {
  const targets = lines.flatMap((line) => / -j (KUBE-\S+|[A-Z]-\S+)/.exec(` ${line}`)?.[1] ?? [])
  const declared = [...new Set(['X', ...targets])].map((chain) => `:${chain} -`)
  const [table] = tablesOf(
    `*nat\n${declared.join('\n')}\n${lines.map((line) => `-A X ${line}`).join('\n')}\nCOMMIT\n`,
  )
  return table.chains.find(({ name }) => name === 'X')?.rules ?? []
}

export function ruleOf(line: string): Rule {
  return rulesOf(line)[0]
}

export function tablesOf(text: string): readonly Table[] {
  return parseTables(text)
}

/**
 * Rules that ask ipsets, as the text that kube-proxy in mode ipvs hands to `iptables-restore`.
 *
 * Sources: kubernetes pkg/proxy/ipvs/proxier.go (writeIptablesRules); iptables-extensions(8): set, physdev, ipvs.
 */
import { printMatch, printTarget } from '../iptables/iptables-save.js'
import type { SetChain, SetRule, SetRuleMatch, SetTable } from './set-rule.js'

/** @returns lines ended by `\n`; the chains and rules of each table in their order */
export function printSetTables(tables: readonly SetTable[]): string {
  return tables.map(printTable).join('')
}

/** One rule as a line `-A CHAIN …`, without the line break. */
export function printSetRule(chain: string, { matches, target }: SetRule): string {
  return ['-A', chain, ...matches.map(printSetRuleMatch), ...printTarget(target)].join(' ')
}

function printTable(table: SetTable): string {
  const declarations = table.chains.map((chain) => `:${chain.name} ${chain.policy ?? '-'} [0:0]`)
  const rules = table.chains.flatMap(printRules)
  return `${[`*${table.name}`, ...declarations, ...rules, 'COMMIT'].join('\n')}\n`
}

function printRules({ name, rules }: SetChain): string[] {
  return rules.map((rule) => printSetRule(name, rule))
}

function printSetRuleMatch(match: SetRuleMatch): string {
  switch (match.kind) {
    case 'set':
      return `-m set --match-set ${match.set} ${match.directions.join(',')}`
    case 'physdev':
      return '-m physdev ! --physdev-is-in'
    case 'ipvs':
      return `-m ipvs --vaddr ${match.address} --vproto ${match.protocol} --vport ${match.port}`
    case 'protocol':
      return `${match.isInverted ? '! ' : ''}-p ${match.protocol}`
    default:
      return printMatch(match, 'short')
  }
}

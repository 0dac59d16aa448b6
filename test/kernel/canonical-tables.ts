/**
 * Tables in one form, whoever printed them: kube-proxy, `iptables-save` of iptables-legacy and of iptables-nft write the same
 * rules with other words and in another order of tests and chains.
 */
import { printRule } from '../../src/netfilter/iptables/iptables-save.js'
import type { Chain, Match, Rule, Table } from '../../src/netfilter/iptables/rule.js'

/** Tests that remember or draw: what stands before them matters. */
const ORDERED: ReadonlySet<Match['kind']> = new Set(['recent', 'statistic'])

/** Lines, sorted by table and chain; in a chain they keep their order. */
export function canonicalLines(tables: readonly Table[]): string[] {
  return [...tables]
    .sort((left, right) => compare(left.name, right.name))
    .flatMap(({ name, chains }) =>
      [...chains]
        .sort((left, right) => compare(left.name, right.name))
        .flatMap((chain) => chainLines(chain).map((line) => `${name} ${line}`)),
    )
}

function chainLines({ name, policy, rules }: Chain): string[] {
  return [`:${name} ${policy ?? '-'}`, ...rules.map((rule) => printRule(name, canonicalRule(rule)))]
}

function canonicalRule({ matches, target }: Rule): Rule {
  const plain = matches.map((match) => canonicalMatch(match))
  const text = (match: Match) => printRule('', { matches: [match], target: { kind: 'none' } })
  const free = plain
    .filter(({ kind }) => !ORDERED.has(kind))
    .sort((left, right) => compare(text(left), text(right)))
  const ordered = plain.filter(({ kind }) => ORDERED.has(kind))
  return {
    matches: [...free, ...ordered],
    target: target.kind === 'MARK' ? { ...target, option: 'set-xmark' } : target,
  }
}

/** The kernel knows a probability as one of 2^31 thresholds. */
function canonicalMatch(match: Match): Match {
  return match.kind === 'statistic' ? { ...match, probabilityText: String(match.threshold) } : match
}

function compare(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1
}

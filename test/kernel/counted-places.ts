/**
 * The rules whose counters say how many connections met them, which later packets of a connection do not match: all of table
 * nat, and those of table filter that stand behind `--ctstate NEW` or ask for a mark. The counters of the others depend on how
 * the kernel cuts streams into packets.
 */
import type { Rule, Table } from '../../src/netfilter/iptables/rule.js'

/** `TABLE CHAIN NUMBER` of every rule that only first packets match. */
export function countedPlaces(table: Table): string[] {
  const isNewOnly = newOnlyChains(table)
  return table.chains.flatMap((chain) =>
    chain.rules.flatMap((rule, index) => {
      const isCounted = table.name === 'nat' || isNewOnly.has(chain.name) || asksForFirst(rule)
      return isCounted ? [`${table.name} ${chain.name} ${index + 1}`] : []
    }),
  )
}

/** Chains that only rules lead to which only first packets match. */
function newOnlyChains({ chains }: Table): ReadonlySet<string> {
  const open = chains.filter((chain) => chain.policy !== undefined).map((chain) => chain.name)
  const reached = new Set(open)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const rules = chains.find((chain) => chain.name === name)?.rules ?? []
    for (const rule of rules) {
      const { target } = rule
      if (
        (target.kind !== 'jump' && target.kind !== 'goto') ||
        asksForFirst(rule) ||
        reached.has(target.chain)
      )
        continue
      reached.add(target.chain)
      open.push(target.chain)
    }
  }
  return new Set(chains.map((chain) => chain.name).filter((name) => !reached.has(name)))
}

function asksForFirst({ matches }: Rule): boolean {
  return matches.some(
    (match) =>
      (match.kind === 'conntrack' && !match.isInverted && match.states.join() === 'NEW') ||
      (match.kind === 'mark' && !match.isInverted),
  )
}

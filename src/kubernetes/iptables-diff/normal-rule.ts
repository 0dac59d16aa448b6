/**
 * Rules in a form in which those that mean the same are equal, whoever wrote them: kube-proxy, `iptables-save` of either
 * backend, or svcsim.
 *
 * What differs without meaning anything is left out: comments, counters (`nfacct`), whether masquerading takes random
 * ports (which depends on the iptables program), spellings of marks, the order of tests. Probabilities are the integers that
 * the kernel compares.
 */
import type { Match, Rule, Target } from '../../netfilter/iptables/rule.js'

/** A rule to be compared. */
export interface NormalRule {
  /** Equal for rules that mean the same but for the chance with which they match. */
  readonly key: string
  /** 2^31 times that chance; undefined: no draw. */
  readonly threshold: number | undefined
  readonly rule: Rule
}

export function normalRule(rule: Rule): NormalRule {
  const thresholds = rule.matches.flatMap((match) => (match.kind === 'statistic' ? [match.threshold] : []))
  const tests = rule.matches.flatMap((match) => testText(match) ?? []).sort()
  return { key: JSON.stringify([tests, targetOf(rule.target)]), threshold: thresholds[0], rule }
}

/** Does a packet fare alike at both? */
export function isSameRule(one: NormalRule, other: NormalRule): boolean {
  return one.key === other.key && one.threshold === other.threshold
}

/** Tests that `iptables-save` prints before all others, in its order. */
const FIRST_SHOWN: readonly Match['kind'][] = [
  'source',
  'destination',
  'inInterface',
  'outInterface',
  'protocol',
]

/** The same rule as it is shown: without what is not compared, and its tests in the order of `iptables-save`. */
export function shownRule({ matches, target }: Rule): Rule {
  const compared = matches.filter(({ kind }) => kind !== 'comment' && kind !== 'nfacct')
  const first = FIRST_SHOWN.flatMap((shown) => compared.filter(({ kind }) => kind === shown))
  return { matches: [...first, ...compared.filter(({ kind }) => !FIRST_SHOWN.includes(kind))], target }
}

function testText(match: Match): string | undefined {
  switch (match.kind) {
    case 'comment':
    case 'nfacct':
      return undefined
    case 'statistic':
      return 'statistic'
    case 'unmodelled':
      return JSON.stringify([match.kind, match.text])
    case 'source':
    case 'destination':
      return JSON.stringify([match.kind, match.cidr.text, match.isInverted])
    case 'conntrack':
      return JSON.stringify([match.kind, [...match.states].sort(), match.isInverted])
    default:
      return JSON.stringify(Object.entries(match).sort(([one], [other]) => (one < other ? -1 : 1)))
  }
}

function targetOf(target: Target): unknown {
  switch (target.kind) {
    case 'MASQUERADE':
      return [target.kind]
    case 'unmodelled':
      return [target.kind, target.text]
    case 'MARK':
      return [target.kind, target.value, target.mask]
    default:
      return Object.entries(target).sort(([one], [other]) => (one < other ? -1 : 1))
  }
}

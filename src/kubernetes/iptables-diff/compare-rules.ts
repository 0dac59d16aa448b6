/** Two lists of rules of one chain, side by side: what is missing, too much, elsewhere, or matches with another chance. */
import { printRule } from '../../netfilter/iptables/iptables-save.js'
import type { Rule } from '../../netfilter/iptables/rule.js'
import { type NormalRule, normalRule, shownRule } from './normal-rule.js'

/** One thing that differs. */
export interface RuleDifference {
  /** `moved`: it is there, but before or after others than it should be. */
  readonly kind: 'missing' | 'extra' | 'moved' | 'probability'
  /** As it should be, `-A CHAIN …`; null where nothing should be. */
  readonly expected: string | null
  /** As it is. */
  readonly found: string | null
}

/** Longest lists that are aligned rule by rule; of longer ones the order is not told. */
const MAX_ALIGNED = 2_000

/**
 * Compares the rules of a chain.
 *
 * @returns empty if they mean the same, in the same order
 * @remarks O(differences · rules) at worst; lists of more than 2,000 rules that differ are compared without order
 */
export function compareRules(
  chain: string,
  expected: readonly Rule[],
  found: readonly Rule[],
): RuleDifference[] {
  const [left, right] = [expected.map(normalRule), found.map(normalRule)]
  const pairs = withMoved(alignedPairs(left, right))
  return pairs.flatMap((pair) => differenceOf(pair, chain) ?? [])
}

function differenceOf({ expected, found, isMoved }: Pair, chain: string): RuleDifference | undefined {
  const text = (rule: NormalRule) => printRule(chain, shownRule(rule.rule))
  if (expected !== undefined && found !== undefined) {
    if (!isMoved && expected.threshold === found.threshold) return undefined
    return { kind: isMoved ? 'moved' : 'probability', expected: text(expected), found: text(found) }
  }
  if (expected !== undefined) return { kind: 'missing', expected: text(expected), found: null }
  return found === undefined ? undefined : { kind: 'extra', expected: null, found: text(found) }
}

/** A rule of each side; undefined where the other has no partner. */
interface Pair {
  readonly expected: NormalRule | undefined
  readonly found: NormalRule | undefined
  readonly isMoved: boolean
}

function pair(expected: NormalRule | undefined, found: NormalRule | undefined, isMoved = false): Pair {
  return { expected, found, isMoved }
}

function alignedPairs(left: readonly NormalRule[], right: readonly NormalRule[]): Pair[] {
  const isSame = (one: NormalRule, other: NormalRule) => one.key === other.key
  let start = 0
  while (start < left.length && start < right.length && isSame(left[start], right[start])) start += 1
  let end = 0
  const isEndSame = () => isSame(left[left.length - 1 - end], right[right.length - 1 - end])
  while (end < left.length - start && end < right.length - start && isEndSame()) end += 1
  const middle = [left.slice(start, left.length - end), right.slice(start, right.length - end)] as const
  const both = (count: number, offset: (list: readonly NormalRule[]) => number): Pair[] =>
    Array.from({ length: count }, (_, index) =>
      pair(left[offset(left) + index], right[offset(right) + index]),
    )
  return [
    ...both(start, () => 0),
    ...(Math.max(middle[0].length, middle[1].length) > MAX_ALIGNED
      ? unorderedPairs(...middle)
      : commonPairs(...middle)),
    ...both(end, (list) => list.length - end),
  ]
}

/** The longest common subsequence, by the table of its lengths. */
function commonPairs(left: readonly NormalRule[], right: readonly NormalRule[]): Pair[] {
  const width = right.length + 1
  const lengths = new Uint16Array((left.length + 1) * width)
  for (let row = left.length - 1; row >= 0; row--) {
    for (let column = right.length - 1; column >= 0; column--) {
      const at = row * width + column
      lengths[at] =
        left[row].key === right[column].key
          ? lengths[at + width + 1] + 1
          : Math.max(lengths[at + width], lengths[at + 1])
    }
  }
  const pairs: Pair[] = []
  let [row, column] = [0, 0]
  while (row < left.length && column < right.length) {
    const at = row * width + column
    if (left[row].key === right[column].key) pairs.push(pair(left[row++], right[column++]))
    else if (lengths[at + width] >= lengths[at + 1]) pairs.push(pair(left[row++], undefined))
    else pairs.push(pair(undefined, right[column++]))
  }
  for (; row < left.length; row++) pairs.push(pair(left[row], undefined))
  for (; column < right.length; column++) pairs.push(pair(undefined, right[column]))
  return pairs
}

function unorderedPairs(left: readonly NormalRule[], right: readonly NormalRule[]): Pair[] {
  const waiting = byKey(right)
  const pairs = left.map((rule) => pair(rule, waiting.get(rule.key)?.shift()))
  return [...pairs, ...[...waiting.values()].flat().map((rule) => pair(undefined, rule))]
}

/** What is missing here and too much there has moved. */
function withMoved(pairs: readonly Pair[]): Pair[] {
  const surplus = pairs.flatMap((each) => (each.expected === undefined && each.found ? [each.found] : []))
  const waiting = byKey(surplus)
  const joined = pairs.map((each) => {
    const partner = each.found === undefined ? waiting.get(each.expected?.key ?? '')?.shift() : undefined
    return partner === undefined ? each : pair(each.expected, partner, true)
  })
  const left = new Set([...waiting.values()].flat())
  return joined.filter(
    ({ expected, found }) => expected !== undefined || (found !== undefined && left.has(found)),
  )
}

function byKey(rules: readonly NormalRule[]): Map<string, NormalRule[]> {
  const groups = new Map<string, NormalRule[]>()
  for (const rule of rules) {
    const known = groups.get(rule.key)
    if (known === undefined) groups.set(rule.key, [rule])
    else known.push(rule)
  }
  return groups
}

/**
 * The least of a row of candidates that passes a test, by halving; and whether what was tried fits a test that once passed
 * passes on. Halving by itself never meets a contradiction, so two more candidates beyond the answer are tried.
 */
import { firstToHold } from '../../base/halving.js'
import type { Verdict } from '../thresholds/verdict.js'

/** One candidate that was tried. */
export interface Tried {
  /** Position in the row. */
  readonly index: number
  readonly verdict: Verdict
}

export interface LeastFound {
  /** Position of the least that passed; undefined: none that was tried did. */
  readonly answer: number | undefined
  /** No candidate failed beyond one that passed. */
  readonly isMonotone: boolean
  /** In order. */
  readonly tried: readonly Tried[]
}

/**
 * Seeks it.
 *
 * @param count - candidates, at least 1; from 0, which is the most wanted, to count - 1, which passes most easily
 * @param test - called once for a candidate; what is undecided counts as not passed
 * @remarks log2(count) + 4 tests at most
 */
export async function findLeast(
  count: number,
  test: (index: number) => Promise<Verdict>,
): Promise<LeastFound> {
  const verdicts = new Map<number, Verdict>()
  const hasPassed = async (index: number) => {
    const known = verdicts.get(index) ?? (await test(index))
    verdicts.set(index, known)
    return known === 'passed'
  }
  const answer = await leastPassing(count, hasPassed)
  if (answer !== undefined) {
    for (const index of beyond(answer, count)) await hasPassed(index)
  }
  const tried = [...verdicts].map(([index, verdict]) => ({ index, verdict }))
  return { answer, isMonotone: isMonotone(tried), tried }
}

async function leastPassing(
  count: number,
  hasPassed: (index: number) => Promise<boolean>,
): Promise<number | undefined> {
  if (await hasPassed(0)) return 0
  const middle = Math.floor((count - 1) / 2)
  let high = count - 1
  if (!(await hasPassed(high))) {
    // The end does not pass: what lies before it still may, where more is worse again.
    if (!(await hasPassed(middle))) return undefined
    high = middle
  }
  return firstToHold(0, high, hasPassed)
}

/** The next candidate, and one half way to the end. */
function beyond(answer: number, count: number): readonly number[] {
  const halfWay = Math.floor((answer + count - 1) / 2)
  return [answer + 1, halfWay].filter((index) => index > answer && index < count)
}

function isMonotone(tried: readonly Tried[]): boolean {
  const passed = tried.filter(({ verdict }) => verdict === 'passed').map(({ index }) => index)
  const least = passed.reduce((min, index) => Math.min(min, index), Number.POSITIVE_INFINITY)
  return !tried.some(({ index, verdict }) => verdict === 'failed' && index > least)
}

/**
 * The least number of replicas for each of several rates. A higher rate takes at least as many replicas as a lower one: each
 * search begins at the answer below, so that a step of the rate costs few tests.
 */

import { firstToHold } from '../../base/halving.js'

/** What is asked of the search. Rates and numbers of replicas go by position, from the least. */
export interface FrontierQuestion {
  readonly rateCount: number
  readonly replicaCount: number
  /** Position of the least number that is not overloaded from the outset; `replicaCount`: all are. */
  firstPossible(rate: number): number
  /** Are the objectives kept? Called once for each pair at most. */
  test(rate: number, replicas: number): Promise<boolean>
}

/**
 * Seeks them.
 *
 * @returns by rate; undefined: no number keeps the objectives, at this rate and (untried) at all higher ones
 */
export async function findFrontier(question: FrontierQuestion): Promise<readonly (number | undefined)[]> {
  const { rateCount, replicaCount } = question
  const answers = new Array<number | undefined>(rateCount).fill(undefined)
  let from = 0
  for (let rate = 0; rate < rateCount; rate++) {
    from = Math.max(from, question.firstPossible(rate))
    if (from >= replicaCount) break
    const answer = await leastFrom(from, replicaCount, (replicas) => question.test(rate, replicas))
    if (answer === undefined) break
    answers[rate] = answer
    from = answer
  }
  return answers
}

/**
 * As `leastFrom`, where that none passes is as likely as that one does: the last is tried before those between.
 *
 * @param from - below `count`
 */
export async function leastFromOrNone(
  from: number,
  count: number,
  test: (index: number) => Promise<boolean>,
): Promise<number | undefined> {
  if (await test(from)) return from
  if (from === count - 1 || !(await test(count - 1))) return undefined
  return from + 1 === count - 1 ? count - 1 : ((await leastFrom(from + 1, count - 1, test)) ?? count - 1)
}

/**
 * The least position from a first one on that passes, by steps that double until one passes, and halving from there.
 *
 * @param from - below `count`; all before it are known not to pass
 * @returns undefined: the last one does not pass either
 */
export async function leastFrom(
  from: number,
  count: number,
  test: (index: number) => Promise<boolean>,
): Promise<number | undefined> {
  let low = from - 1
  let high = from
  for (let step = 1; !(await test(high)); step *= 2) {
    if (high === count - 1) return undefined
    low = high
    high = Math.min(count - 1, high + step)
  }
  return firstToHold(low, high, test)
}

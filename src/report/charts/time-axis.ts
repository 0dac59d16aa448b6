/** The intervals of a run as places on an axis of simulated time, in seconds. */
import { formatNumber } from '../../base/units.js'
import type { OverTime, Results } from '../../results/results-schema.js'

const NS_PER_SECOND = 1e9

/** Digits that tell intervals of any window apart: 60 of them after a warm-up a thousand times as long. */
const DIGITS = 6

/** Steps between labelled places. */
const MOST_STEPS = 8

/** When an interval begins (that of the number of intervals: when the window ends), s. */
export function intervalStartS({ warmUpNs }: Results, { intervalNs }: OverTime, at: number): number {
  return Number(((warmUpNs + at * intervalNs) / NS_PER_SECOND).toPrecision(DIGITS))
}

/** When each interval begins. */
export function intervalLabels(results: Results, overTime: OverTime): readonly string[] {
  return overTime.clientPortsPeak.map((_, at) => formatNumber(intervalStartS(results, overTime, at), DIGITS))
}

/** Places from the start on, equal and round steps apart, s. */
export function timeTicks(
  startS: number,
  endS: number,
): readonly { readonly at: number; readonly label: string }[] {
  const least = (endS - startS) / MOST_STEPS
  let step = 1
  while (step > least) step /= 10
  while (step * 10 <= least) step *= 10
  const round = [step, 2 * step, 5 * step, 10 * step].find((each) => each >= least) ?? endS - startS
  const count = Math.floor((endS - startS) / round + 1e-9)
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = Number((startS + index * round).toPrecision(DIGITS))
    return { at, label: formatNumber(at, DIGITS) }
  })
}

/** `at 41 to 42 s`. */
export function intervalPhrase(results: Results, overTime: OverTime, at: number): string {
  const [from, to] = [at, at + 1].map((each) => formatNumber(intervalStartS(results, overTime, each), DIGITS))
  return `at ${from} to ${to} s`
}

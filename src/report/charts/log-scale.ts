/** A vertical axis on which equal factors are equally far apart, as heights and labels of an axis that is to scale. */
import { ln } from '../../base/exact-math.js'

/** Below this factor between the least and the greatest figure a plain axis shows as much. */
export const LOG_FROM = 20

/** From this factor on only powers of ten are labelled. */
const MANY_DECADES_FROM = 1_000

/** Decades above 1. @param value - above 0 */
export function decadesOf(value: number): number {
  return ln(value) / ln(10)
}

/** Round numbers (1, 2, 5 and their tenfolds) from the last below the least to the first above the greatest. */
export function roundNumbers(least: number, most: number): readonly number[] {
  let power = 1
  while (power > least) power /= 10
  while (power * 10 <= least) power *= 10
  const factors = most / power > MANY_DECADES_FROM ? [1] : [1, 2, 5]
  const numbers: number[] = []
  for (; numbers.length === 0 || (numbers.at(-1) ?? 0) < most; power *= 10) {
    for (const factor of factors) if ((numbers.at(-1) ?? 0) < most) numbers.push(factor * power)
  }
  const first = numbers.findLastIndex((each) => each <= least)
  return numbers.slice(Math.max(0, first))
}

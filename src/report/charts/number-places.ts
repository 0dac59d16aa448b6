/** Where numbers stand on an axis: to scale where that tells them apart, else one beside the other; and decades of figures. */
import { ln } from '../../base/exact-math.js'

/** A labelled place. */
export interface Tick {
  readonly at: number
  readonly label: string
}

/** Numbers this many times apart crush one another. */
const MAX_RATIO = 20

/**
 * The places of numbers.
 *
 * @param values - not negative, in increasing order
 */
export function numberPlaces(values: readonly number[]): (value: number) => number {
  const [least = 0] = values
  const most = values.at(-1) ?? 0
  const isToScale = most <= MAX_RATIO || most <= MAX_RATIO * least
  return isToScale ? (value) => value : (value) => values.indexOf(value)
}

/** A height above the bottom of an axis of decades. */
export function decadePlace(value: number): number {
  return ln(value) / ln(10)
}

/**
 * Heights of 1, 2 and 5 of each decade, from below the least figure to above the greatest; of 1 alone over many decades.
 *
 * @param least - above 0
 */
export function decadeTicks(least: number, most: number, label: (value: number) => string): readonly Tick[] {
  const steps = most / least > 1_000 ? [1] : [1, 2, 5]
  const all: number[] = []
  let decade = 1
  while (decade > least) decade /= 10
  while (decade * 10 <= least) decade *= 10
  for (; all.length === 0 || (all.at(-1) ?? 0) < most; decade *= 10)
    all.push(...steps.map((step) => step * decade))
  const first = all.findLastIndex((value) => value <= least)
  const last = all.findIndex((value) => value >= most)
  return all
    .slice(Math.max(0, first), last < 0 ? all.length : last + 1)
    .map((value) => ({ at: decadePlace(value), label: label(value) }))
}

/**
 * How many replications a given precision takes: they go on until half of the 95 % interval is small against the value.
 *
 * Stopping by what was seen favours samples whose scatter happens to look small, so that intervals hold the truth less often
 * than they say. Against that stand a least number of ten replications before the first look, and few looks.
 * Source: Law, Simulation Modeling and Analysis, 5th ed. (2015), section 9.4.1: relative precision, at least ten replications,
 * no precision wider than 15 %.
 */
import type { Estimate } from '../../results/results-schema.js'

/** Replications before the first look. Law (2015) starts at ten; test/experiment/settle has the coverage that follows. */
export const LEAST_REPLICATIONS = 10

/** A wider interval says little; Law (2015) found coverage too low above it. */
export const WIDEST_PRECISION = 0.15

/** Half of the interval over the value; undefined where there is none. */
export function relativeHalfWidth({ value, halfWidth95 }: Estimate): number | undefined {
  if (value === null || halfWidth95 === null) return undefined
  if (halfWidth95 === 0) return 0
  return value === 0 ? undefined : halfWidth95 / Math.abs(value)
}

/**
 * The number of replications to go on to, if the precision is not reached: half of the interval falls with the root of their number.
 * At most doubled, as the scatter of few replications is a poor guess.
 *
 * @param count - replications so far
 * @param asked - half of the interval over the value, above 0
 * @returns undefined if it is reached
 */
export function nextCount(estimate: Estimate, count: number, asked: number): number | undefined {
  const relative = relativeHalfWidth(estimate)
  if (relative !== undefined && relative <= asked) return undefined
  const share = relative === undefined ? Number.POSITIVE_INFINITY : relative / asked
  return Math.max(count + 1, Math.min(2 * count, Math.ceil(count * share * share)))
}

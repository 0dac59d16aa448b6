/**
 * Pareto and bounded Pareto distributions from a mean and a second figure; see `distribution-fit.ts`.
 * The unknown is y = 1/shape: the spread grows with it, from none at 0.
 */
import type { Distribution } from './distribution.js'
import { paretoMoment } from './distribution-moments.js'
import { exp, expm1, ln, pow } from './exact-math.js'
import { firstCrossing } from './first-crossing.js'

type Pareto = Extract<Distribution, { kind: 'pareto' }>

/** The heaviest tail that is tried where the distribution is cut: a shape of 0.1. */
const LARGEST_INVERSE_SHAPE = 10
const SCAN_STEPS = 500
/** ln(max/min) is at most this: max is at most 1e300 times min. */
const LARGEST_LOG_RANGE = 690

/**
 * The Pareto distribution of a mean and a shape.
 *
 * @param max - where it is cut, above the mean; or Infinity
 * @returns undefined if there is none: a shape of 1 or less without a cut has no finite mean
 */
export function paretoOfShape(mean: number, shape: number, max: number): Pareto | undefined {
  if (max === Number.POSITIVE_INFINITY) {
    return shape > 1 ? { kind: 'pareto', min: (mean * (shape - 1)) / shape, shape, max } : undefined
  }
  // The mean falls as ln(max/min) grows.
  const logRange = firstCrossing(
    (length) => -paretoMoment({ min: exp(-length), shape, max: 1 }, 1),
    -mean / max,
    LARGEST_LOG_RANGE,
    1,
  )
  return logRange.kind === 'reached'
    ? { kind: 'pareto', min: max * exp(-logRange.at), shape, max }
    : undefined
}

/** The Pareto distribution of a mean and a coefficient of variation; or the largest one that there is. */
export function paretoOfCv(mean: number, cv: number, max: number): Pareto | number {
  if (max === Number.POSITIVE_INFINITY) {
    const shape = 1 + Math.sqrt(1 + 1 / (cv * cv))
    return { kind: 'pareto', min: (mean * (shape - 1)) / shape, shape, max }
  }
  return search(mean, max, LARGEST_INVERSE_SHAPE, cv, (pareto) =>
    Math.sqrt(Math.max(0, paretoMoment(pareto, 2) / (mean * mean) - 1)),
  )
}

/** The Pareto distribution of a mean and a 99th percentile, over the mean; or the largest that there is. */
export function paretoOfP99(mean: number, p99Ratio: number, max: number): Pareto | number {
  const end = max === Number.POSITIVE_INFINITY ? 1 - 1 / SCAN_STEPS : LARGEST_INVERSE_SHAPE
  return search(mean, max, end, p99Ratio, (pareto) => paretoQuantile(pareto, 0.99) / mean)
}

/** The value below which a draw lies with probability p. */
export function paretoQuantile({ min, shape, max }: Pareto, p: number): number {
  return min * pow(1 + p * expm1(shape * ln(min / max)), -1 / shape)
}

/** Looks for the lightest tail that gives a figure; each tail is tried with the given mean. */
function search(
  mean: number,
  max: number,
  end: number,
  target: number,
  figure: (pareto: Pareto) => number,
): Pareto | number {
  const figureOf = (inverseShape: number) => {
    const pareto = paretoOfShape(mean, 1 / inverseShape, max)
    return pareto === undefined ? Number.NaN : figure(pareto)
  }
  const crossing = firstCrossing(figureOf, target, end, SCAN_STEPS)
  if (crossing.kind === 'missed') return crossing.largest
  return paretoOfShape(mean, 1 / crossing.at, max) ?? Number.NaN
}

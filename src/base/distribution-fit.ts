/**
 * Distributions from what people know of them: a mean, and how wide it spreads (coefficient of variation, 99th
 * percentile) or the parameter of the family.
 *
 * A fit has the mean and the second figure that were asked for, to about ten digits, or it says why there is none:
 * every family has a range of figures that it can reach. Where two members of a family have the same mean and 99th
 * percentile, the one with the lighter tail is taken.
 * Sources: closed forms of `distribution-moments.ts`; hyperexponential by balanced means, W. Whitt, Approximating a
 * point process by a renewal process, Operations Research 30 (1982), section 3.
 */
import type { Distribution } from './distribution.js'
import { exp, expm1, ln, log1p } from './exact-math.js'
import { firstCrossing } from './first-crossing.js'
import { paretoOfCv, paretoOfP99, paretoOfShape } from './pareto-fit.js'
import { lnGamma, normalQuantile } from './special-functions.js'
import { formatNumber } from './units.js'

/** Families that a mean and at most one more figure (and a cut) determine. */
export type FittedKind =
  | 'constant'
  | 'exponential'
  | 'erlang'
  | 'hyperexponential'
  | 'lognormal'
  | 'weibull'
  | 'pareto'

/** Figures beside the mean. `cv` is deviation over mean; `p99` is in the unit of the mean. */
export type SpreadFigure = 'cv' | 'p99' | 'stages' | 'shape'

/** Which figures each family can be given; exactly one of them, where there are any. */
export const SPREAD_FIGURES: Readonly<Record<FittedKind, readonly SpreadFigure[]>> = {
  constant: [],
  exponential: [],
  erlang: ['stages', 'cv'],
  hyperexponential: ['cv'],
  lognormal: ['cv', 'p99'],
  weibull: ['cv', 'p99', 'shape'],
  pareto: ['cv', 'p99', 'shape'],
}

/** What is known of a distribution. */
export interface FitFigures {
  /** In whatever unit; above 0 (0 as well for a constant). */
  readonly mean: number
  /** 0.01 to 100. */
  readonly cv?: number | undefined
  /** Above the mean. */
  readonly p99?: number | undefined
  /** 1 to 1,000. */
  readonly stages?: number | undefined
  /** 0.05 to 10,000. */
  readonly shape?: number | undefined
  /** Pareto only: no value is above it. Above the mean. */
  readonly max?: number | undefined
}

/** Keeps every intermediate result in range; a nanosecond is a thousand million times longer. */
const SMALLEST_MEAN = 1e-9
/** An Erlang draw costs a step per stage. */
const MAX_STAGES = 1_000
const CV_RANGE = [0.01, 100] as const
const SHAPE_RANGE = [0.05, 10_000] as const
/** How far a coefficient of variation may be from that of a whole number of stages, relatively. */
const STAGES_TOLERANCE = 0.01

/**
 * Finds the member of a family with the given figures.
 *
 * @returns the distribution, in the unit of the mean; or what is wrong with the figures: a statement in English without
 *   a final full stop, which names them as `FitFigures` does
 */
export function fitDistribution(kind: FittedKind, figures: FitFigures): Distribution | string {
  return complaint(kind, figures) ?? member(kind, figures)
}

/** What is wrong with the figures themselves, before any fit. */
function complaint(kind: FittedKind, figures: FitFigures): string | undefined {
  const { mean, cv, p99, shape, stages, max } = figures
  if (!(mean <= Number.MAX_SAFE_INTEGER)) return 'the mean must be below 2^53'
  if (!(mean >= SMALLEST_MEAN || (mean === 0 && kind === 'constant'))) return 'the mean must be above 0'
  const accepted = SPREAD_FIGURES[kind]
  const given = (['cv', 'p99', 'stages', 'shape'] as const).filter((name) => figures[name] !== undefined)
  const alien =
    given.find((name) => !accepted.includes(name)) ??
    (max !== undefined && kind !== 'pareto' ? 'max' : undefined)
  if (alien !== undefined) return `a distribution of kind ${kind} has no ${alien}`
  if (accepted.length > 0 && given.length !== 1) {
    const choice = accepted.length > 1 ? 'exactly one of ' : ''
    return `a distribution of kind ${kind} needs the mean and ${choice}${accepted.join(', ')}`
  }
  if (p99 !== undefined && !(p99 > mean)) return 'p99 must be above the mean'
  if (max !== undefined && !(max > mean && max <= Number.MAX_SAFE_INTEGER))
    return 'max must be above the mean'
  if (p99 !== undefined && max !== undefined && !(p99 < max)) return 'p99 must be below max'
  if (stages !== undefined && !(Number.isSafeInteger(stages) && stages >= 1 && stages <= MAX_STAGES)) {
    return `stages must be a whole number from 1 to ${MAX_STAGES}`
  }
  return outside('cv', cv, CV_RANGE) ?? outside('shape', shape, SHAPE_RANGE)
}

function outside(
  name: string,
  value: number | undefined,
  [low, high]: readonly [number, number],
): string | undefined {
  return value === undefined || (value >= low && value <= high)
    ? undefined
    : `${name} must be from ${low} to ${high}`
}

/** The fit of figures that are complete and in range. */
function member(kind: FittedKind, figures: FitFigures): Distribution | string {
  const { mean } = figures
  switch (kind) {
    case 'constant':
      return { kind, value: mean }
    case 'exponential':
      return { kind, mean }
    case 'erlang':
      return fitErlang(figures)
    case 'hyperexponential':
      return fitHyperexponential(mean, figures.cv ?? 1)
    case 'lognormal':
      return fitLognormal(figures)
    case 'weibull':
      return fitWeibull(figures)
    case 'pareto':
      return fitPareto(figures)
  }
}

function fitErlang({ mean, stages, cv }: FitFigures): Distribution | string {
  if (stages !== undefined) return { kind: 'erlang', mean, stages }
  const asked = cv ?? 1
  const nearest = Math.round(1 / (asked * asked))
  if (nearest < 1 || asked > 1 + STAGES_TOLERANCE) return 'the cv of an erlang distribution is at most 1'
  if (nearest > MAX_STAGES) return `the cv of an erlang distribution is at least ${cvText(MAX_STAGES)}`
  if (Math.abs(asked * Math.sqrt(nearest) - 1) <= STAGES_TOLERANCE)
    return { kind: 'erlang', mean, stages: nearest }
  const more = Math.ceil(1 / (asked * asked))
  return `the cv of an erlang distribution is 1/√stages: ${cvText(more)} or ${cvText(more - 1)}, but not ${asked}`
}

function cvText(stages: number): string {
  return formatNumber(1 / Math.sqrt(stages), 4)
}

/** Both branches contribute half of the mean. */
function fitHyperexponential(mean: number, cv: number): Distribution | string {
  if (cv < 1) return 'the cv of a hyperexponential distribution is at least 1'
  const square = cv * cv
  // Probability of the branch of long times: (1 - √((cv² - 1)/(cv² + 1)))/2, without cancellation.
  const probability = 1 / ((square + 1) * (1 + Math.sqrt((square - 1) / (square + 1))))
  const firstMean = mean / (2 * probability)
  return { kind: 'hyperexponential', probability, firstMean, secondMean: mean / (2 * (1 - probability)) }
}

function fitLognormal({ mean, cv, p99 }: FitFigures): Distribution | string {
  if (cv !== undefined) return lognormal(mean, Math.sqrt(log1p(cv * cv)))
  // p99 = mean·e^(zσ - σ²/2): of the two solutions the smaller, without cancellation.
  const z = normalQuantile(0.99)
  const logRatio = ln((p99 ?? mean) / mean)
  const discriminant = z * z - 2 * logRatio
  if (discriminant < 0) return unreachable('lognormal', 'p99', exp((z * z) / 2))
  return lognormal(mean, (2 * logRatio) / (z + Math.sqrt(discriminant)))
}

function lognormal(mean: number, sigma: number): Distribution {
  return { kind: 'lognormal', mu: ln(mean) - (sigma * sigma) / 2, sigma }
}

function fitWeibull({ mean, cv, p99, shape }: FitFigures): Distribution | string {
  if (shape !== undefined) return weibull(mean, 1 / shape)
  const crossing =
    cv !== undefined
      ? firstCrossing((y) => expm1(lnGamma(1 + 2 * y) - 2 * lnGamma(1 + y)), cv * cv, 1 / SHAPE_RANGE[0], 500)
      : // The 99th percentile is scale·(ln 100)^(1/shape), the mean scale·Γ(1 + 1/shape); it peaks at 1/shape = 4.1.
        firstCrossing((y) => exp(y * ln(ln(100)) - lnGamma(1 + y)), (p99 ?? mean) / mean, 5, 500)
  if (crossing.kind === 'reached') return weibull(mean, crossing.at)
  return cv !== undefined
    ? unreachable('weibull', 'cv', Math.sqrt(crossing.largest))
    : unreachable('weibull', 'p99', crossing.largest)
}

function weibull(mean: number, inverseShape: number): Distribution {
  return { kind: 'weibull', scale: mean / exp(lnGamma(1 + inverseShape)), shape: 1 / inverseShape }
}

function fitPareto({
  mean,
  cv,
  p99,
  shape,
  max = Number.POSITIVE_INFINITY,
}: FitFigures): Distribution | string {
  if (shape !== undefined) {
    const pareto = paretoOfShape(mean, shape, max)
    if (pareto !== undefined) return pareto
    return max === Number.POSITIVE_INFINITY
      ? 'without max, the shape of a pareto distribution must be above 1'
      : 'max is too far above the mean for a pareto distribution of such a shape'
  }
  const found = cv !== undefined ? paretoOfCv(mean, cv, max) : paretoOfP99(mean, (p99 ?? mean) / mean, max)
  return typeof found === 'number' ? unreachable('pareto', cv !== undefined ? 'cv' : 'p99', found) : found
}

function unreachable(kind: FittedKind, figure: 'cv' | 'p99', largest: number): string {
  const limit = formatNumber(largest, 4)
  return figure === 'cv'
    ? `the cv of such a ${kind} distribution is at most ${limit}`
    : `the p99 of such a ${kind} distribution is at most ${limit} times its mean`
}

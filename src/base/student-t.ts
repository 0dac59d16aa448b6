/**
 * Student's t distribution, for confidence intervals of means, and the regularised incomplete beta function behind it.
 *
 * Sources: NIST Digital Library of Mathematical Functions 8.17.22 (continued fraction, evaluated by W. J. Lentz' method
 * as in Numerical Recipes, section 6.4); Abramowitz and Stegun 26.7.1 (distribution) and 26.7.5 (expansion of the
 * quantile for many degrees of freedom).
 */
import { exp, ln, log1p } from './exact-math.js'
import { lnGamma } from './gamma-function.js'
import { normalQuantile } from './normal-quantile.js'

const EPSILON = 1.1102230246251565e-16
/** Keeps a denominator of the continued fraction from being zero. */
const TINY = 1e-300
/** Far more than any argument needs; a bound all the same. */
const MAX_STEPS = 1_000_000
/** From here on the expansion in 1/degrees of freedom is accurate to 1e-13. */
const EXPANSION_FROM = 1_000

/**
 * I_x(a, b): the distribution function at x of a beta distribution.
 *
 * @param x - 0 to 1
 * @param a - above 0
 * @param b - above 0
 * @throws RangeError if an argument is out of range
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1 && a > 0 && b > 0)) throw new RangeError(`no beta distribution for ${x}, ${a}, ${b}`)
  if (x === 0 || x === 1) return x
  const factor = exp(a * ln(x) + b * log1p(-x) + lnGamma(a + b) - lnGamma(a) - lnGamma(b))
  return x < (a + 1) / (a + b + 2)
    ? (factor * betaFraction(x, a, b)) / a
    : 1 - (factor * betaFraction(1 - x, b, a)) / b
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m <= MAX_STEPS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / nonZero(1 + even * d)
    c = nonZero(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / nonZero(1 + odd * d)
    c = nonZero(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) <= 2 * EPSILON) break
  }
  return fraction
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

/**
 * The value below which a draw of Student's t distribution lies with probability p; 0.975 for 95 % intervals.
 *
 * @param p - above 0 and below 1
 * @param degreesOfFreedom - at least 1
 * @returns the value with a relative error below 1e-11
 * @throws RangeError if an argument is out of range
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (!(p > 0 && p < 1 && degreesOfFreedom >= 1)) {
    throw new RangeError(`no t quantile for the probability ${p} and ${degreesOfFreedom} degrees of freedom`)
  }
  if (p === 0.5) return 0
  if (p < 0.5) return -studentTQuantile(1 - p, degreesOfFreedom)
  return degreesOfFreedom >= EXPANSION_FROM
    ? expandedQuantile(p, degreesOfFreedom)
    : searchedQuantile(p, degreesOfFreedom)
}

/**
 * P(|T| ≥ |t|): how likely a value at least as far from 0 is, for the two-sided t test.
 *
 * @param degreesOfFreedom - at least 1; need not be an integer (Welch)
 * @throws RangeError if an argument is out of range
 */
export function studentTTwoSided(t: number, degreesOfFreedom: number): number {
  if (!(Number.isFinite(t) && degreesOfFreedom >= 1))
    throw new RangeError(`no t test for ${t} and ${degreesOfFreedom} degrees of freedom`)
  return 2 * upperTail(Math.abs(t), degreesOfFreedom)
}

/** P(T > t), for t from 0. */
function upperTail(t: number, degreesOfFreedom: number): number {
  return regularisedBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5) / 2
}

function searchedQuantile(p: number, degreesOfFreedom: number): number {
  let low = 0
  let high = 1
  while (upperTail(high, degreesOfFreedom) > 1 - p) {
    low = high
    high *= 2
  }
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (upperTail(middle, degreesOfFreedom) > 1 - p) low = middle
    else high = middle
  }
  return high
}

function expandedQuantile(p: number, degreesOfFreedom: number): number {
  const x = normalQuantile(p)
  const z = x * x
  const first = (x * (z + 1)) / 4
  const second = (x * (3 + z * (16 + 5 * z))) / 96
  const third = (x * (-15 + z * (17 + z * (19 + 3 * z)))) / 384
  const fourth = (x * (-945 + z * (-1920 + z * (1482 + z * (776 + 79 * z))))) / 92_160
  const n = degreesOfFreedom
  return x + (first + (second + (third + fourth / n) / n) / n) / n
}

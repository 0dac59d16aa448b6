/**
 * The gamma function's logarithm, the regularised incomplete gamma function, and with it the chi-square test.
 *
 * Left out: arguments that are not positive.
 * Sources: NIST Digital Library of Mathematical Functions 5.11.1 (Stirling's series), 8.7.1 (series), 8.9.2 (continued
 * fraction, evaluated by W. J. Lentz' method as in Numerical Recipes, section 5.2).
 */
import { exp, ln, log1p } from './exact-math.js'

const HALF_LN_TWO_PI = 0.9189385332046727
/** From here on Stirling's series is accurate to the last digits. */
const STIRLING_FROM = 10
const EPSILON = 1.1102230246251565e-16
/** Keeps a denominator of the continued fraction from being zero. */
const TINY = 1e-300
/** Far more than any argument needs; a bound all the same. */
const MAX_STEPS = 1_000_000

/**
 * ln Γ(x).
 *
 * @param x - above 0
 * @returns the value with an error below 1e-14, or below 1e-15 of it where it is large
 * @throws RangeError if x is not above 0
 */
export function lnGamma(x: number): number {
  assertPositive(x)
  // Γ(x) = Γ(x + n) / (x·(x + 1)·…·(x + n - 1))
  let product = 1
  let shifted = x
  for (; shifted < STIRLING_FROM; shifted += 1) product *= shifted
  return (shifted - 0.5) * ln(shifted) - shifted + HALF_LN_TWO_PI + stirlingRest(shifted) - ln(product)
}

/** ln Γ(x) - ((x - 1/2)·ln x - x + ln(2π)/2), for x from 10. */
function stirlingRest(x: number): number {
  const z = 1 / (x * x)
  return (
    (1 / 12 +
      z *
        (-1 / 360 +
          z * (1 / 1260 + z * (-1 / 1680 + z * (1 / 1188 + z * (-691 / 360_360 + z * (1 / 156))))))) /
    x
  )
}

/**
 * P(a, x) = γ(a, x)/Γ(a): the distribution function at x of a gamma distribution of shape a and scale 1.
 *
 * @param a - above 0
 * @param x - from 0
 * @throws RangeError if an argument is out of range
 */
export function regularisedGammaP(a: number, x: number): number {
  return isLowSide(a, x) ? lowerSeries(a, x) : 1 - upperFraction(a, x)
}

/** Q(a, x) = 1 - P(a, x), accurate where it is small. */
export function regularisedGammaQ(a: number, x: number): number {
  return isLowSide(a, x) ? 1 - lowerSeries(a, x) : upperFraction(a, x)
}

/**
 * Probability that chi-square with so many degrees of freedom is at least x: the p-value of a chi-square test.
 *
 * @param x - the statistic, from 0
 * @param degreesOfFreedom - above 0
 * @throws RangeError if an argument is out of range
 */
export function chiSquareUpperTail(x: number, degreesOfFreedom: number): number {
  return regularisedGammaQ(degreesOfFreedom / 2, x / 2)
}

function isLowSide(a: number, x: number): boolean {
  assertPositive(a)
  if (!(x >= 0)) throw new RangeError(`not from 0 on: ${x}`)
  return x < a + 1
}

/** x^a·e^-x/Γ(a + 1), without loss of digits where a and x are large and close. */
function density(a: number, x: number): number {
  if (x === 0) return 0
  if (a < STIRLING_FROM) return exp(a * ln(x) - x - lnGamma(a + 1))
  const relative = (x - a) / a
  return exp(-a * (relative - log1p(relative)) - 0.5 * ln(a) - HALF_LN_TWO_PI - stirlingRest(a))
}

function lowerSeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let divisor = a + 1; term > sum * EPSILON; divisor += 1) {
    term *= x / divisor
    sum += term
  }
  return Math.min(1, sum * density(a, x))
}

function upperFraction(a: number, x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0
  let b = x + 1 - a
  let c = 1 / TINY
  let d = 1 / b
  let fraction = d
  for (let i = 1; i <= MAX_STEPS; i += 1) {
    const numerator = -i * (i - a)
    b += 2
    d = 1 / nonZero(numerator * d + b)
    c = nonZero(b + numerator / c)
    const factor = c * d
    fraction *= factor
    if (Math.abs(factor - 1) <= 2 * EPSILON) break
  }
  return Math.min(1, fraction * a * density(a, x))
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}

function assertPositive(value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) throw new RangeError(`not above 0: ${value}`)
}

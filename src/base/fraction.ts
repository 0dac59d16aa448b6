/**
 * Exact probabilities: fractions of whole numbers of any size.
 *
 * A way through `statistic` rules is drawn with a chance of n/2^31 at each of them, so the chance of a whole way is a product
 * of such fractions, and the chances of all ways add up to exactly 1. Fractions are kept as they come, not reduced:
 * `715827883/2147483648` says more to a reader of rules than its shortest form.
 */

/** numerator / denominator; the denominator is above 0. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

export const ONE: Fraction = { numerator: 1n, denominator: 1n }
export const ZERO: Fraction = { numerator: 0n, denominator: 1n }

/** Digits that `fractionRatio` keeps: more than a double has. */
const RATIO_SCALE = 10n ** 20n

/** A fraction of two safe integers. */
export function fraction(numerator: number, denominator: number): Fraction {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) }
}

export function times(one: Fraction, other: Fraction): Fraction {
  return {
    numerator: one.numerator * other.numerator,
    denominator: one.denominator * other.denominator,
  }
}

/** The sum, over the larger denominator if the smaller one divides it. */
export function plus(one: Fraction, other: Fraction): Fraction {
  const [small, large] = one.denominator <= other.denominator ? [one, other] : [other, one]
  if (large.denominator % small.denominator === 0n) {
    const factor = large.denominator / small.denominator
    return { numerator: large.numerator + small.numerator * factor, denominator: large.denominator }
  }
  return {
    numerator: one.numerator * other.denominator + other.numerator * one.denominator,
    denominator: one.denominator * other.denominator,
  }
}

/** What is left of 1. */
export function complement({ numerator, denominator }: Fraction): Fraction {
  return { numerator: denominator - numerator, denominator }
}

export function isEqual(one: Fraction, other: Fraction): boolean {
  return one.numerator * other.denominator === other.numerator * one.denominator
}

/** The nearest double, to 20 decimals. */
export function fractionRatio({ numerator, denominator }: Fraction): number {
  return Number((numerator * RATIO_SCALE) / denominator) / Number(RATIO_SCALE)
}

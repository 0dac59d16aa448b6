/**
 * Natural logarithm from + − × ÷ only; see `exact-math.ts`.
 *
 * Sources: `ln` is the algorithm of fdlibm 5.3 (`e_log.c`) with its coefficients, and its notice follows; `log1p` is
 * W. Kahan's, in N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 1.14.
 *
 * Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.
 * Developed at SunSoft, a Sun Microsystems, Inc. business. Permission to use, copy, modify, and distribute this
 * software is freely granted, provided that this notice is preserved.
 */
import { binaryExponent, binaryMantissa } from './float-bits.js'

/** ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const SMALLEST_NORMAL = 2.2250738585072014e-308
const TWO_54 = 18_014_398_509_481_984

/**
 * Natural logarithm.
 *
 * @param x - any number; 0 gives -Infinity, a negative one NaN
 * @remarks Error at most 1 unit in the last place.
 */
export function ln(x: number): number {
  if (x >= SMALLEST_NORMAL && x < Number.POSITIVE_INFINITY) return lnOfNormal(x, 0)
  if (x > 0) return x === Number.POSITIVE_INFINITY ? x : lnOfNormal(x * TWO_54, -54)
  return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
}

/** ln(x · 2^shift). */
function lnOfNormal(x: number, shift: number): number {
  let exponent = shift + binaryExponent(x)
  let mantissa = binaryMantissa(x)
  if (mantissa > Math.SQRT2) {
    exponent += 1
    mantissa *= 0.5
  }
  // x = 2^exponent · (1 + f), with sqrt(1/2) < 1 + f <= sqrt(2); ln(1 + f) = f - f²/2 + s·(f²/2 + R(s²)).
  const f = mantissa - 1
  const s = f / (2 + f)
  const halfSquare = 0.5 * f * f
  const rest = s * (halfSquare + seriesRest(s * s)) + exponent * LN2_LOW
  return exponent * LN2_HIGH - (halfSquare - rest - f)
}

/** R with ln((1 + s) / (1 - s)) = 2s + s·R(s²), for s² up to 0.0295; error below 2^-58.45 (Remez). */
function seriesRest(z: number): number {
  const w = z * z
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373))
  const odd =
    0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586))
  return z * odd + even
}

/**
 * ln(1 + x), accurate where x is near 0.
 *
 * @param x - any number; -1 gives -Infinity, one below NaN
 * @remarks Error at most 4 units in the last place.
 */
export function log1p(x: number): number {
  const sum = 1 + x
  if (sum === 1) return x
  return sum > 0 && sum < Number.POSITIVE_INFINITY ? (ln(sum) * x) / (sum - 1) : ln(sum)
}

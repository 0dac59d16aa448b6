/**
 * Exponential from + − × ÷ only; see `exact-math.ts`.
 *
 * Sources: `exp` is the algorithm of fdlibm 5.3 (`e_exp.c`) with its coefficients, and its notice follows; `expm1` is
 * W. Kahan's, in N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 1.14.
 *
 * Copyright (C) 2004 by Sun Microsystems, Inc. All rights reserved.
 * Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is
 * preserved.
 */
import { ln } from './exact-ln.js'
import { scaleByPowerOfTwo } from './float-bits.js'

/** ln 2 in two parts; the first has 32 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const INVERSE_LN2 = Math.LOG2E
/** Beyond these the result is infinite, or rounds to zero. */
const LARGEST_ARGUMENT = 709.782712893384
const SMALLEST_ARGUMENT = -745.1332191019412

/**
 * e to the power of x.
 *
 * @param x - any number; above 709.79 gives Infinity, below -745.14 gives 0
 * @remarks Error at most 1 unit in the last place.
 */
export function exp(x: number): number {
  if (!(x <= LARGEST_ARGUMENT)) return x + Number.POSITIVE_INFINITY
  if (x < SMALLEST_ARGUMENT) return 0
  // x = n·ln 2 + r with |r| <= ln(2)/2, and r = high - low.
  const n = Math.floor(x * INVERSE_LN2 + 0.5)
  const high = x - n * LN2_HIGH
  const low = n * LN2_LOW
  const r = high - low
  const c = r - expRest(r * r)
  return scaleByPowerOfTwo(1 - (low - (r * c) / (2 - c) - high), n)
}

/** R - 2, where R(r²) = r·(e^r + 1)/(e^r - 1), for |r| up to ln(2)/2; error below 2^-59 (Remez). */
export function expRest(z: number): number {
  const high = 6.613756321437934e-5 + z * (-1.6533902205465252e-6 + z * 4.1381367970572385e-8)
  return z * (0.16666666666666602 + z * (-0.0027777777777015593 + z * high))
}

/**
 * e^x - 1, accurate where x is near 0.
 *
 * @param x - any number; above 709.79 gives Infinity
 * @remarks Error at most 4 units in the last place.
 */
export function expm1(x: number): number {
  const power = exp(x)
  if (power === 1) return x
  if (!(Math.abs(x) < 1)) return power - 1
  return ((power - 1) * x) / ln(power)
}

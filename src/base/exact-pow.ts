/**
 * Powers from + − × ÷ only; see `exact-math.ts`.
 *
 * x^y is 2^(y·log2 x). An error of log2 x is multiplied by up to 1075, hence log2 x is computed with some twenty bits
 * more than a double has, as a sum of two doubles. Left out: negative bases, which no distribution needs.
 *
 * Source: the algorithm of fdlibm 5.3 (`e_pow.c`) with its coefficients; numbers are halved by Dekker's method instead
 * of through their bits. Its notice follows.
 *
 * Copyright (C) 2004 by Sun Microsystems, Inc. All rights reserved.
 * Permission to use, copy, modify, and distribute this software is freely granted, provided that this notice is
 * preserved.
 */
import { expRest } from './exact-exp.js'
import { binaryExponent, binaryMantissa, scaleByPowerOfTwo, upperHalf } from './float-bits.js'

const SQRT_1_5 = 1.224744871391589
const SQRT_3 = 1.7320508075688772
const SMALLEST_NORMAL = 2.2250738585072014e-308
const TWO_54 = 18_014_398_509_481_984
const TWO_64 = 18_446_744_073_709_552_000

/** 2/(3·ln 2), as one number and in two parts, the first of 24 bits. */
const LOG_SCALE = 0.9617966939259756
const LOG_SCALE_HIGH = 0.9617967009544373
const LOG_SCALE_LOW = -7.028461650952758e-9
/** log2 1.5 in two parts, the first of 23 bits. */
const LOG2_1_5_HIGH = 0.5849624872207642
const LOG2_1_5_LOW = 1.350039202129749e-8
/** ln 2, as one number and in two parts, the first of 24 bits. */
const LN2 = Math.LN2
const LN2_HIGH = 0.6931471824645996
const LN2_LOW = -1.904654299957768e-9
/** How far above 1024 an exponent may be that still rounds to a finite number: 1024 - log2(largest double + ulp/2). */
const OVERFLOW_MARGIN = 8.008566259537294e-17

/** The last result of `computeLog2`: two numbers to be added, the first of 26 bits. Here, so as to allocate nothing. */
const log2Parts = new Float64Array(2)

/**
 * x to the power of y.
 *
 * @param x - the base, not negative; a negative one gives NaN
 * @param y - any exponent; 0 gives 1 whatever the base
 * @returns as IEEE 754: 0 or Infinity where the result is out of range, pow(1, y) = 1 for any y
 * @remarks Error at most 1 unit in the last place.
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1
  if (!(x >= 0) || Number.isNaN(y)) return Number.NaN
  // With so large an exponent, or such a base, the result is 0 or Infinity, and the side of 1 decides which.
  if (x === 0 || x === Number.POSITIVE_INFINITY || Math.abs(y) >= TWO_64) {
    return x > 1 === y > 0 ? Number.POSITIVE_INFINITY : 0
  }
  computeLog2(x)
  const logHigh = log2Parts[0]
  const yHigh = upperHalf(y)
  return exp2(yHigh * logHigh, (y - yHigh) * logHigh + y * log2Parts[1])
}

/** log2 x with an error below 2^-64 of it, into `log2Parts`. */
function computeLog2(x: number): void {
  const normal = x < SMALLEST_NORMAL ? x * TWO_54 : x
  let exponent = binaryExponent(normal) - (x < SMALLEST_NORMAL ? 54 : 0)
  let mantissa = binaryMantissa(normal)
  if (mantissa >= SQRT_3) {
    exponent += 1
    mantissa *= 0.5
  }
  // ln(mantissa / base) = ln((1 + s) / (1 - s)) with s = (mantissa - base) / (mantissa + base), |s| <= 0.1011.
  const base = mantissa < SQRT_1_5 ? 1 : 1.5
  const difference = mantissa - base
  const inverseSum = 1 / (mantissa + base)
  const s = difference * inverseSum
  const sHigh = upperHalf(s)
  const sumHigh = upperHalf(mantissa + base)
  const sumLow = mantissa - (sumHigh - base)
  const sLow = inverseSum * (difference - sHigh * sumHigh - sHigh * sumLow)
  // 3 + s² + rest is 3/(2s) times that logarithm.
  const rest = seriesRest(s * s) + sLow * (sHigh + s)
  const square = sHigh * sHigh
  const seriesHigh = upperHalf(3 + square + rest)
  const seriesLow = rest - (seriesHigh - 3 - square)
  const leading = sHigh * seriesHigh
  const trailing = sLow * seriesHigh + seriesLow * s
  const productHigh = upperHalf(leading + trailing)
  const productLow = trailing - (productHigh - leading)
  // Times 2/(3·ln 2), plus log2 base, plus the exponent.
  const scaledHigh = LOG_SCALE_HIGH * productHigh
  const baseHigh = base === 1 ? 0 : LOG2_1_5_HIGH
  const scaledLow = LOG_SCALE_LOW * productHigh + productLow * LOG_SCALE + (base === 1 ? 0 : LOG2_1_5_LOW)
  const high = upperHalf(scaledHigh + scaledLow + baseHigh + exponent)
  log2Parts[0] = high
  log2Parts[1] = scaledLow - (high - exponent - baseHigh - scaledHigh)
}

/** (3/2)·(ln((1 + s)/(1 - s))/s - 2) - s², as a function of s² up to 0.0103; error below 2^-66 (Remez). */
function seriesRest(z: number): number {
  const high = 0.272728123808534 + z * (0.23066074577556175 + z * 0.20697501780033842)
  return z * z * (0.5999999999999946 + z * (0.4285714285785502 + z * (0.33333332981837743 + z * high)))
}

/** 2 to the power of high + low, where |low| is far below |high|. */
function exp2(high: number, low: number): number {
  const sum = high + low
  if (sum >= 1024 && (sum > 1024 || low + OVERFLOW_MARGIN > sum - high)) return Number.POSITIVE_INFINITY
  if (sum <= -1075 && (sum < -1075 || low <= sum - high)) return 0
  const n = Math.floor(sum + 0.5)
  const fraction = high - n
  const fractionHigh = upperHalf(low + fraction)
  const leading = fractionHigh * LN2_HIGH
  const trailing = (low - (fractionHigh - fraction)) * LN2 + fractionHigh * LN2_LOW
  const r = leading + trailing
  const rLow = trailing - (r - leading)
  const c = r - expRest(r * r)
  const rest = (r * c) / (c - 2) - (rLow + r * rLow)
  return scaleByPowerOfTwo(1 - (rest - r), n)
}

/**
 * The parts of a double: its exponent, its scaling by powers of two, and a cut that leaves 26 bits of it.
 * All results are exact, and the same on processors of either byte order.
 */

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)
float[0] = 1
/** Where the word with sign and exponent lies. */
const HIGH_WORD = words[1] === 0x3ff00000 ? 1 : 0

const MIN_EXPONENT = -1022
const MAX_EXPONENT = 1023

/** 2^-1022 to 2^1023. */
const POWERS_OF_TWO = new Float64Array(MAX_EXPONENT - MIN_EXPONENT + 1)
for (let index = 0, power = 2.2250738585072014e-308; index < POWERS_OF_TWO.length; index += 1, power *= 2) {
  POWERS_OF_TWO[index] = power
}

/**
 * The power of two at or below a positive normal number: `floor(log2(x))`.
 *
 * @param x - 2^-1022 to the largest double
 * @returns -1022 to 1023
 */
export function binaryExponent(x: number): number {
  float[0] = x
  return (words[HIGH_WORD] >>> 20) - MAX_EXPONENT
}

/**
 * A positive normal number divided by its power of two: `x / 2^binaryExponent(x)`.
 *
 * @returns 1 to below 2
 */
export function binaryMantissa(x: number): number {
  float[0] = x
  words[HIGH_WORD] = (words[HIGH_WORD] & 0xfffff) | 0x3ff00000
  return float[0]
}

/** 2^n, for n an integer from -1022 to 1023. */
export function powerOfTwo(n: number): number {
  return POWERS_OF_TWO[n - MIN_EXPONENT]
}

/**
 * x · 2^n with one rounding, also where the result is subnormal, zero or infinite.
 *
 * @param x - 0.5 to 2
 * @param n - an integer from -1100 to 1100
 */
export function scaleByPowerOfTwo(x: number, n: number): number {
  if (n > MAX_EXPONENT) return x * powerOfTwo(1000) * powerOfTwo(n - 1000)
  if (n > MIN_EXPONENT) return x * powerOfTwo(n)
  // 2^(n + 200) is normal, so that only the last product rounds.
  return x * powerOfTwo(n + 200) * powerOfTwo(-200)
}

/**
 * The upper half of a number: at most 26 bits, so that the product of two of them is exact.
 * The rest, `x - upperHalf(x)`, has at most 26 bits as well.
 *
 * @param x - absolute value below 2^990
 * @source T. J. Dekker, A floating-point technique for extending the available precision, 1971 (Veltkamp's splitting)
 */
export function upperHalf(x: number): number {
  const scaled = 134_217_729 * x
  return scaled - (scaled - x)
}

/**
 * A slow reference for exact mathematics: fixed-point integers with 256 bits behind the point.
 * Used only to judge results; shares nothing with the code under test.
 */

const FRACTION_BITS = 256n
const ONE = 1n << FRACTION_BITS

/** A positive real: `fixed` · 2^(exponent - 256), with `fixed` known to about 2^-250 of itself. */
export interface Real {
  readonly fixed: bigint
  readonly exponent: number
}

/** A finite double as sign · mantissa · 2^exponent, with a mantissa of 53 bits, or fewer if it is subnormal. */
export function splitDouble(x: number): { sign: bigint; mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const sign = bits >> 63n === 0n ? 1n : -1n
  const biased = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  return biased === 0
    ? { sign, mantissa: fraction, exponent: -1074 }
    : { sign, mantissa: fraction | (1n << 52n), exponent: biased - 1075 }
}

function shift(value: bigint, bits: number): bigint {
  return bits >= 0 ? value << BigInt(bits) : value >> BigInt(-bits)
}

/** A double as a fixed-point number; exact for |x| above 2^-200. */
export function toFixed(x: number): bigint {
  const { sign, mantissa, exponent } = splitDouble(x)
  return sign * shift(mantissa, exponent + Number(FRACTION_BITS))
}

/** ln of m, 1 <= m < 2, by 2·artanh((m - 1)/(m + 1)). */
function lnOfMantissa(m: bigint): bigint {
  const s = ((m - ONE) << FRACTION_BITS) / (m + ONE)
  const square = (s * s) >> FRACTION_BITS
  let sum = 0n
  for (let power = s, divisor = 1n; power !== 0n; divisor += 2n) {
    sum += power / divisor
    power = (power * square) >> FRACTION_BITS
  }
  return 2n * sum
}

/** ln 2 = 3·artanh-type value of 2: from ln(4/3) and ln(3/2), both mantissas. */
const LN2 = lnOfMantissa((ONE * 4n) / 3n) + lnOfMantissa((ONE * 3n) / 2n)

/** ln x of a positive double, as a fixed-point number. */
export function lnFixed(x: number): bigint {
  const { mantissa, exponent } = splitDouble(x)
  const length = mantissa.toString(2).length
  const m = shift(mantissa, Number(FRACTION_BITS) - (length - 1))
  return lnOfMantissa(m) + BigInt(exponent + length - 1) * LN2
}

/** e to the power of a fixed-point number. */
export function expOfFixed(value: bigint): Real {
  const n = value >= 0n ? value / LN2 : -((-value + LN2 - 1n) / LN2)
  const r = value - n * LN2
  let sum = 0n
  let term = ONE
  for (let k = 1n; term !== 0n; k += 1n) {
    sum += term
    term = ((term * r) >> FRACTION_BITS) / k
  }
  return { fixed: sum, exponent: Number(n) }
}

/** x^y for positive x. */
export function powReference(x: number, y: number): Real {
  const { sign, mantissa, exponent } = splitDouble(y)
  return expOfFixed(sign * shift(lnFixed(x) * mantissa, exponent))
}

/** Distance of a double from a real (sign ignored), in units in the last place of the double. */
export function errorInUlps(actual: number, expected: Real): number {
  const { mantissa, exponent } = splitDouble(actual)
  const scale = expected.exponent - Number(FRACTION_BITS) - exponent + 20
  const difference = shift(expected.fixed, scale) - (mantissa << 20n)
  return Math.abs(Number(difference)) / 2 ** 20
}

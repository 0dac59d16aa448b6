import { describe, expect, it } from 'vitest'
import {
  binaryExponent,
  binaryMantissa,
  powerOfTwo,
  scaleByPowerOfTwo,
  upperHalf,
} from '../../src/base/float-bits.js'

describe('parts of a double', () => {
  it.each([
    [1, 0, 1],
    [1.5, 0, 1.5],
    [2, 1, 1],
    [0.75, -1, 1.5],
    [2 ** -1022, -1022, 1],
    [Number.MAX_VALUE, 1023, 2 - 2 ** -52],
  ])('%d is 2^%d times %d', (x, exponent, mantissa) => {
    expect(binaryExponent(x)).toBe(exponent)
    expect(binaryMantissa(x)).toBe(mantissa)
  })

  it('knows every normal power of two', () => {
    for (let n = -1022; n <= 1023; n += 1) expect(powerOfTwo(n)).toBe(2 ** n)
  })

  it.each([
    [1.5, 3, 12],
    [1, 1024, Number.POSITIVE_INFINITY],
    [0.75, 1024, 0.75 * 2 * 2 ** 1023],
    [1, -1074, Number.MIN_VALUE],
    [0.75, -1074, Number.MIN_VALUE],
    [1, -1100, 0],
    // Rounding once: halfway between two subnormal numbers, and just above.
    [1.5, -1074, 2 * Number.MIN_VALUE],
    [1 + 2 ** -52, -1075, Number.MIN_VALUE],
    [1, -1075, 0],
  ])('%d scaled by 2^%d is %d', (x, n, expected) => {
    expect(scaleByPowerOfTwo(x, n)).toBe(expected)
  })

  it('cuts numbers into halves of at most 26 bits', () => {
    for (const x of [Math.PI, 1 / 3, 1e300, -Math.E]) {
      const high = upperHalf(x)
      const low = x - high
      expect(high + low).toBe(x)
      expect(Math.abs(low)).toBeLessThanOrEqual(Math.abs(x) * 2 ** -26)
      expect(Number.isInteger(high / powerOfTwo(binaryExponent(Math.abs(high)) - 25))).toBe(true)
    }
  })
})

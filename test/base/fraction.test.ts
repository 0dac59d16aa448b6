import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  complement,
  fraction,
  fractionRatio,
  isEqual,
  ONE,
  plus,
  times,
  ZERO,
} from '../../src/base/fraction.js'

const fractions = fc
  .tuple(fc.nat(1_000_000), fc.integer({ min: 1, max: 1_000_000 }))
  .map(([numerator, denominator]) => fraction(numerator, denominator))

describe('fractions', () => {
  it('are kept as they come', () => {
    expect(times(fraction(1, 2), fraction(2, 4))).toEqual({ numerator: 2n, denominator: 8n })
    expect(plus(fraction(1, 8), fraction(1, 2))).toEqual({ numerator: 5n, denominator: 8n })
    expect(plus(fraction(1, 2), fraction(1, 3))).toEqual({ numerator: 5n, denominator: 6n })
    expect(complement(fraction(3, 8))).toEqual({ numerator: 5n, denominator: 8n })
  })

  it('are equal by value', () => {
    expect(isEqual(fraction(1, 2), fraction(2, 4))).toBe(true)
    expect(isEqual(fraction(1, 2), fraction(2, 5))).toBe(false)
  })

  it('become the nearest double, however many digits they have', () => {
    expect(fractionRatio(fraction(715_827_883, 2 ** 31))).toBe(0.333_333_333_488_553_76)
    const tiny = Array.from({ length: 100 }).reduce(
      (product) => times(product as typeof ONE, fraction(1, 2)),
      ONE,
    )
    expect(fractionRatio(tiny as typeof ONE)).toBe(0)
    expect(fractionRatio({ numerator: 10n ** 400n, denominator: 3n * 10n ** 400n })).toBe(1 / 3)
  })

  it('add up to 1 with what is left of 1', () => {
    fc.assert(
      fc.property(fractions, (each) => {
        expect(isEqual(plus(each, complement(each)), ONE)).toBe(true)
        expect(isEqual(plus(each, ZERO), each)).toBe(true)
      }),
      { seed: 1 },
    )
  })

  it('multiply and add in any order', () => {
    fc.assert(
      fc.property(fractions, fractions, fractions, (a, b, c) => {
        expect(isEqual(times(a, plus(b, c)), plus(times(a, b), times(a, c)))).toBe(true)
      }),
      { seed: 2 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { studentTTwoSided } from '../../../src/base/special-functions.js'
import { Streams } from '../../../src/engine/streams.js'
import {
  pairedDifference,
  type Sample,
  unpairedDifference,
} from '../../../src/experiment/compare/difference.js'
import { holmBonferroni } from '../../../src/experiment/compare/holm.js'

const sample = (values: readonly number[]): Sample => ({
  mean: values.reduce((sum, each) => sum + each, 0) / values.length,
  values,
  halfWidth95: null,
  replications: values.length,
})

const numbers = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 3, maxLength: 20 })

describe('pairedDifference', () => {
  test('is mean and Student t of the differences', () => {
    // D = 1, 2, 3: mean 2, s = 1, t(0.975, 2) = 4.30265273
    const { difference, low95, high95, pValue } = pairedDifference([10, 20, 30], [11, 22, 33])
    expect(difference).toBe(2)
    expect(low95).toBeCloseTo(2 - 4.30265273 / Math.sqrt(3), 7)
    expect(high95).toBeCloseTo(2 + 4.30265273 / Math.sqrt(3), 7)
    // t = 2·√3 with 2 degrees of freedom: p = 1 − t / √(t² + 2) = 1 − √(12/14)
    expect(pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 10)
  })

  test('is exactly nothing of a series with itself, and turns its sign with its arguments', () => {
    fc.assert(
      fc.property(numbers, numbers, (left, right) => {
        const count = Math.min(left.length, right.length)
        const [a, b] = [left.slice(0, count), right.slice(0, count)]
        expect(pairedDifference(a, a)).toMatchObject({ difference: 0, low95: 0, high95: 0, isEqual: true })
        const [there, back] = [pairedDifference(a, b), pairedDifference(b, a)]
        expect((there.difference ?? 0) + (back.difference ?? 0)).toBeCloseTo(0, 9)
        expect((there.low95 ?? 0) + (back.high95 ?? 0)).toBeCloseTo(0, 6)
        expect(there.pValue).toBe(back.pValue)
      }),
      { seed: 5 },
    )
  })

  test('has an interval that excludes 0 just where its test says 5 %', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const { low95, high95, pValue } = pairedDifference(
          values.map(() => 0),
          values,
        )
        fc.pre(low95 !== null && high95 !== null && pValue !== null)
        expect((low95 ?? 0) > 0 || (high95 ?? 0) < 0).toBe((pValue ?? 1) < 0.05)
      }),
      { seed: 6 },
    )
  })

  test('lies around the difference of all requests together where there is one', () => {
    // D = 1, 2, 3 around 4: s² = (9 + 4 + 1) / 2 = 7, t(0.975, 2) = 4.30265273
    const { difference, low95 } = pairedDifference([10, 20, 30], [11, 22, 33], 4)
    expect(difference).toBe(4)
    expect(low95).toBeCloseTo(4 - 4.30265273 * Math.sqrt(7 / 3), 7)
  })

  test('leaves out replications that one side has nothing of', () => {
    expect(pairedDifference([1, null, 3], [2, 5, null])).toMatchObject({
      difference: 1,
      low95: null,
      pValue: null,
    })
  })
})

describe('unpairedDifference', () => {
  test("is Welch's", () => {
    // means 2 and 20, s² = 1 and 100, n = 3: f = (1/3 + 100/3)² / ((1/9 + 10000/9) / 2) = 2.0400
    const found = unpairedDifference(sample([1, 2, 3]), sample([10, 20, 30]))
    expect(found.difference).toBe(18)
    const t = 18 / Math.sqrt(101 / 3)
    expect(found.pValue).toBeCloseTo(studentTTwoSided(t, (2 * 101 * 101) / 10_001), 12)
  })

  test('takes intervals of means where single replications were not kept', () => {
    const kept = unpairedDifference(sample([1, 2, 3]), sample([4, 6, 8]))
    const half = (s: number) => (4.302652729911275 * s) / Math.sqrt(3)
    const plain = (mean: number, s: number): Sample => ({
      mean,
      values: undefined,
      halfWidth95: half(s),
      replications: 3,
    })
    expect(unpairedDifference(plain(2, 1), plain(6, 2)).low95).toBeCloseTo(kept.low95 ?? Number.NaN, 9)
  })

  test('has no interval with one replication', () => {
    expect(unpairedDifference(sample([1]), sample([3]))).toMatchObject({
      difference: 2,
      low95: null,
      pValue: null,
    })
  })

  test('calls no difference real in about 5 % of comparisons of equals', () => {
    const stream = new Streams(1, 0).get('noise')
    const draws = () =>
      Array.from({ length: 10 }, () => stream.uniform() + stream.uniform() + stream.uniform())
    const COUNT = 2_000
    let welch = 0
    let paired = 0
    for (let run = 0; run < COUNT; run++) {
      const [a, b] = [draws(), draws()]
      if ((unpairedDifference(sample(a), sample(b)).pValue ?? 1) < 0.05) welch++
      if ((pairedDifference(a, b).pValue ?? 1) < 0.05) paired++
    }
    // Binomial with 2,000 and 0.05: standard deviation 0.5 %.
    expect(Math.abs(welch / COUNT - 0.05)).toBeLessThan(0.015)
    expect(Math.abs(paired / COUNT - 0.05)).toBeLessThan(0.015)
  })
})

describe('holmBonferroni', () => {
  test('compares the k-th smallest with α / (m − k + 1) and stops at the first that fails', () => {
    expect(holmBonferroni([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true])
  })

  test('is never bolder than each test alone, nor more timid than Bonferroni', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (pValues) => {
        const found = holmBonferroni(pValues, 0.05)
        for (const [index, p] of pValues.entries()) {
          if (found[index]) expect(p).toBeLessThanOrEqual(0.05)
          if (p <= 0.05 / pValues.length) expect(found[index]).toBe(true)
        }
      }),
      { seed: 7 },
    )
  })
})

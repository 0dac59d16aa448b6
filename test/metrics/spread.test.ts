import { describe, expect, it } from 'vitest'
import { evennessTest, spreadOf } from '../../src/metrics/spread.js'

describe('spreadOf', () => {
  it.each([
    {
      name: 'an even spread',
      counts: [5, 5, 5, 5],
      figures: { maxOverMean: 1, coefficientOfVariation: 0, jainIndex: 1, idlePods: 0 },
    },
    {
      name: 'all on one of four pods',
      counts: [0, 8, 0, 0],
      // deviations -2, 6, -2, -2: variance 48/4 = 12, √12 / 2 = √3; Jain 64 / (4 · 64)
      figures: { maxOverMean: 4, coefficientOfVariation: Math.sqrt(3), jainIndex: 0.25, idlePods: 3 },
    },
    {
      name: 'an uneven spread',
      counts: [1, 2, 3],
      // variance 2/3, over mean 2; Jain 36 / (3 · 14)
      figures: {
        maxOverMean: 1.5,
        coefficientOfVariation: Math.sqrt(2 / 3) / 2,
        jainIndex: 6 / 7,
        idlePods: 0,
      },
    },
    {
      name: 'one pod',
      counts: [7],
      figures: { maxOverMean: 1, coefficientOfVariation: 0, jainIndex: 1, idlePods: 0 },
    },
    {
      name: 'nothing at all',
      counts: [0, 0],
      figures: { maxOverMean: null, coefficientOfVariation: null, jainIndex: null, idlePods: 2 },
    },
    {
      name: 'no pods',
      counts: [],
      figures: { maxOverMean: null, coefficientOfVariation: null, jainIndex: null, idlePods: 0 },
    },
  ])('of $name', ({ counts, figures }) => {
    expect(spreadOf(counts)).toEqual(figures)
  })

  it('sees a difference of one in a thousand million', () => {
    // deviations ±0.5 of a mean of 1e9 + 0.5
    expect(spreadOf([1e9, 1e9 + 1]).coefficientOfVariation).toBeCloseTo(0.5 / 1_000_000_000.5, 15)
  })

  it('takes as many pods as a cluster can have', () => {
    const counts = new Array(150_000).fill(1)
    expect(spreadOf(counts)).toMatchObject({ maxOverMean: 1, jainIndex: 1, idlePods: 0 })
  })
})

describe('evennessTest', () => {
  it.each([
    // Σ (n − 20)² / 20: a die thrown 120 times; 5 degrees of freedom, p from tables
    { counts: [20, 22, 17, 18, 19, 24], chiSquare: 34 / 20, pValue: 0.8889 },
    // mean 10: (25 + 25) / 10; 1 degree: p = erfc(√2.5)
    { counts: [5, 15], chiSquare: 5, pValue: 0.02534731867746824 },
    // mean 10: (100 + 100 + 0) / 10; 2 degrees: p = e^-10
    { counts: [0, 20, 10], chiSquare: 20, pValue: 4.5399929762484854e-5 },
    { counts: [4, 4, 4], chiSquare: 0, pValue: 1 },
  ])('of $counts', ({ counts, chiSquare, pValue }) => {
    const test = evennessTest(counts)
    expect(test.chiSquare).toBe(chiSquare)
    expect(Math.abs((test.pValue ?? Number.NaN) - pValue)).toBeLessThan(pValue === 0.8889 ? 5e-5 : 1e-14)
  })

  it.each([[[]], [[12]], [[0, 0, 0]]])('says nothing of %j', (counts) => {
    expect(evennessTest(counts)).toEqual({ chiSquare: null, pValue: null })
  })
})

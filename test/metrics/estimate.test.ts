import { describe, expect, it } from 'vitest'
import { estimate, quantileEstimate } from '../../src/metrics/estimate.js'

describe('estimate', () => {
  it('is the mean and half of the 95 % interval by Student', () => {
    // mean 5, s² = (9 + 1 + 1 + 1 + 0 + 0 + 4 + 16) / 7 = 32/7, t(0.975, 7) = 2.364624251592784
    const { value, halfWidth95 } = estimate([2, 4, 4, 4, 5, 5, 7, 9])
    expect(value).toBe(5)
    expect(halfWidth95).toBeCloseTo(2.364624251592784 * Math.sqrt(32 / 7 / 8), 12)
  })

  it('of two values has t = 12.706', () => {
    // s² = 2, s/√n = 1
    const { value, halfWidth95 } = estimate([1, 3])
    expect(value).toBe(2)
    expect(halfWidth95).toBeCloseTo(12.706204736174707, 10)
  })

  it('of equal values has no width', () => {
    expect(estimate([7, 7, 7])).toEqual({ value: 7, halfWidth95: 0 })
  })

  it('of one value has no interval', () => {
    expect(estimate([3])).toEqual({ value: 3, halfWidth95: null })
  })

  it('leaves out replications that have no such figure', () => {
    expect(estimate([null, 1, null, 3])).toEqual(estimate([1, 3]))
    expect(estimate([null, 4])).toEqual({ value: 4, halfWidth95: null })
    expect(estimate([null, null])).toEqual({ value: null, halfWidth95: null })
    expect(estimate([])).toEqual({ value: null, halfWidth95: null })
  })
})

describe('quantileEstimate', () => {
  it('is the quantile of all requests together, its interval of how far replications are from it', () => {
    // Σ (Q_j − Q)² = 16 + 4 + 0 = 20, s² = 10, t(0.975, 2) = 4.302652729749464
    const { value, halfWidth95 } = quantileEstimate(14, [10, 12, 14])
    expect(value).toBe(14)
    expect(halfWidth95).toBeCloseTo(4.302652729749464 * Math.sqrt(10 / 3), 12)
  })

  it('is that of the mean where replications lie around it evenly', () => {
    expect(quantileEstimate(5, [2, 4, 4, 4, 5, 5, 7, 9])).toEqual(estimate([2, 4, 4, 4, 5, 5, 7, 9]))
  })

  it('has no interval with one replication, and no value without any', () => {
    expect(quantileEstimate(3, [3, null])).toEqual({ value: 3, halfWidth95: null })
    expect(quantileEstimate(null, [null])).toEqual({ value: null, halfWidth95: null })
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bucketLowerBound,
  bucketMiddle,
  bucketNumber,
  bucketUpperBound,
} from '../../src/base/histogram-buckets.js'

describe('the buckets of a histogram', () => {
  it.each([
    { value: 0, bits: 2, bucket: 0, from: 0, to: 0 },
    { value: 3, bits: 2, bucket: 3, from: 3, to: 3 },
    { value: 4, bits: 2, bucket: 4, from: 4, to: 4 },
    { value: 7, bits: 2, bucket: 7, from: 7, to: 7 },
    { value: 8, bits: 2, bucket: 8, from: 8, to: 9 },
    { value: 15, bits: 2, bucket: 11, from: 14, to: 15 },
    { value: 16, bits: 2, bucket: 12, from: 16, to: 19 },
    { value: 1_000_000, bits: 7, bucket: 1780, from: 999_424, to: 1_003_519 },
    { value: 1, bits: 0, bucket: 1, from: 1, to: 1 },
    { value: 6, bits: 0, bucket: 3, from: 4, to: 7 },
    {
      value: 9_007_199_254_740_991,
      bits: 7,
      bucket: 6015,
      from: 8_972_014_882_652_160,
      to: 9_007_199_254_740_991,
    },
  ])('hold $value ns in number $bucket at $bits bits', ({ value, bits, bucket, from, to }) => {
    expect(bucketNumber(value, bits)).toBe(bucket)
    expect(bucketLowerBound(bucket, bits)).toBe(from)
    expect(bucketUpperBound(bucket, bits)).toBe(to)
  })

  it('hold every value between their bounds, and follow one another without gaps', () => {
    const value = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    const small = fc.integer({ min: 0, max: 100_000 })
    fc.assert(
      fc.property(fc.oneof(value, small), fc.integer({ min: 0, max: 12 }), (value, bits) => {
        const bucket = bucketNumber(value, bits)
        const from = bucketLowerBound(bucket, bits)
        const to = bucketUpperBound(bucket, bits)
        expect(from <= value && value <= to).toBe(true)
        expect(bucketNumber(from, bits)).toBe(bucket)
        expect(bucketNumber(to, bits)).toBe(bucket)
        if (to < Number.MAX_SAFE_INTEGER) expect(bucketLowerBound(bucket + 1, bits)).toBe(to + 1)
        const middle = bucketMiddle(bucket, bits)
        expect(from <= middle && middle <= to).toBe(true)
      }),
      { seed: 11, numRuns: 2_000 },
    )
  })

  it('know a value to one part in 2^bits', () => {
    for (const value of [1_000, 123_456_789, 86_400_000_000_000]) {
      const bucket = bucketNumber(value, 7)
      const width = bucketUpperBound(bucket, 7) - bucketLowerBound(bucket, 7) + 1
      expect(width * 128).toBeLessThanOrEqual(value)
    }
  })

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('refuse %d as a value', (value) => {
    expect(() => bucketNumber(value, 7)).toThrow(RangeError)
  })

  it.each([-1, 0.5, 6016])('refuse %d as a number at 7 bits', (bucket) => {
    expect(() => bucketLowerBound(bucket, 7)).toThrow(RangeError)
  })

  it.each([-1, 1.5, 21])('refuse %d bits', (bits) => {
    expect(() => bucketUpperBound(3, bits)).toThrow(RangeError)
  })
})

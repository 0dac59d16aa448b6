import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketLowerBound, bucketNumber, bucketUpperBound } from '../../src/base/histogram-buckets.js'
import { HISTOGRAM_BITS, ResponseHistogram } from '../../src/metrics/response-histogram.js'

function histogramOf(times: readonly number[]): ResponseHistogram {
  const histogram = new ResponseHistogram()
  for (const timeNs of times) histogram.record(timeNs)
  return histogram
}

/** Nearest rank: the least value that at least `ratio` of all do not exceed. */
function sortedQuantile(times: readonly number[], ratio: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted.find((_, index) => (index + 1) / sorted.length >= ratio - 1e-12) ?? Number.NaN
}

/** Times of every size, from 0 to 2^53 - 1. */
const time = fc
  .tuple(fc.integer({ min: 0, max: 52 }), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }))
  .map(([octave, fraction]) =>
    Math.min(Number.MAX_SAFE_INTEGER, Math.floor((1 + fraction) * 2 ** octave) - 1),
  )

describe('ResponseHistogram', () => {
  it('has nothing to say of nothing', () => {
    const histogram = new ResponseHistogram()
    expect([histogram.count, histogram.meanNs(), histogram.minNs(), histogram.maxNs()]).toEqual([
      0,
      null,
      null,
      null,
    ])
    expect([histogram.quantileNs(0.5), histogram.entries()]).toEqual([null, { buckets: [], counts: [] }])
  })

  it('knows mean, minimum and maximum exactly', () => {
    const histogram = histogramOf([1_000_003, 7, 2_000_001])
    expect([histogram.meanNs(), histogram.minNs(), histogram.maxNs()]).toEqual([
      1_000_003 + 2 / 3,
      7,
      2_000_001,
    ])
  })

  it('takes in another one as if it had met all of its times', () => {
    const [left, right] = [
      [3, 500, 7_000_000],
      [1, 500, 90_000_000],
    ]
    const together = histogramOf(left)
    together.add(histogramOf(right))
    together.add(new ResponseHistogram())
    expect(together.state()).toEqual(histogramOf([...left, ...right]).state())
    expect(together.count).toBe(6)
  })

  it.each([
    [0.25, 10],
    [0.5, 20],
    [0.500001, 30],
    [0.75, 30],
    [0.99, 40],
    [1, 40],
    [1e-9, 10],
  ])('takes the quantile %d by nearest rank', (ratio, expected) => {
    expect(histogramOf([40, 10, 30, 20]).quantileNs(ratio)).toBe(expected)
  })

  it.each([
    [0.9, 90],
    [0.95, 95],
    [0.99, 99],
    [0.07, 7],
    [0.29, 29],
  ])('is not led astray by %d × 100 in binary', (ratio, expected) => {
    expect(histogramOf(Array.from({ length: 100 }, (_, index) => index + 1)).quantileNs(ratio)).toBe(expected)
  })

  it('knows quantiles of any times to 1 part in 512', () => {
    const cases = fc.property(
      fc.array(time, { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 1, max: 1_000 }),
      (times, thousandths) => {
        const exact = sortedQuantile(times, thousandths / 1_000)
        const known = histogramOf(times).quantileNs(thousandths / 1_000) ?? Number.NaN
        expect(Math.abs(known - exact)).toBeLessThanOrEqual(exact / 512)
      },
    )
    fc.assert(cases, { seed: 21, numRuns: 300 })
  })

  it('never tells a quantile outside of what was recorded', () => {
    const histogram = histogramOf([1_000_001, 1_000_002])
    expect([histogram.quantileNs(0.5), histogram.quantileNs(1)]).toEqual([1_000_002, 1_000_002])
    expect(histogramOf([1_000_000]).quantileNs(0.5)).toBe(1_000_000)
  })

  it('counts in the buckets of base/histogram-buckets.ts', () => {
    const cases = fc.property(time, (timeNs) => {
      expect(histogramOf([timeNs]).entries()).toEqual({
        buckets: [bucketNumber(timeNs, HISTOGRAM_BITS)],
        counts: [1],
      })
    })
    fc.assert(cases, { seed: 22, numRuns: 2_000 })
  })

  it.each([255, 256, 257, 511, 512, 2 ** 32 - 1, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER])(
    'counts %d between the bounds of its bucket',
    (timeNs) => {
      const [bucket] = histogramOf([timeNs]).entries().buckets
      expect(bucketLowerBound(bucket, HISTOGRAM_BITS)).toBeLessThanOrEqual(timeNs)
      expect(bucketUpperBound(bucket, HISTOGRAM_BITS)).toBeGreaterThanOrEqual(timeNs)
    },
  )

  it('lists the buckets that hold anything, in increasing order', () => {
    expect(histogramOf([300, 5, 300, 5, 5, 70]).entries()).toEqual({
      buckets: [5, 70, 300],
      counts: [3, 1, 2],
    })
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BacklogCollector } from '../../src/metrics/backlog.js'
import { batchMeans, mserTruncation } from '../../src/metrics/mser.js'
import { SPAN_COUNT, WarmUpSeries } from '../../src/metrics/warm-up-series.js'

/** The definition, without any recurrence. */
function mserByDefinition(means: readonly number[], cut: number): number {
  const left = means.slice(cut)
  const mean = left.reduce((sum, each) => sum + each, 0) / left.length
  return left.reduce((sum, each) => sum + (each - mean) * (each - mean), 0) / (left.length * left.length)
}

describe('mserTruncation', () => {
  test('cuts off nothing of a constant series', () => {
    expect(mserTruncation(Array(40).fill(7))).toEqual({ batchCount: 0, isAtBoundary: false })
  })

  test('cuts off exactly the batches that stand apart', () => {
    const series = [90, 60, 30, ...Array.from({ length: 37 }, (_, index) => (index % 2 === 0 ? 9 : 11))]
    expect(mserTruncation(series)).toEqual({ batchCount: 3, isAtBoundary: false })
  })

  test('says that a series which rises all the time is too short', () => {
    const rising = Array.from({ length: 40 }, (_, index) => index)
    expect(mserTruncation(rising)).toEqual({ batchCount: 20, isAtBoundary: true })
  })

  test('takes the least value of the definition in the first half', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 4, maxLength: 60 }), (means) => {
        const { batchCount } = mserTruncation(means)
        const values = means
          .slice(0, Math.floor(means.length / 2) + 1)
          .map((_, cut) => mserByDefinition(means, cut))
        expect(batchCount).toBeLessThanOrEqual(means.length / 2)
        expect(values[batchCount]).toBeLessThanOrEqual(Math.min(...values) * (1 + 1e-9) + 1e-9)
      }),
      { seed: 4 },
    )
  })

  test('leaves out a rest of fewer than five observations', () => {
    expect(batchMeans([1, 2, 3, 4, 5, 10, 10, 10, 10, 10, 99])).toEqual([3, 10])
  })
})

describe('WarmUpSeries', () => {
  const HORIZON_NS = SPAN_COUNT * 1_000
  const record = (span: number, responseTimeNs: number, call = 0) =>
    ({ call, outcome: 0, intendedNs: span * 1_000, responseTimeNs }) as never

  test('finds the end of a slow start, to five spans', () => {
    const series = new WarmUpSeries([true, false], HORIZON_NS)
    for (let span = 0; span < SPAN_COUNT; span++) {
      series.requestEnded(record(span, span < 500 ? 5_000 : 1_000 + (span % 2)))
      // Calls of pods say nothing.
      series.requestEnded(record(span, span, 1))
    }
    expect(series.finding()).toEqual({ warmUpNs: 500_000, isTooShort: false })
  })

  test('says that a series of few requests is too short', () => {
    const series = new WarmUpSeries([true], HORIZON_NS)
    for (let span = 0; span < 49; span++) series.requestEnded(record(span, 1))
    expect(series.finding()).toEqual({ warmUpNs: 0, isTooShort: true })
  })
})

describe('BacklogCollector', () => {
  test('cuts the time under way of each request into the quarters of the window', () => {
    const backlog = new BacklogCollector(100, 500)
    backlog.record(100, 50)
    backlog.record(150, 300)
    backlog.record(499, 1)
    expect(backlog.means()).toEqual([1, 1, 1, 0.51])
  })
})

import { build } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { bucketMiddle, bucketNumber, bucketUpperBound } from '../../src/base/histogram-buckets.js'
import { hgrmReport, hgrmText } from '../../src/report/hgrm-report.js'
import type { CallResult } from '../../src/results/results-schema.js'
import { sampleCall, sampleResults, sampleSweep } from '../results/sample-results.js'

const BITS = 10

/** A call whose response times are these, ns. */
function callOf(timesNs: readonly number[]): CallResult {
  const counts = new Map<number, number>()
  for (const time of timesNs) {
    const bucket = bucketNumber(time, BITS)
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
  }
  const buckets = [...counts.keys()].sort((left, right) => left - right)
  const call = sampleCall()
  const histogram = { bitsPerOctave: BITS, buckets, counts: buckets.map((bucket) => counts.get(bucket) ?? 0) }
  return { ...call, responseTime: { ...call.responseTime, count: timesNs.length, histogram } }
}

/** As HdrHistogram's plotter reads it: rows of exactly four fields, lines of `#` left out. */
function plotted(text: string): number[][] {
  return text
    .split('\n')
    .slice(1)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length === 4)
    .map((fields) => fields.map(Number))
}

describe('a percentile distribution', () => {
  it.each([1, 2, 3, 10, 999, 20_000])('of %i times has the rows of hdr-histogram-js', (count) => {
    const times = Array.from({ length: count }, (_, index) => 1_000_000 + ((index * 7_919) % 99_991) * 1_000)
    const call = callOf(times)
    const peer = build({
      lowestDiscernibleValue: 1,
      highestTrackableValue: 2 ** 40,
      numberOfSignificantValueDigits: 3,
    })
    // The middle stands for its bucket, so both histograms hold the same values.
    for (const time of times) peer.recordValue(bucketMiddle(bucketNumber(time, BITS), BITS))
    const expected = plotted(peer.outputPercentileDistribution(5, 1_000_000))
    const rows = plotted(hgrmText(call))
    expect(rows.map((row) => row.slice(1))).toEqual(expected.map((row) => row.slice(1)))
    for (const [index, [value = 0]] of rows.entries()) {
      const other = expected[index]?.[0] ?? 0
      expect(Math.abs(value - other)).toBeLessThanOrEqual(other / 1_000)
    }
  })

  it('ends in a row of three fields, mean, deviation, greatest value and count', () => {
    const lines = hgrmText(callOf([1_000_000, 3_000_000]))
      .trimEnd()
      .split('\n')
    expect(lines[0]).toBe('       Value     Percentile TotalCount 1/(1-Percentile)')
    expect(lines[1]).toBe('')
    const last = bucketUpperBound(bucketNumber(3_000_000, BITS), BITS) / 1e6
    expect(lines.at(-4)?.trim().split(/\s+/)).toEqual([last.toFixed(3), '1.000000000000', '2'])
    expect(lines.at(-3)).toMatch(/^#\[Mean {4}= +2\.00\d, StdDeviation {3}= +1\.000\]$/)
    expect(lines.at(-2)).toMatch(/^#\[Max {5}= +3\.00\d, Total count {4}= +2\]$/)
    expect(lines.at(-1)).toMatch(/^#\[Buckets = +43, SubBuckets {5}= +2048\]$/)
  })

  it('is one file for each call of each point, under safe names', () => {
    expect(hgrmReport(sampleResults()).map(({ name }) => name)).toEqual([
      'browsers-counter-np.hgrm',
      'counter-redis.hgrm',
    ])
    const names = hgrmReport(sampleSweep()).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z0-9-]+\.hgrm$/)
  })

  it('says so where no request was completed', () => {
    const call = sampleCall()
    const histogram = { bitsPerOctave: 8, buckets: [], counts: [] }
    const results = sampleResults()
    const calls = [{ ...call, responseTime: { ...call.responseTime, count: 0, histogram } }]
    const [file] = hgrmReport({ ...results, points: [{ ...results.points[0], calls }] })
    expect(file?.name).toBe('no-requests.hgrm')
    expect(file?.text).toContain('Total count    =            0')
  })
})

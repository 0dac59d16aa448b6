import { describe, expect, it } from 'vitest'
import { mergeResults } from '../../src/results/merge-results.js'
import type { Results } from '../../src/results/results-schema.js'
import { sampleResults, sampleSweep } from './sample-results.js'

/** The points from `first` on, `count` of them, as one shard would write them. */
function shard(first: number, count: number, overrides: Partial<Results> = {}): Results {
  const whole = sampleSweep()
  return {
    ...whole,
    command: `shard ${first}`,
    ...overrides,
    points: whole.points.slice(first, first + count),
  }
}

describe('mergeResults', () => {
  it('puts the points together in the order given', () => {
    const merged = mergeResults([shard(0, 5), shard(5, 13)])
    expect(merged.points).toStrictEqual(sampleSweep().points)
    const other = mergeResults([shard(5, 13), shard(0, 5)])
    expect(other.points[0]).toStrictEqual(sampleSweep().points[5])
  })

  it('says how to repeat all parts, and each warning once', () => {
    const warning = { code: 'B', message: 'only here' }
    const merged = mergeResults([
      shard(0, 5),
      shard(5, 13, { warnings: [...sampleSweep().warnings, warning] }),
    ])
    expect(merged.command).toBe('shard 0 && shard 5')
    expect(merged.warnings).toStrictEqual([...sampleSweep().warnings, warning])
    expect(merged.assumptions).toStrictEqual(sampleSweep().assumptions)
  })

  it('leaves a single part as it is', () => {
    expect(mergeResults([sampleResults()])).toStrictEqual(sampleResults())
  })

  it.each([
    ['seed', { seed: 2 }],
    ['replications', { replications: 6 }],
    ['horizon', { horizonNs: 1 }],
    ['warm-up', { warmUpNs: 1 }],
    ['tool', { tool: { name: 'svcsim', version: '0.1.0', modelVersion: 2 } }],
    ['scenario', { scenario: { ...sampleSweep().scenario, digest: 'ab' } }],
    ['sweep', { sweep: { axes: ['replicas', 'way in'], table: { columns: [], metrics: [] } } }],
  ] as const)('refuses results that differ in their %s', (what, overrides) => {
    const parts = [shard(0, 5), shard(5, 13, overrides as Partial<Results>)]
    expect(() => mergeResults(parts)).toThrow(
      `RESULTS_MISMATCH: results that differ in their ${what} can not be merged`,
    )
  })

  it('refuses the same point twice', () => {
    expect(() => mergeResults([shard(0, 5), shard(4, 2)])).toThrow(
      'RESULTS_MISMATCH: two results hold the same point: replicas = 2, way in = NodePort',
    )
    expect(() => mergeResults([sampleResults(), sampleResults()])).toThrow(
      /the only one of a scenario without a sweep/,
    )
  })

  it('refuses nothing at all', () => {
    expect(() => mergeResults([])).toThrow('RESULTS_MISMATCH: there are no results to merge')
  })
})

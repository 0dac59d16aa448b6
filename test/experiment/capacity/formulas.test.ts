import { describe, expect, it } from 'vitest'
import { formulaObjectives, formulaRow } from '../../../src/experiment/capacity/formulas.js'
import type { Threshold } from '../../../src/experiment/thresholds/figure.js'

const MS = 1_000_000

const objective = (metric: string, limit: number, operator: Threshold['operator'] = '<'): Threshold => ({
  figure: { name: metric, subject: { kind: 'client', name: 'c' }, metric, unit: 'duration' },
  operator,
  limit,
  text: '',
})

/** Two erlang of pods with one server each. */
const needs = { holdingNs: 20 * MS, serversPerPod: 1, overheadNs: 0, isCpuBound: false }

describe('formulas', () => {
  it('aim at 70 % utilisation', () => {
    const usual = (ratePerSec: number) => formulaRow(needs, [], ratePerSec).usual
    expect([usual(1), usual(35), usual(36), usual(100)]).toEqual([1, 1, 2, 3])
  })

  it('know Erlang C by hand: mean 28.9 ms with three servers, 21.7 ms with four', () => {
    const pooled = (limitMs: number) =>
      formulaRow(needs, [objective('responseTime.mean', limitMs * MS)], 100).pooled
    expect([pooled(28.8), pooled(28.9), pooled(21.8), pooled(21.7), pooled(19)]).toEqual([4, 3, 4, 5, null])
  })

  it('know pods by themselves: 20 ms / (1 − 2/n)', () => {
    const split = (limitMs: number) =>
      formulaRow(needs, [objective('responseTime.mean', limitMs * MS)], 100).split
    expect([split(60.1), split(59), split(26.2), split(20.011)]).toEqual([3, 4, 9, 3_639])
  })

  it('leave out of a limit what is spent outside of the pods', () => {
    const row = formulaRow(
      { ...needs, overheadNs: 10 * MS },
      [objective('responseTime.mean', 38.9 * MS)],
      100,
    )
    expect(row.pooled).toBe(3)
    const none = formulaRow({ ...needs, overheadNs: 10 * MS }, [objective('responseTime.p99', 9 * MS)], 100)
    expect([none.pooled, none.split]).toEqual([null, null])
  })

  it('keep all objectives of time, and know no others', () => {
    const all = [
      objective('responseTime.mean', 1),
      objective('responseTime.p99', 1),
      objective('errors', 1),
      objective('responseTime.p50', 1, '>'),
    ]
    expect(formulaObjectives(all)).toEqual(all.slice(0, 2))
    expect(formulaRow(needs, [], 100)).toEqual({ ratePerSec: 100, usual: 3, pooled: null, split: null })
    const both = [objective('responseTime.mean', 28.9 * MS), objective('responseTime.p99', 100 * MS)]
    expect(formulaRow(needs, both, 100).pooled).toBeGreaterThan(3)
  })
})

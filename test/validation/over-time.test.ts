/** A queue over time against what is known of it as a whole: figures of the series are those of the window, and of theory. */
import { describe, expect, test } from 'vitest'
import { estimate } from '../../src/metrics/estimate.js'
import { summariseOverTime } from '../../src/metrics/over-time.js'
import { summarise } from '../../src/metrics/summarise.js'
import { runQueueSystem, units } from './queue-system.js'

const RHO = 0.7

describe('M/M/1 at ρ = 0.7 over time', () => {
  const runs = runQueueSystem(
    { arrivalRate: RHO, serviceTime: `{ distribution: exponential, mean: ${units(1)} }` },
    { replications: 30, requests: 20_000, warmUpRequests: 1_000, seed: 5 },
  )

  test('the areas of intervals add up to those of the window, to the ns', () => {
    for (const { totals } of runs) {
      const [pod] = totals.pods
      const [series] = totals.overTime?.pods ?? []
      expect(sum(series.busyAreaNs)).toBe(pod.busyAreaNs)
      expect(sum(series.inPodAreaNs)).toBe(pod.busyAreaNs + pod.queueAreaNs)
    }
  })

  test('the mean of the series is utilisation + mean queue, and that is ρ / (1 - ρ)', () => {
    const { value, halfWidth95 } = estimate(
      runs.map(({ totals }) => sum(totals.overTime?.pods[0].inPodAreaNs ?? []) / totals.windowNs),
    )
    const [{ utilisation, meanQueueLength }] = summarise(runs).pods
    expect(value).toBeCloseTo((utilisation.value ?? 0) + (meanQueueLength.value ?? 0), 12)
    expect(Math.abs((value ?? 0) - RHO / (1 - RHO))).toBeLessThan(halfWidth95 ?? 0)
  })

  test('it is the same at all times once the warm-up is over', () => {
    const [{ requests }] = summariseOverTime(runs)?.pods ?? []
    const third = Math.floor(requests.length / 3)
    for (const part of [requests.slice(0, third), requests.slice(-third)])
      expect(Math.abs(sum(part) / third - RHO / (1 - RHO))).toBeLessThan(0.25)
  })

  test('the peaks of tracked connections and ports are those of the run, or lie in its warm-up', () => {
    for (const { totals } of runs) {
      const [series] = totals.overTime?.nodes ?? []
      expect(Math.max(...series.conntrackPeak)).toBeLessThanOrEqual(totals.nodes[0].conntrackPeak)
    }
    const isEqual = runs.filter(
      ({ totals }) =>
        Math.max(...(totals.overTime?.nodes[0].conntrackPeak ?? [])) === totals.nodes[0].conntrackPeak,
    )
    expect(isEqual.length).toBeGreaterThan(25)
  })
})

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0)
}

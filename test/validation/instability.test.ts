import { describe, expect, test } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { measuredPoint } from '../../src/experiment/measured-point.js'
import { runExperiment } from '../../src/experiment/run-experiment.js'
import { shopInputs } from '../experiment/inputs.js'
import { type QueueRun, queuePoint, runQueueSystem } from './queue-system.js'

const RUN: QueueRun = { replications: 5, requests: 60_000, warmUpRequests: 5_000, seed: 3 }

function instabilityAt(utilisation: number, replications: number, isReplay: boolean) {
  const run = { ...RUN, replications }
  const system = { arrivalRate: utilisation, serviceTime: '{ distribution: exponential, mean: 1ms }' }
  // A replay knows no rates, so that the measures alone are asked.
  const plan = isReplay ? { trace: { scenario: '', seed: 0, groups: [] } } : { trace: undefined }
  return measuredPoint(plan, queuePoint(system, run), runQueueSystem(system, run)).calls[0].instability
}

describe('instability of M/M/1', () => {
  test.each([1, 5])('says nothing at ρ = 0.9, by %d replications', (replications) => {
    expect(instabilityAt(0.9, replications, false)).toBeUndefined()
  })

  test('tells of ρ = 1.1 by the offered load', () => {
    const found = instabilityAt(1.1, 1, false)
    expect(found?.offered?.workload).toBe('station')
    expect(found?.offered?.utilisation).toBeCloseTo(1.1, 12)
  })

  test.each([1, 5])('tells of ρ = 1.1 by the backlog alone, by %d replications', (replications) => {
    const found = instabilityAt(1.1, replications, true)
    expect(found?.offered).toBeUndefined()
    // The backlog at time t is (1 − 1/1.1)·λ·t: averages over a quarter are as far from the start as its middle.
    const { secondQuarter = 0, lastQuarter = 0 } = found?.backlog ?? {}
    expect(lastQuarter / secondQuarter).toBeGreaterThan(1.5)
    expect(lastQuarter - secondQuarter).toBeGreaterThan(0.7 * 0.0909 * 30_000)
  })
})

test('results warn of an overload once for each call, with the points at which it is', async () => {
  const plan = loadExperiment(
    shopInputs({ settings: ['clients.browsers.arrivals.rate=900/s'], axes: ['web.replicas=1,10'] }),
  )
  const { warnings, points } = await runExperiment(plan)
  expect(warnings.map(({ code }) => code).filter((code) => code === 'UNSTABLE_LOAD')).toHaveLength(2)
  expect(warnings.at(-1)?.message).toContain('at web.replicas = 1: web is asked for')
  expect(points.map(({ calls }) => calls[0].instability !== undefined)).toEqual([true, false])
})

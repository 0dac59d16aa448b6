import { describe, expect, test } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { type ExperimentProgress, runExperiment } from '../../src/experiment/run-experiment.js'
import { resultsToJson } from '../../src/results/results-json.js'
import { shopInputs } from './inputs.js'

describe('runExperiment', () => {
  test('gives the same bytes every time, and others for another seed', async () => {
    const bytes = async (seed: number) =>
      resultsToJson(await runExperiment(loadExperiment(shopInputs({ settings: [`seed=${seed}`] }))))
    const first = await bytes(1)
    expect(await bytes(1)).toBe(first)
    expect(await bytes(2)).not.toBe(first)
  })

  test('keeps points in the order of the plan and names their settings', async () => {
    const results = await runExperiment(loadExperiment(shopInputs({ axes: ['web.replicas=3,1,2'] })))
    expect(results.points.map(({ settings }) => settings)).toEqual([
      [{ axis: 'web.replicas', value: '3' }],
      [{ axis: 'web.replicas', value: '1' }],
      [{ axis: 'web.replicas', value: '2' }],
    ])
    expect(results.points.map(({ pods }) => pods.length)).toEqual([4, 2, 3])
    expect(results.sweep).toEqual({ axes: ['web.replicas'] })
  })

  test('tells of every replication, and how much is done', async () => {
    const told: ExperimentProgress[] = []
    const plan = loadExperiment(shopInputs({ settings: ['replications=2'], axes: ['web.replicas=1,2'] }))
    await runExperiment(plan, { onProgress: (progress) => told.push(progress) })
    const whole = told.filter(({ ratio }) => Number.isInteger(ratio * 4))
    expect(whole.map(({ done, total, ratio }) => [done, total, ratio])).toEqual([
      [1, 4, 0.25],
      [2, 4, 0.5],
      [3, 4, 0.75],
      [4, 4, 1],
    ])
  })

  test('stops when it is asked to, with the reason that it was given', async () => {
    const controller = new AbortController()
    const plan = loadExperiment(shopInputs({ settings: ['replications=50'] }))
    const told: number[] = []
    const run = runExperiment(plan, {
      signal: controller.signal,
      onProgress: ({ done }) => {
        told.push(done)
        if (done === 3) controller.abort(new Error('enough'))
      },
    })
    await expect(run).rejects.toThrow('enough')
    expect(Math.max(...told)).toBe(3)
  })

  test('carries the warnings of input and cluster into the results', async () => {
    const results = await runExperiment(loadExperiment(shopInputs({ scenario: 'sweep.yaml' })))
    expect(results.warnings).toEqual([
      {
        code: 'SVC_UNUSED',
        message: 'Service "redis" is used by no client and no call',
        place: 'shop.yaml:46:9',
      },
    ])
  })
})

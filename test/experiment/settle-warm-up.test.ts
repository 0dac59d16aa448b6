import { describe, expect, test } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { runExperiment } from '../../src/experiment/run-experiment.js'
import { textReport } from '../../src/report/text-report.js'
import { resultsToJson } from '../../src/results/results-json.js'
import { shopInputs } from './inputs.js'

const runWith = (...settings: string[]) => runExperiment(loadExperiment(shopInputs({ settings })))

describe('a warm-up by MSER-5', () => {
  test('is fixed by a pilot, told in results and report, and gives what the same warm-up given would', async () => {
    const found = await runWith('warmUp=mser5', 'horizon=30s', 'replications=2')
    expect(found.warmUpMethod).toBe('mser5')
    expect(found.points[0].pilotWarmUpNs).toBe(found.warmUpNs)
    expect(textReport(found, false)).toContain('(warm-up by MSER-5, in pilot runs)')
    const given = await runWith(`warmUp=${found.warmUpNs}ns`, 'horizon=30s', 'replications=2')
    expect(found.points[0].calls).toEqual(given.points[0].calls)
    const again = await runWith('warmUp=mser5', 'horizon=30s', 'replications=2')
    expect(resultsToJson(again)).toBe(resultsToJson(found))
  })

  test('is the longest of all points', async () => {
    const plan = loadExperiment(
      shopInputs({ settings: ['warmUp=mser5', 'horizon=10s'], axes: ['web.replicas=1,3'] }),
    )
    const { warmUpNs, points } = await runExperiment(plan)
    expect(warmUpNs).toBe(Math.max(...points.map(({ pilotWarmUpNs = -1 }) => pilotWarmUpNs)))
  })

  test('is told to be uncertain where an overload makes response times grow to the end', async () => {
    const { warnings } = await runWith(
      'warmUp=mser5',
      'horizon=10s',
      'web.replicas=1',
      'clients.browsers.arrivals.rate=900/s',
    )
    expect(warnings.map(({ code }) => code)).toContain('WARM_UP_UNCERTAIN')
  })

  test('can be written as a setting of its own, and nothing else', () => {
    const edit = (text: string) => text.replace('warmUp: 1s', 'warmUp: { method: mser5 }')
    expect(loadExperiment(shopInputs({ edit })).points[0].scenario.spec.warmUp).toBe('mser5')
    expect(() => loadExperiment(shopInputs({ settings: ['warmUp=soon'] }))).toThrow('warmUp')
  })
})

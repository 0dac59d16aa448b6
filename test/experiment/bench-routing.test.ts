import { expect, test } from 'vitest'
import {
  BENCH_ROUTING_DEFAULTS,
  BENCH_ROUTING_MANIFESTS,
  BENCH_ROUTING_SCENARIO,
  type BenchRoutingOptions,
  benchRoutingSettings,
} from '../../src/experiment/bench-routing.js'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { runExperiment } from '../../src/experiment/run-experiment.js'
import { parseSetting } from '../../src/input/settings.js'
import type { CallResult } from '../../src/results/results-schema.js'

function load(options: BenchRoutingOptions, ...settings: string[]) {
  return loadExperiment({
    scenarioFile: BENCH_ROUTING_SCENARIO,
    manifestFiles: BENCH_ROUTING_MANIFESTS,
    settings: [...benchRoutingSettings(options), ...settings].map(parseSetting),
    axes: [],
    command: '',
  })
}

test('the defaults are those of the scenario as it is written, without warnings', () => {
  const plan = load(BENCH_ROUTING_DEFAULTS)
  const asWritten = loadExperiment({
    scenarioFile: BENCH_ROUTING_SCENARIO,
    manifestFiles: BENCH_ROUTING_MANIFESTS,
    settings: [],
    axes: [],
    command: '',
  })
  expect(plan.digest).toBe(asWritten.digest)
  expect(plan.warnings).toEqual([])
  expect(plan.points).toHaveLength(26)
})

test.each([
  [{ ...BENCH_ROUTING_DEFAULTS, utilisation: 0.5, podCount: 4 }, 200],
  [{ ...BENCH_ROUTING_DEFAULTS, ratePerSec: 123 }, 123],
])('the rate of %j is %i requests per second', (options, rate) => {
  expect(load(options).points[0].scenario.spec.clients[0].arrivals.rate).toBe(rate)
})

test('least connections avoids the slow pod, round robin does not look, a hash of few addresses is uneven', async () => {
  const plan = load(BENCH_ROUTING_DEFAULTS, 'replications=1', 'horizon=6s')
  const compared = ['roundRobin', 'random', 'leastConnections', 'sourceHash']
  const ofCompared = plan.points.filter(({ settings }) => compared.includes(settings[1].value))
  const { points } = await runExperiment({ ...plan, points: ofCompared })
  const call = (pods: string, algorithm: string): CallResult => {
    const point = points.find(({ settings }) => settings[0].value === pods && settings[1].value === algorithm)
    if (point === undefined) throw new Error(`no ${pods} ${algorithm}`)
    return point.calls[0]
  }
  const slow = 'one at a quarter speed'
  const requestsOfSlowPod = (algorithm: string) => call(slow, algorithm).connections.perPod[0].count
  expect(requestsOfSlowPod('leastConnections')).toBeLessThan(requestsOfSlowPod('random') / 2)
  expect(call('all alike', 'roundRobin').connections.maxOverMean.value).toBeLessThan(1.01)
  expect(call('all alike', 'sourceHash').connections.maxOverMean.value).toBeGreaterThan(1.3)
  expect(call('all alike', 'sourceHash').stickiness.returnRatio.value).toBe(1)
  expect(call(slow, 'leastConnections').outcomes.rejected).toBe(0)
  expect(call(slow, 'roundRobin').outcomes.rejected).toBeGreaterThan(0)
})

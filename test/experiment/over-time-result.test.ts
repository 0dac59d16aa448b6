import { describe, expect, test } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { runExperiment } from '../../src/experiment/run-experiment.js'
import { readResults, resultsToJson } from '../../src/results/results-json.js'
import { shopInputs } from './inputs.js'

describe('results of a single run', () => {
  test('hold what pods, nodes and callers were like over time, as its averages and peaks say', async () => {
    const results = await runExperiment(loadExperiment(shopInputs({ settings: ['replications=3'] })))
    const [{ overTime, pods, nodes }] = results.points
    if (overTime === undefined) throw new Error('there is nothing over time')
    expect(overTime.intervalNs * overTime.clientPortsPeak.length).toBe(results.horizonNs - results.warmUpNs)
    for (const [index, pod] of pods.entries()) {
      const { utilisation, requests } = overTime.pods[index]
      expect(overTime.pods[index].pod).toBe(pod.pod)
      expect(mean(utilisation)).toBeCloseTo(pod.utilisation.value ?? -1, 6)
      expect(mean(requests)).toBeGreaterThanOrEqual((pod.meanQueueLength.value ?? 0) - 1e-6)
    }
    for (const [index, node] of nodes.entries())
      expect(Math.max(...overTime.nodes[index].conntrackPeak)).toBeLessThanOrEqual(node.conntrackPeak)
    expect(readResults(resultsToJson(results), 'results.json')).toEqual(results)
  })

  test('hold the ways of all connections that reached a pod', async () => {
    const [{ calls, nodes }] = (await runExperiment(loadExperiment(shopInputs()))).points
    for (const { ways, connections } of calls) {
      expect(ways?.counts.length).toBeGreaterThan(0)
      for (const [position, { count }] of connections.perPod.entries()) {
        const counts = ways?.counts.filter(([, , , pod]) => pod === position) ?? []
        expect(counts.reduce((sum, way) => sum + way[4], 0)).toBe(count)
      }
      expect(ways?.counts.every(([, , entry]) => nodes[entry] !== undefined)).toBe(true)
    }
  })
})

test('results of a sweep hold neither, to stay small', async () => {
  const { points } = await runExperiment(loadExperiment(shopInputs({ axes: ['web.replicas=1,2'] })))
  expect(points.map(({ overTime, calls }) => [overTime, calls[0].ways])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ])
})

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

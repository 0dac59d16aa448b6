/**
 * What common random numbers gain for the shipped counter, 4 against 5 replicas: kube-proxy chooses at random, but the same connection
 * meets the same numbers. src/experiment/README.md has the ratios of more pairs of alternatives.
 */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { runReplication } from '../../src/experiment/run-replication.js'
import { parseSetting } from '../../src/input/settings.js'
import type { CallMeasures } from '../../src/metrics/call-collector.js'

const FOLDER = path.resolve(import.meta.dirname, '../../scenarios/counter')
const REPLICATIONS = 16

function file(name: string) {
  return { path: name, text: fs.readFileSync(path.join(FOLDER, name), 'utf8') }
}

/** What browsers met in each replication. */
function browsersWith(replicas: number): CallMeasures[] {
  const [point] = loadExperiment({
    scenarioFile: file('scenario.yaml'),
    manifestFiles: [file('counter.yaml')],
    settings: [`counter.replicas=${replicas}`, 'horizon=35s'].map(parseSetting),
    axes: [],
    command: '',
  }).points
  return Array.from({ length: REPLICATIONS }, (_, replication) => {
    return runReplication(point, { seed: 1, replication, trace: undefined }).calls[0]
  })
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1)
}

/** Width of the interval of the paired difference over that of as many independent replications of both. */
function widthRatio(
  [four, five]: readonly (readonly CallMeasures[])[],
  figure: (call: CallMeasures) => number | null,
): number {
  const [left, right] = [four, five].map((calls) => calls.map((call) => figure(call) ?? Number.NaN))
  const differences = left.map((value, at) => right[at] - value)
  return Math.sqrt(variance(differences) / (variance(left) + variance(right)))
}

it('pairs of 4 and 5 replicas behind a node port have narrow intervals, part by part as documented', () => {
  const both = [browsersWith(4), browsersWith(5)]
  expect(widthRatio(both, (call) => call.partMeansNs.service)).toBeLessThan(0.02)
  // On the long run 0.35 and 0.5; with numbers drawn in the order of tests they were 0.55 and 0.8.
  expect(widthRatio(both, (call) => call.responseTimes.meanNs())).toBeLessThan(0.42)
  expect(widthRatio(both, (call) => call.responseTimes.quantileNs(0.99))).toBeLessThan(0.65)
  expect(widthRatio(both, (call) => call.partMeansNs.queue)).toBeLessThan(0.68)
  expect(widthRatio(both, (call) => call.partMeansNs.network)).toBeLessThan(0.6)
})

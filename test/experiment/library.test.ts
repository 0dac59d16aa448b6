import { expect, test } from 'vitest'
import {
  compileCluster,
  InputError,
  planExperiment,
  readManifests,
  readScenario,
  renderReport,
  runExperiment,
} from '../../src/index.js'
import { shopFile } from './inputs.js'

test('six calls lead from texts to a page', async () => {
  const manifests = readManifests([shopFile('shop.yaml')])
  const scenario = readScenario(shopFile('scenario.yaml'))
  const cluster = compileCluster(manifests, scenario)
  const plan = planExperiment(cluster, scenario)
  const results = await runExperiment(plan)
  const [page] = await renderReport(results, 'text')
  expect(page.text).toContain('browsers → web:80 by nodePort')
  expect(results.scenario.digest).toMatch(/^[0-9a-f]{64}$/)
})

test('the library refuses what the command line refuses', () => {
  const scenario = readScenario(shopFile('scenario.yaml'))
  expect(() => readManifests([{ path: 'x.yaml', text: 'kind: Service' }])).toThrow(InputError)
  expect(() => readScenario({ path: 'x.yaml', text: 'kind: Scenario' })).toThrow(InputError)
  expect(() => compileCluster(readManifests([]), scenario)).toThrow(InputError)
})

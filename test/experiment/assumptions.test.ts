import { expect, test } from 'vitest'
import { assumptionsOf } from '../../src/experiment/assumptions.js'
import { loadExperiment } from '../../src/experiment/load-experiment.js'
import { SET_BY_SCENARIO } from '../../src/results/results-schema.js'
import { type ShopOptions, shopInputs } from './inputs.js'

function assumptions(options: ShopOptions = {}) {
  const { scenario, cluster } = loadExperiment(shopInputs(options)).points[0]
  return assumptionsOf(scenario, cluster)
}

/** `preset.name = value` of what the scenario has set. */
function set(options: ShopOptions = {}): string[] {
  return assumptions(options)
    .filter(({ source }) => source === SET_BY_SCENARIO)
    .map(({ preset, name, value }) => `${preset}.${name} = ${value}`)
}

test('what the scenario sets is told from what it leaves to svcsim', () => {
  expect(set()).toEqual(['pods/web.servers = 4', 'pods/redis.servers = 8', 'pods/redis.serviceTime = 1 ms'])
  expect(set({ scenario: 'sweep.yaml' })).toEqual([])
  expect(
    set({
      scenario: 'sweep.yaml',
      settings: ['links.outside=11ms', 'dns.cacheTime=30s', 'costs.set.rule=9'],
    }),
  ).toEqual(['costs/iptables-nft.rule = 9 ns', 'links.outside = 11 ms', 'dns.cacheTime = 30 s'])
})

test('every assumption has a value and a source, and pods that the scenario does not describe are among them', () => {
  const all = assumptions({ scenario: 'sweep.yaml' })
  expect(all.filter(({ value, source }) => value === '' || source === '')).toEqual([])
  expect(
    all
      .filter(({ preset }) => preset.startsWith('pods/'))
      .map(({ preset, name, value }) => `${preset}.${name} = ${value}`),
  ).toEqual([
    'pods/(others).servers = 1',
    'pods/(others).queueCapacity = 1024',
    'pods/(others).serviceTime = exponential, mean 5 ms',
  ])
})

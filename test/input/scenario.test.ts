/** What a scenario says: defaults, times, rates, quantities, references, distributions. */
import fs from 'node:fs'
import { describe, expect, test } from 'vitest'
import { distributionMean, distributionVariance } from '../../src/base/distribution-moments.js'
import { DEFAULT_POD_BEHAVIOUR } from '../../src/input/default-pod-behaviour.js'
import { readScenario } from '../../src/input/read-scenario.js'
import { scenarioErrors, scenarioOf, scenarioText } from './reading.js'

const specOf = (spec: string) => scenarioOf(scenarioText(spec)).spec

/** What is wrong with further fields of the spec, without the place. */
const wrongs = (spec: string) =>
  scenarioErrors(scenarioText(spec)).map((each) => each.replace(/ \d+:\d+ /, ' '))

describe('the defaults', () => {
  test('of the smallest scenario', () => {
    const { spec } = scenarioOf(scenarioText())
    expect(spec).toMatchObject({
      seed: 1,
      replications: 1,
      warmUp: 1_000_000_000,
      horizon: 61_000_000_000,
      replicas: {},
      pods: {},
      loadBalancers: {},
      cluster: { nodes: [], ipFamily: 'IPv4', nodePortRange: { first: 30_000, last: 32_767 }, placement: {} },
      clients: [
        {
          name: 'users',
          location: 'outside',
          count: 100,
          to: { host: 'web', port: 80 },
          entryPolicy: 'perClient',
          arrivals: { rate: 10, process: 'poisson', order: 'random' },
          connection: 'perRequest',
          timeout: 30_000_000_000,
        },
      ],
      links: {
        sameNode: { kind: 'constant', value: 10_000 },
        sameZone: { kind: 'constant', value: 150_000 },
        otherZone: { kind: 'constant', value: 500_000 },
        outside: { kind: 'constant', value: 10_000_000 },
      },
    })
    expect(spec.sweep).toBe(undefined)
    expect(DEFAULT_POD_BEHAVIOUR).toEqual(specOf('  pods: {web: {}}').pods.web)
    expect(DEFAULT_POD_BEHAVIOUR).toMatchObject({
      servers: 1,
      queueCapacity: 1024,
      serviceTime: { kind: 'exponential', mean: 5_000_000 },
      calls: [],
    })
  })

  test('are the same however the scenario is written', () => {
    const json = JSON.stringify({
      apiVersion: 'svcsim.dev/v1alpha1',
      kind: 'Scenario',
      metadata: { name: 'test' },
      spec: {
        manifests: ['shop.yaml'],
        clients: [{ name: 'users', to: 'web:80', arrivals: { rate: '10/s' } }],
      },
    })
    expect(scenarioOf(json)).toEqual(scenarioOf(scenarioText()))
  })
})

describe('a duration', () => {
  test.each([
    ['250ms', 250_000_000],
    ['1.5s', 1_500_000_000],
    ['1m30s', 90_000_000_000],
    ['720h', 2_592_000_000_000_000],
    ['3000000us', 3_000_000_000],
  ])('%s', (text, ns) => {
    expect(specOf(`  warmUp: 0s\n  horizon: ${text}\n`).horizon).toBe(ns)
  })

  test.each(['5', '"5"', '5d', '-5s', '1e3s', '5 s', '0.1ns', '2600h', '""'])('is not %s', (text) => {
    const code = text === '5' ? 'FIELD_TYPE' : 'DURATION'
    expect(wrongs(`  horizon: ${text}\n`)).toEqual([
      `${code} spec.horizon is ${text === '5' ? 'a number' : `"${text.replaceAll('"', '')}"`} [it must be a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds]`,
    ])
  })
})

const withRate = (rate: string) => scenarioText().replace('10/s', rate)

describe('a rate', () => {
  test.each([
    ['400/s', 400],
    ['30/m', 0.5],
    ['36/h', 0.01],
    ['"2.5"', 2.5],
    ['1e3/s', 1000],
  ])('%s', (text, perSec) => {
    expect(scenarioOf(withRate(text)).spec.clients[0].arrivals.rate).toBe(perSec)
  })

  test.each(['0/s', '-1/s', '5/d', 'many', '/s'])('is not %s', (text) => {
    expect(scenarioErrors(withRate(text))).toEqual([
      `RATE 7:52 spec.clients[0].arrivals.rate is "${text}" [it must be a rate such as 400/s, 30/m or 2/h, above 0]`,
    ])
  })
})

describe('a quantity', () => {
  test.each([
    ['500m', 0.5],
    ['2', 2],
    ['1Gi', 1_073_741_824],
    ['0', 0],
  ])('%s', (text, value) => {
    expect(specOf(`  costs: {set: {a: ${text}}}\n`).costs.set.a).toBe(value)
  })

  test.each(['5x', '-5m', '1 Gi'])('is not %s', (text) => {
    expect(wrongs(`  costs: {set: {a: ${text}}}\n`)).toEqual([
      `QUANTITY spec.costs.set.a is "${text}" [it must be a quantity such as 500m, 2k or 1Gi]`,
    ])
  })
})

describe('a reference to a Service', () => {
  const to = (text: string) => scenarioText().replace("'web:80'", text)

  test.each([
    ["'web:80'", { host: 'web', port: 80 }],
    ["'web.shop:http'", { host: 'web.shop', port: 'http' }],
    ["'web.shop.svc.cluster.local.:8080'", { host: 'web.shop.svc.cluster.local.', port: 8080 }],
  ])('%s', (text, reference) => {
    expect(scenarioOf(to(text)).spec.clients[0].to).toEqual(reference)
  })

  test.each(['web', 'web:', ':80', 'web:0', 'web:65536', 'Web:80', 'http://web:80', 'web_1:80', 'a..b:80'])(
    'is not %s',
    (text) => {
      expect(scenarioErrors(to(`'${text}'`))).toEqual([
        `REFERENCE 7:25 spec.clients[0].to is "${text}" [it must be a Service and its port, such as redis:6379, web:http or web.shop:80]`,
      ])
    },
  )
})

describe('a range of node ports', () => {
  test('has a first and a last', () => {
    expect(specOf('  cluster: {nodePortRange: 8000-9000}\n').cluster.nodePortRange).toEqual({
      first: 8000,
      last: 9000,
    })
  })

  test.each(['9000-8000', '0-10', '80-70000', '80', 'a-b'])('is not %s', (text) => {
    expect(wrongs(`  cluster: {nodePortRange: "${text}"}\n`)).toEqual([
      `FIELD_VALUE spec.cluster.nodePortRange is "${text}" [it must be a range of ports such as 30000-32767]`,
    ])
  })
})

function serviceTime(text: string) {
  return specOf(`  pods: {web: {serviceTime: ${text}}}\n`).pods.web.serviceTime
}

describe('a distribution', () => {
  test.each([
    ['5ms', { kind: 'constant', value: 5_000_000 }],
    ['{distribution: constant, mean: 5ms}', { kind: 'constant', value: 5_000_000 }],
    ['{distribution: uniform, min: 1ms, max: 3ms}', { kind: 'uniform', min: 1_000_000, max: 3_000_000 }],
    ['{distribution: exponential, mean: 5ms}', { kind: 'exponential', mean: 5_000_000 }],
    [
      '{distribution: empirical, values: [1ms, 5ms]}',
      { kind: 'empirical', values: [1_000_000, 5_000_000], weights: [1, 1] },
    ],
    [
      '{distribution: empirical, values: [1ms, 5ms], weights: [9, 1]}',
      { kind: 'empirical', values: [1_000_000, 5_000_000], weights: [9, 1] },
    ],
  ])('%s', (text, distribution) => {
    expect(serviceTime(text)).toEqual(distribution)
  })

  test.each([
    ['lognormal', 'cv: 2', 2],
    ['weibull', 'cv: 1.5', 1.5],
    ['pareto', 'cv: 0.8', 0.8],
    ['hyperexponential', 'cv: 3', 3],
    ['erlang', 'stages: 4', 0.5],
  ])('%s with mean and %s has both', (kind, figure, cv) => {
    const distribution = serviceTime(`{distribution: ${kind}, mean: 4ms, ${figure}}`)
    const mean = distributionMean(distribution)
    expect(mean / 4_000_000).toBeCloseTo(1, 9)
    expect(Math.sqrt(distributionVariance(distribution)) / mean).toBeCloseTo(cv, 6)
  })

  test('lognormal with mean and p99 has both', () => {
    const distribution = serviceTime('{distribution: lognormal, mean: 4ms, p99: 20ms}')
    expect(distributionMean(distribution) / 4_000_000).toBeCloseTo(1, 9)
    if (distribution.kind !== 'lognormal') throw new Error('another kind')
    // Quantile of the normal distribution at 0.99: 2.3263478740.
    const p99 = Math.exp(distribution.mu + distribution.sigma * 2.326347874)
    expect(p99 / 20_000_000).toBeCloseTo(1, 6)
  })

  test.each<[string, string]>([
    ['{distribution: lognormal, mean: 4ms}', 'DISTRIBUTION spec.pods.web.serviceTime: '],
    [
      '{distribution: lognormal, mean: 4ms, p99: 1ms}',
      'DISTRIBUTION spec.pods.web.serviceTime: p99 must be above the mean',
    ],
    ['{distribution: lognormal, mean: 4ms, p99: 1h}', 'DISTRIBUTION spec.pods.web.serviceTime: '],
    ['{distribution: lognormal, mean: 4ms, p99: 9ms, cv: 1}', 'DISTRIBUTION spec.pods.web.serviceTime: '],
    [
      '{distribution: uniform, min: 3ms, max: 1ms}',
      'DISTRIBUTION spec.pods.web.serviceTime: min is longer than max',
    ],
    [
      '{distribution: empirical, values: [1ms], weights: [1, 2]}',
      'DISTRIBUTION spec.pods.web.serviceTime: there must be as many weights as values',
    ],
    [
      '{distribution: lognrmal, mean: 4ms}',
      'FIELD_VALUE spec.pods.web.serviceTime.distribution is "lognrmal" [it must be "constant", "uniform", "exponential", "erlang", "hyperexponential", "lognormal", "weibull", "pareto" or "empirical"; did you mean "lognormal"?]',
    ],
    [
      '{mean: 4ms}',
      'FIELD_MISSING spec.pods.web.serviceTime.distribution is missing [it must be "constant", "uniform", "exponential", "erlang", "hyperexponential", "lognormal", "weibull", "pareto" or "empirical"]',
    ],
    [
      '{distribution: exponential}',
      'FIELD_MISSING spec.pods.web.serviceTime.mean is missing [it must be a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds]',
    ],
    [
      '{distribution: exponential, mean: 4}',
      'FIELD_TYPE spec.pods.web.serviceTime.mean is a number [it must be a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds]',
    ],
    [
      '{distribution: exponential, mean: 4ms, p99: 9ms}',
      'FIELD_UNKNOWN There is no field "p99" in spec.pods.web.serviceTime [',
    ],
    [
      '5',
      'FIELD_TYPE spec.pods.web.serviceTime is a number [it must be a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds]',
    ],
    [
      '[5ms]',
      'FIELD_TYPE spec.pods.web.serviceTime is a list [it must be a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds]',
    ],
    [
      '{distribution: lognormal, mean: 4ms, cv: -1}',
      'FIELD_VALUE spec.pods.web.serviceTime.cv is -1 [it must be above 0]',
    ],
  ])('%s is refused', (text, error) => {
    const errors = wrongs(`  pods: {web: {serviceTime: ${text}}}\n`)
    expect(errors.length).toBe(1)
    expect(errors[0].startsWith(error)).toBe(true)
  })
})

describe('a scenario that ships', () => {
  const folder = new URL('../../scenarios/', import.meta.url)
  const shipped = fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(new URL(`${name}/scenario.yaml`, folder)))

  test.each(shipped)('%s is read without errors', (name) => {
    const text = fs.readFileSync(new URL(`${name}/scenario.yaml`, folder), 'utf8')
    expect(readScenario({ path: 'scenario.yaml', text }).warnings).toEqual([])
  })
})

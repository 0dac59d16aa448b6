import { describe, expect, it } from 'vitest'
import {
  BALANCING_ALGORITHMS,
  loadBalancerSchema,
  POD_PRESETS,
  BALANCER_PRESETS as PRESET_NAMES,
  VIRTUAL_ADDRESS_PRESETS,
} from '../../../src/input/load-balancer-schema.js'
import { balancerSettingsOf, presetConstants } from '../../../src/model/load-balancers/balancer-settings.js'
import { BALANCER_CONSTANTS, BALANCER_PRESETS } from '../../../src/model/load-balancers/presets.js'
import { ALGORITHMS } from '../../../src/routing/algorithms.js'

const S = 1_000_000_000
const ALL = PRESET_NAMES.flatMap((preset) => [false, true].map((isLocal) => ({ preset, isLocal })))

describe('presets', () => {
  it('are those that the schema knows, with its algorithms', () => {
    expect(Object.keys(BALANCER_PRESETS)).toEqual([...PRESET_NAMES])
    expect(Object.keys(ALGORITHMS)).toEqual([...BALANCING_ALGORITHMS])
  })

  it.each(ALL)('give every constant with a source: $preset, Local: $isLocal', ({ preset, isLocal }) => {
    const constants = presetConstants(preset, isLocal)
    expect(Object.keys(constants).sort()).toEqual(Object.keys(BALANCER_CONSTANTS).sort())
    for (const { value, source } of Object.values(constants)) {
      expect(source.length).toBeGreaterThan(10)
      expect(value).not.toBe(undefined)
    }
  })

  it.each(PRESET_NAMES)('send to what the check of scenarios takes them to: %s', (preset) => {
    const { targets, delivery } = presetConstants(preset, false)
    expect(targets.value === 'pods').toBe(POD_PRESETS.includes(preset))
    expect(delivery.value === 'virtualAddress').toBe(VIRTUAL_ADDRESS_PRESETS.includes(preset))
  })

  it.each([
    ['aws-nlb-instance', false, 'trafficPort', 10 * S, 10 * S, 3, 3],
    ['aws-nlb-instance', true, 'healthCheckNodePort', 10 * S, 6 * S, 2, 2],
    ['aws-nlb-ip', true, 'trafficPort', 10 * S, 10 * S, 3, 3],
    ['aws-alb', false, 'trafficPort', 15 * S, 5 * S, 2, 2],
    ['gcp-passthrough', false, 'kubeProxy', 8 * S, 1 * S, 1, 3],
    ['gcp-passthrough', true, 'healthCheckNodePort', 8 * S, 1 * S, 1, 3],
    ['metallb-l2', true, 'announcement', 1 * S, 0.5 * S, 1, 1],
    ['metallb-bgp', false, 'announcement', 30 * S, 0, 1, 3],
    ['kube-vip-arp', false, 'announcement', 1 * S, 0, 1, 5],
    ['generic', true, 'healthCheckNodePort', 0, 0, 1, 1],
  ] as const)(
    'check health as published: %s, Local: %s',
    (preset, isLocal, by, interval, timeout, up, down) => {
      const { settings } = balancerSettingsOf(loadBalancerSchema.parse({ preset }), isLocal)
      expect([
        settings.healthCheckBy,
        settings.healthCheckIntervalNs,
        settings.healthCheckTimeoutNs,
        settings.healthyThreshold,
        settings.unhealthyThreshold,
      ]).toEqual([by, interval, timeout, up, down])
    },
  )

  it.each([
    ['aws-nlb-instance', 'nodes', false, true, 'flowHash', '5-tuple'],
    ['aws-nlb-ip', 'pods', false, false, 'flowHash', '5-tuple'],
    ['aws-alb', 'nodes', true, false, 'roundRobin', '5-tuple'],
    ['l4-3-tuple', 'nodes', true, true, 'flowHash', '3-tuple'],
    ['l4-2-tuple', 'nodes', true, true, 'flowHash', '2-tuple'],
  ] as const)('send, cross zones and show addresses as published: %s', (preset, ...expected) => {
    const { settings } = balancerSettingsOf(loadBalancerSchema.parse({ preset }), false)
    const { targets, crossZone, preservesSource, algorithm, hashFields } = settings
    expect([targets, crossZone, preservesSource, algorithm, hashFields]).toEqual(expected)
  })
})

describe('settings in force', () => {
  it('are those of generic where the scenario says nothing', () => {
    const { preset, settings } = balancerSettingsOf(undefined, false)
    expect([preset, settings.algorithm, settings.targets]).toEqual(['generic', 'roundRobin', 'nodes'])
  })

  it('take each setting of the scenario in place of that of the preset, and tell which they took', () => {
    const given = {
      mode: 'proxy',
      algorithm: 'maglev',
      targets: 'pods',
      delivery: 'virtualAddress',
      hashFields: 'source',
      weights: 'podsPerNode',
      choices: 3,
      virtualNodes: 7,
      tableSize: 251,
      buckets: 9,
      loadFactor: 1.5,
      announcement: 'oneLeader',
      balancerNodes: 'perZone',
      crossZone: false,
      link: 'none',
      preservesSource: false,
      whenNoneHealthy: 'useAll',
      healthCheck: {
        by: 'trafficPort',
        interval: '1s',
        timeout: '2s',
        healthyThreshold: 4,
        unhealthyThreshold: 5,
        propagation: '6s',
      },
      deregistrationDelay: '7s',
      connection: 'perRequest',
      idleTimeout: '8s',
      connectTimeout: '9s',
    }
    const { settings, sourceOf } = balancerSettingsOf(loadBalancerSchema.parse(given), false)
    const { healthCheck, deregistrationDelay, idleTimeout, connectTimeout, ...words } = given
    expect(settings).toEqual({
      ...words,
      healthCheckBy: 'trafficPort',
      healthCheckIntervalNs: 1 * S,
      healthCheckTimeoutNs: 2 * S,
      healthyThreshold: 4,
      unhealthyThreshold: 5,
      healthPropagationNs: 6 * S,
      deregistrationDelayNs: 7 * S,
      idleTimeoutNs: 8 * S,
      connectTimeoutNs: 9 * S,
    })
    const names = Object.keys(settings) as (keyof typeof settings)[]
    expect(names.filter((name) => sourceOf(name) !== undefined)).toEqual([])
    expect(balancerSettingsOf(loadBalancerSchema.parse({}), false).sourceOf('choices')).toContain(
      'Mitzenmacher',
    )
  })

  it('keep a setting of zero or no as one that is set', () => {
    const given = loadBalancerSchema.parse({ preset: 'aws-nlb-instance', healthCheck: { propagation: '0s' } })
    const { settings, sourceOf } = balancerSettingsOf(given, false)
    expect([settings.healthPropagationNs, sourceOf('healthPropagationNs')]).toEqual([0, undefined])
  })
})

describe('the schema of a load balancer', () => {
  const errorsOf = (settings: object) =>
    loadBalancerSchema
      .safeParse(settings)
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)

  it.each([
    [{ preset: 'elb' }, 'preset'],
    [{ tableSize: 65_536 }, 'tableSize: a prime number such as 65537'],
    [{ tableSize: 1e15 }, 'tableSize'],
    [{ choices: 0 }, 'choices'],
    [{ virtualNodes: 5_000 }, 'virtualNodes'],
    [{ loadFactor: 0.9 }, 'loadFactor'],
    [{ healthCheck: { interval: '-1s' } }, 'healthCheck.interval'],
    [{ announcer: '' }, 'announcer'],
  ])('refuses %o', (settings, expected) => {
    const errors = errorsOf(settings) ?? []
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain(expected)
  })

  it('takes any prime table up to the largest of Envoy', () => {
    expect(errorsOf({ tableSize: 5_000_011 })).toBe(undefined)
    expect(errorsOf({ tableSize: 3 })).toBe(undefined)
  })
})

/**
 * What is taken for granted of load balancers: every constant of a preset that has a say, with its source; of the generic one only
 * what the scenario sets beside algorithm and targets.
 */
import { formatDuration } from '../base/units.js'
import type { Scenario } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import {
  type BalancerSettingName,
  type BalancerSettingsInForce,
  balancerSettingsOf,
} from '../model/load-balancers/balancer-settings.js'
import type { BalancerSettings } from '../model/load-balancers/preset.js'
import { BALANCER_CONSTANTS } from '../model/load-balancers/presets.js'
import { SET_BY_SCENARIO } from '../results/results-schema.js'
import type { Assumption } from './assumption.js'

const HASHING = ['flowHash', 'hashThreshold', 'resilientHash', 'ringHash', 'boundedRingHash', 'maglev']
const WEIGHING = ['weightedRoundRobin', 'ringHash', 'boundedRingHash', 'maglev']

/** Those that have a say only under a condition. */
const SAY: { readonly [Name in BalancerSettingName]?: (settings: BalancerSettings) => boolean } = {
  algorithm: ({ announcement }) => announcement === 'none',
  hashFields: ({ announcement, algorithm }) => announcement === 'none' && HASHING.includes(algorithm),
  weights: ({ announcement, algorithm }) => announcement === 'none' && WEIGHING.includes(algorithm),
  choices: ({ algorithm }) => algorithm === 'powerOfChoices' || algorithm === 'powerOfChoicesWithReplacement',
  virtualNodes: ({ algorithm }) => algorithm === 'ringHash' || algorithm === 'boundedRingHash',
  loadFactor: ({ algorithm }) => algorithm === 'boundedRingHash',
  tableSize: ({ algorithm }) => algorithm === 'maglev',
  buckets: ({ algorithm }) => algorithm === 'resilientHash',
  delivery: ({ targets }) => targets === 'nodes',
  announcement: ({ announcement }) => announcement !== 'none',
  preservesSource: ({ mode }) => mode === 'passThrough',
  connection: ({ mode }) => mode === 'proxy',
  idleTimeoutNs: ({ mode, connection }) => mode === 'proxy' && connection === 'keepAlive',
  connectTimeoutNs: ({ mode }) => mode === 'proxy',
}

/** In the order of the scenario. */
export function loadBalancerAssumptions({ spec }: Scenario, { services }: Cluster): Assumption[] {
  return Object.entries(spec.loadBalancers).flatMap(([name, given]) => {
    const service = services.find((each) => each.name === name && each.object.type === 'LoadBalancer')
    if (service === undefined) return []
    return assumptionsOf(name, balancerSettingsOf(given, service.object.externalTrafficPolicy === 'Local'))
  })
}

function assumptionsOf(service: string, inForce: BalancerSettingsInForce): Assumption[] {
  const { preset, settings, sourceOf, announcer } = inForce
  const group = `load-balancers/${service}/${preset}`
  const names = Object.keys(BALANCER_CONSTANTS) as BalancerSettingName[]
  const told = names.filter((name) =>
    preset === 'generic' ? isToldOfGeneric(name, inForce) : (SAY[name]?.(settings) ?? true),
  )
  const constants = told.map((name) => ({
    preset: group,
    name: name.replace(/Ns$/, ''),
    value: valueText(name, settings),
    source: sourceOf(name) ?? SET_BY_SCENARIO,
  }))
  if (announcer === undefined) return constants
  return [...constants, { preset: group, name: 'announcer', value: announcer, source: SET_BY_SCENARIO }]
}

function isToldOfGeneric(name: BalancerSettingName, { sourceOf }: BalancerSettingsInForce): boolean {
  return sourceOf(name) === undefined && name !== 'algorithm' && name !== 'targets'
}

function valueText(name: BalancerSettingName, settings: BalancerSettings): string {
  const value = settings[name]
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'number' && BALANCER_CONSTANTS[name].unit === 'ns'
    ? formatDuration(value)
    : String(value)
}

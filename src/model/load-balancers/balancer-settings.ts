/**
 * The settings of a load balancer in force: those of its preset, with single ones of the scenario in their place.
 */
import type { LoadBalancerSettings } from '../../input/load-balancer-schema.js'
import type { BalancerSettings, Preset } from './preset.js'
import { BALANCER_PRESETS, type BalancerPresetName } from './presets.js'

export type BalancerSettingName = keyof BalancerSettings

/** What stands before a Service of which the scenario says nothing. */
const DEFAULT_PRESET: BalancerPresetName = 'generic'

/** The settings in force, and where each comes from. */
export interface BalancerSettingsInForce {
  readonly preset: BalancerPresetName
  readonly settings: BalancerSettings
  /** Undefined: set by the scenario. */
  readonly sourceOf: (name: BalancerSettingName) => string | undefined
  /** Name of the node that the scenario has announce the Service. */
  readonly announcer: string | undefined
}

/**
 * The settings in force for a Service.
 *
 * @param given - `spec.loadBalancers.<service>`
 * @param isLocal - has it externalTrafficPolicy Local? Some presets check health in another way then
 */
export function balancerSettingsOf(
  given: LoadBalancerSettings | undefined,
  isLocal: boolean,
): BalancerSettingsInForce {
  const preset = given?.preset ?? DEFAULT_PRESET
  const constants = presetConstants(preset, isLocal)
  const set = given === undefined ? {} : settingsSet(given)
  const names = Object.keys(constants) as BalancerSettingName[]
  const values = names.map((name) => [name, set[name] ?? constants[name].value] as const)
  return {
    preset,
    settings: Object.fromEntries(values) as unknown as BalancerSettings,
    sourceOf: (name) => (set[name] === undefined ? constants[name].source : undefined),
    announcer: given?.announcer,
  }
}

/** Every constant of a preset. */
export function presetConstants(preset: BalancerPresetName, isLocal: boolean): Preset {
  const { constants, underLocal } = BALANCER_PRESETS[preset]
  return isLocal ? { ...constants, ...underLocal } : constants
}

/** The scenario's words for settings. Those that it leaves out are undefined. */
function settingsSet(given: LoadBalancerSettings): {
  [Name in BalancerSettingName]?: BalancerSettings[Name] | undefined
} {
  const { healthCheck } = given
  return {
    mode: given.mode,
    algorithm: given.algorithm,
    hashFields: given.hashFields,
    weights: given.weights,
    choices: given.choices,
    virtualNodes: given.virtualNodes,
    tableSize: given.tableSize,
    buckets: given.buckets,
    loadFactor: given.loadFactor,
    targets: given.targets,
    delivery: given.delivery,
    announcement: given.announcement,
    balancerNodes: given.balancerNodes,
    crossZone: given.crossZone,
    link: given.link,
    preservesSource: given.preservesSource,
    whenNoneHealthy: given.whenNoneHealthy,
    healthCheckBy: healthCheck.by,
    healthCheckIntervalNs: healthCheck.interval,
    healthCheckTimeoutNs: healthCheck.timeout,
    healthyThreshold: healthCheck.healthyThreshold,
    unhealthyThreshold: healthCheck.unhealthyThreshold,
    healthPropagationNs: healthCheck.propagation,
    deregistrationDelayNs: given.deregistrationDelay,
    connection: given.connection,
    idleTimeoutNs: given.idleTimeout,
    connectTimeoutNs: given.connectTimeout,
  }
}

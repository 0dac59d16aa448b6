/** What a preset is: a value for every setting of a load balancer, each with the source that it was taken from. */
import type { AlgorithmName } from '../../routing/algorithms.js'
import type { BalancingTuning } from '../../routing/balancing-algorithm.js'

/** Everything that a preset decides. What each means, with its unit, is in `BALANCER_CONSTANTS`. */
export interface BalancerSettings extends BalancingTuning {
  readonly mode: 'passThrough' | 'proxy'
  readonly algorithm: AlgorithmName
  readonly weights: 'equal' | 'podsPerNode'
  readonly targets: 'nodes' | 'pods'
  readonly delivery: 'nodePort' | 'virtualAddress'
  readonly announcement: 'none' | 'hashOfNode' | 'oneLeader' | 'leaderPerService'
  readonly balancerNodes: 'one' | 'perZone'
  readonly crossZone: boolean
  readonly link: 'none' | 'sameZone' | 'byZone'
  readonly preservesSource: boolean
  readonly whenNoneHealthy: 'refuse' | 'useAll'
  readonly healthCheckBy: 'trafficPort' | 'kubeProxy' | 'healthCheckNodePort' | 'announcement'
  readonly healthCheckIntervalNs: number
  readonly healthCheckTimeoutNs: number
  readonly healthyThreshold: number
  readonly unhealthyThreshold: number
  readonly healthPropagationNs: number
  readonly deregistrationDelayNs: number
  readonly connection: 'perRequest' | 'keepAlive'
  readonly idleTimeoutNs: number
  readonly connectTimeoutNs: number
}

/** One value of a preset. */
export interface PresetConstant<Value> {
  readonly value: Value
  /** Where it was read, measured or told. */
  readonly source: string
}

/** Every setting of a load balancer. */
export type Preset = { readonly [Name in keyof BalancerSettings]: PresetConstant<BalancerSettings[Name]> }

/** A load balancer that svcsim knows. */
export interface BalancerPreset {
  readonly constants: Preset
  /** Those that differ where the Service has externalTrafficPolicy Local. */
  readonly underLocal: Partial<Preset>
}

/** Values from one source. */
export function from<Name extends keyof BalancerSettings>(
  source: string,
  values: Pick<BalancerSettings, Name>,
): Pick<Preset, Name> {
  const entries = Object.entries(values).map(([name, value]) => [name, { value, source }])
  return Object.fromEntries(entries) as Pick<Preset, Name>
}

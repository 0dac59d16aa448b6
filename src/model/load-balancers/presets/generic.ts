/**
 * A load balancer of no vendor: takes turns over healthy nodes, leaves addresses as they are, learns of every change at once.
 * The presets by hash are the same with a flow hash: what any pass-through balancer on layer 4 does.
 */
import type { HashFields } from '../../../routing/new-connection.js'
import { type BalancerPreset, from } from '../preset.js'

const DEFAULT = 'default of svcsim'
const L4 = 'definition of the preset: a pass-through balancer that hashes'

/** What algorithms are tuned by where no vendor says otherwise. */
const TUNING = {
  ...from(DEFAULT, { hashFields: '5-tuple', weights: 'equal' }),
  ...from('Mitzenmacher 2001: two choices; Envoy least_request, choice_count', { choices: 2 }),
  ...from('ketama: 160 points for each server', { virtualNodes: 160 }),
  ...from('Eisenbud et al., Maglev, NSDI 2016; Envoy maglev, table_size', { tableSize: 65_537 }),
  ...from('NVIDIA Cumulus Linux, resilient_hash_entries_ecmp', { buckets: 64 }),
  ...from('Mirrokni et al. 2018; HAProxy at Vimeo, 2016', { loadFactor: 1.25 }),
}

export const GENERIC: BalancerPreset = {
  constants: {
    ...TUNING,
    ...from(DEFAULT, {
      mode: 'passThrough',
      algorithm: 'roundRobin',
      targets: 'nodes',
      delivery: 'nodePort',
      announcement: 'none',
      balancerNodes: 'one',
      crossZone: true,
      link: 'sameZone',
      preservesSource: true,
      whenNoneHealthy: 'refuse',
      healthCheckBy: 'kubeProxy',
      healthCheckIntervalNs: 0,
      healthCheckTimeoutNs: 0,
      healthyThreshold: 1,
      unhealthyThreshold: 1,
      healthPropagationNs: 0,
      deregistrationDelayNs: 0,
      connection: 'keepAlive',
      idleTimeoutNs: 0,
      connectTimeoutNs: 0,
    }),
  },
  underLocal: from(DEFAULT, { healthCheckBy: 'healthCheckNodePort' }),
}

export const L4_5_TUPLE = flowHashing('5-tuple')
export const L4_3_TUPLE = flowHashing('3-tuple')
export const L4_2_TUPLE = flowHashing('2-tuple')

function flowHashing(hashFields: HashFields): BalancerPreset {
  const { constants, underLocal } = GENERIC
  return { constants: { ...constants, ...from(L4, { algorithm: 'flowHash', hashFields }) }, underLocal }
}

/**
 * Random scenarios made shorter, and wider: load balancers of all presets, both families of addresses, every scheduler of
 * IPVS, and clients of load balancers who have patience. For runs of very many, that are to reach every way in which a request can end.
 */
import { type Stream, Streams } from '../../src/engine/streams.js'
import { BALANCER_PRESETS } from '../../src/input/load-balancer-schema.js'
import { IPVS_SCHEDULERS } from '../../src/input/proxy-schema.js'
import { drawBalancer } from './load-balancers/random-balancer.js'
import { draftScenario, type ScenarioDraft } from './random-scenario.js'

/** The variant of a number; the same one every time. */
export function draftVariant(seed: number): ScenarioDraft {
  const { documents, spec } = draftScenario(seed)
  const stream = new Streams(seed, 0).get('draft/variant')
  const pick = <T>(...choices: readonly T[]): T => choices[stream.below(choices.length)]
  const { cluster, proxy, loadBalancers, limits } = spec as Record<string, object>
  const names = Object.keys(loadBalancers)
  return {
    documents,
    spec: {
      ...spec,
      horizon: '250ms',
      cluster: { ...cluster, ...pick({}, {}, { ipFamily: 'IPv6' }) },
      proxy: { ...proxy, ipvsScheduler: pick(...IPVS_SCHEDULERS) },
      loadBalancers: Object.fromEntries(names.map((name) => [name, balancer(stream)])),
      clients: [...spec.clients, ...names.map(visitors)],
      limits: pick(limits, limits, limits, limits, limits, {
        ...limits,
        conntrackLeast: 3,
        conntrackPerCpu: 1,
      }),
    },
  }
}

/** Clients outside who wait for longer than most. */
function visitors(name: string): object {
  return {
    name: `visitors-of-${name}`,
    to: `${name}:80`,
    location: 'outside',
    count: 6,
    arrivals: { rate: '60/s' },
    timeout: '3s',
  }
}

/** In half of all cases as its preset has it. */
function balancer(stream: Stream): object {
  const preset = BALANCER_PRESETS[stream.below(BALANCER_PRESETS.length)]
  return stream.below(2) === 0 ? { preset } : drawBalancer(stream)
}

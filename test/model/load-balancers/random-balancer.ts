/** A load balancer of some preset, with some settings of its own. */
import type { Stream } from '../../../src/engine/streams.js'
import { BALANCER_PRESETS, BALANCING_ALGORITHMS } from '../../../src/input/load-balancer-schema.js'

/** `spec.loadBalancers.<service>`, drawn. */
export function drawBalancer(stream: Stream): object {
  const pick = <T>(...choices: readonly T[]) => choices[stream.below(choices.length)]
  return {
    preset: pick(...BALANCER_PRESETS),
    ...pick<object>({}, {}, { algorithm: pick(...BALANCING_ALGORITHMS) }),
    ...pick<object>({}, { mode: 'proxy' }, { mode: 'passThrough' }),
    ...pick<object>({}, { targets: pick('nodes', 'pods') }, { delivery: pick('nodePort', 'virtualAddress') }),
    ...pick<object>({}, { crossZone: pick(true, false) }, { balancerNodes: pick('one', 'perZone') }),
    ...pick<object>({}, { preservesSource: pick(true, false) }, { link: pick('none', 'sameZone', 'byZone') }),
    ...pick<object>({}, {}, { announcement: pick('none', 'hashOfNode', 'oneLeader', 'leaderPerService') }),
    ...pick<object>({}, { connection: pick('perRequest', 'keepAlive') }, { idleTimeout: '20ms' }),
    ...pick<object>({}, {}, { connectTimeout: '30ms' }),
    ...pick<object>({}, { tableSize: 251 }),
  }
}

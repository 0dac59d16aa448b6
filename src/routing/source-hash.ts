/**
 * A source address always to the same target, as long as the targets in use stay: hash modulo n. When n changes,
 * most sources move (min(a, b) / lcm(a, b) of them stay, RFC 2992).
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'

export function sourceHash(options: BalancingOptions): BalancingAlgorithm {
  let inUse = allTargets(options)
  return {
    choose: (connection) => inUse[connection.sourceHash % inUse.length],
    opened() {},
    closed() {},
    use(targets) {
      inUse = targets
    },
  }
}

/**
 * A source address always to the same target, as long as the number of targets stays: hash modulo n. When n changes,
 * most sources move (min(a, b) / lcm(a, b) of them stay, RFC 2992).
 */
import type { BalancingAlgorithm, BalancingOptions } from './balancing-algorithm.js'

export function sourceHash({ targetCount }: BalancingOptions): BalancingAlgorithm {
  return { choose: (connection) => connection.sourceHash % targetCount, opened() {}, closed() {} }
}

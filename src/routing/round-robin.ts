/** Targets in turn, whoever asks: counts differ by at most one. One balancer's turn, not the cluster's. */
import type { BalancingAlgorithm, BalancingOptions } from './balancing-algorithm.js'

export function roundRobin({ targetCount }: BalancingOptions): BalancingAlgorithm {
  let next = 0
  return {
    choose() {
      const target = next
      next = target + 1 === targetCount ? 0 : target + 1
      return target
    },
    opened() {},
    closed() {},
  }
}

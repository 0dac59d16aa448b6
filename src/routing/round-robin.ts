/** Targets in turn, whoever asks: counts differ by at most one. One balancer's turn, not the cluster's. */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'

export function roundRobin(options: BalancingOptions): BalancingAlgorithm {
  let inUse = allTargets(options)
  let next = 0
  return {
    choose() {
      const target = inUse[next]
      next = next + 1 === inUse.length ? 0 : next + 1
      return target
    },
    opened() {},
    closed() {},
    use(targets) {
      const wanted = inUse[next]
      inUse = targets
      next = Math.max(
        0,
        inUse.findIndex((target) => target >= wanted),
      )
    },
  }
}

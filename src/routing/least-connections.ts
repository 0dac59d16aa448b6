/**
 * The target with the fewest open connections. A tie goes to the first such target after the one chosen last, so that
 * idle targets take turns and nothing is drawn.
 */
import type { BalancingAlgorithm, BalancingOptions } from './balancing-algorithm.js'

export function leastConnections({ targetCount }: BalancingOptions): BalancingAlgorithm {
  const openCounts = new Int32Array(targetCount)
  let last = targetCount - 1
  return {
    choose() {
      let best = -1
      for (let step = 1; step <= targetCount; step++) {
        const target = (last + step) % targetCount
        if (best < 0 || openCounts[target] < openCounts[best]) best = target
      }
      last = best
      return best
    },
    opened(target) {
      openCounts[target]++
    },
    closed(target) {
      openCounts[target]--
    },
  }
}

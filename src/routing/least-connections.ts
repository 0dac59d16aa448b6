/**
 * The target with the fewest open connections. A tie goes to the first such target after the one chosen last, so that
 * idle targets take turns and nothing is drawn.
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'

export function leastConnections(options: BalancingOptions): BalancingAlgorithm {
  const openCounts = new Int32Array(options.targets.length)
  let inUse = allTargets(options)
  /** Place of the target chosen last among those in use. */
  let last = inUse.length - 1
  return {
    choose() {
      let best = -1
      let bestPlace = 0
      for (let step = 1; step <= inUse.length; step++) {
        const place = (last + step) % inUse.length
        const target = inUse[place]
        if (best >= 0 && openCounts[target] >= openCounts[best]) continue
        best = target
        bestPlace = place
      }
      last = bestPlace
      return best
    },
    opened(target) {
      openCounts[target]++
    },
    closed(target) {
      openCounts[target]--
    },
    use(targets) {
      const lastTarget = inUse[last]
      inUse = targets
      last = inUse.findLastIndex((target) => target <= lastTarget)
      if (last < 0) last = inUse.length - 1
    },
  }
}

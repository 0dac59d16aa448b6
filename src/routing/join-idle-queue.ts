/**
 * A target without open connections, any of them with equal chance; where there is none, any target. What balancers can do that
 * only hear of targets that fall idle. One draw a connection. Source: Lu et al. 2011 (join-idle-queue).
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'

export function joinIdleQueue(options: BalancingOptions): BalancingAlgorithm {
  const { drawBelow } = options
  const openCounts = new Int32Array(options.targets.length)
  let inUse = allTargets(options)
  return {
    choose() {
      let idleCount = 0
      for (const target of inUse) if (openCounts[target] === 0) idleCount++
      if (idleCount === 0) return inUse[drawBelow(inUse.length)]
      let skipped = drawBelow(idleCount)
      for (const target of inUse) if (openCounts[target] === 0 && skipped-- === 0) return target
      return inUse[0]
    },
    opened(target) {
      openCounts[target]++
    },
    closed(target) {
      openCounts[target]--
    },
    use(targets) {
      inUse = targets
    },
  }
}

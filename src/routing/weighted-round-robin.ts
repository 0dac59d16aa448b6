/**
 * Targets in turn, as often as their weights say and evenly mixed: of weights 5, 1, 1 the turns are a a b a c a a. Equal weights
 * are plain round robin.
 *
 * Each target collects its weight at every choice; the one with most is chosen (a tie: the first) and pays for all. Source:
 * nginx ngx_http_upstream_round_robin.c ("smooth" weighted round robin).
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'

export function weightedRoundRobin(options: BalancingOptions): BalancingAlgorithm {
  const weights = Float64Array.from(options.targets, ({ weight }) => weight)
  const credits = new Float64Array(options.targets.length)
  let inUse = allTargets(options)
  return {
    choose() {
      let best = inUse[0]
      let total = 0
      for (const target of inUse) {
        credits[target] += weights[target]
        total += weights[target]
        if (credits[target] > credits[best]) best = target
      }
      credits[best] -= total
      return best
    },
    opened() {},
    closed() {},
    use(targets) {
      inUse = targets
      credits.fill(0)
    },
  }
}

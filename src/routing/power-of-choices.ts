/**
 * The least busy of a few targets drawn at random: two of them do nearly as well as all. Without replacement the targets drawn
 * differ from each other (p2c of most proxies); with replacement one may be drawn twice (Envoy's least request).
 *
 * A tie goes to the one drawn first, which is any of them with equal chance. `choices` draws a connection, no more than there
 * are targets where they differ. Sources: Mitzenmacher 2001; Vvedenskaya, Dobrushin, Karpelevich 1996; Envoy
 * least_request_lb.
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'

export function powerOfChoices(options: BalancingOptions): BalancingAlgorithm {
  const { tuning, drawBelow } = options
  return leastOfDrawn(options, (order, openCounts) => {
    const choices = Math.min(tuning.choices, order.length)
    let best = -1
    for (let drawn = 0; drawn < choices; drawn++) {
      const at = drawn + drawBelow(order.length - drawn)
      const target = order[at]
      order[at] = order[drawn]
      order[drawn] = target
      if (best < 0 || openCounts[target] < openCounts[best]) best = target
    }
    return best
  })
}

export function powerOfChoicesWithReplacement(options: BalancingOptions): BalancingAlgorithm {
  const { tuning, drawBelow } = options
  return leastOfDrawn(options, (order, openCounts) => {
    let best = -1
    for (let drawn = 0; drawn < tuning.choices; drawn++) {
      const target = order[drawBelow(order.length)]
      if (best < 0 || openCounts[target] < openCounts[best]) best = target
    }
    return best
  })
}

/** @param pick - chooses from the targets in use; may change their order */
function leastOfDrawn(
  options: BalancingOptions,
  pick: (order: Int32Array, openCounts: Int32Array) => number,
): BalancingAlgorithm {
  const openCounts = new Int32Array(options.targets.length)
  let order = Int32Array.from(allTargets(options))
  return {
    choose: () => pick(order, openCounts),
    opened(target) {
      openCounts[target]++
    },
    closed(target) {
      openCounts[target]--
    },
    use(targets) {
      order = Int32Array.from(targets)
    },
  }
}

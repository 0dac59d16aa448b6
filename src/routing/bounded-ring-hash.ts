/**
 * Consistent hashing with bounded loads: as on a ring (`ring-hash.ts`), but a target that has its share is passed over for the
 * next on the ring. No target in use gets a connection that takes it above ceil(loadFactor · m / n), for the m connections then
 * open and n targets in use.
 *
 * Weights are not taken notice of in the bound. Source: Mirrokni, Thorup, Zadimoghaddam, arXiv 1608.01350.
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'
import { flowHashOf } from './flow-hash.js'
import { HashRing } from './ring-hash.js'

export function boundedRingHash(options: BalancingOptions): BalancingAlgorithm {
  const { hashFields, loadFactor } = options.tuning
  const hash = flowHashOf(hashFields)
  const loadThousandths = Math.round(loadFactor * 1_000)
  const openCounts = new Int32Array(options.targets.length)
  let inUse = allTargets(options)
  let ring: HashRing | undefined
  let openCount = 0
  return {
    choose(connection) {
      const most = Math.ceil((loadThousandths * (openCount + 1)) / (1_000 * inUse.length))
      ring ??= new HashRing(options, inUse)
      let place = ring.placeOf(hash(connection))
      // Somebody is below the mean, and so below the bound: the walk ends within one round.
      while (openCounts[ring.targetAt(place)] >= most) place = place + 1 === ring.pointCount ? 0 : place + 1
      return ring.targetAt(place)
    },
    opened(target) {
      openCounts[target]++
      openCount++
    },
    closed(target) {
      openCounts[target]--
      openCount--
    },
    use(targets) {
      inUse = targets
      ring = undefined
    },
  }
}

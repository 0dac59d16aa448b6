/**
 * Consistent hashing on a ring: every target has many points, placed by hashes of its name, and a connection goes to the
 * first point after its hash. A target that leaves hands its connections to its neighbours on the ring; no other moves.
 *
 * Shares are uneven: their coefficient of variation is about 1/√points. A weight multiplies the points.
 * Sources: Karger et al. 1997; ketama (160 points of a server, from MD5; here from the hash of base/hash-text.ts).
 */
import { addWord, finishHash, hashText } from '../base/hash-text.js'
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'
import { flowHashOf } from './flow-hash.js'

export function ringHash(options: BalancingOptions): BalancingAlgorithm {
  const hash = flowHashOf(options.tuning.hashFields)
  let inUse = allTargets(options)
  /** Made when it is first looked up. */
  let ring: HashRing | undefined
  return {
    choose(connection) {
      ring ??= new HashRing(options, inUse)
      return ring.targetAt(ring.placeOf(hash(connection)))
    },
    opened() {},
    closed() {},
    use(targets) {
      inUse = targets
      ring = undefined
    },
  }
}

/** The points of some targets, in the order of the ring. */
export class HashRing {
  readonly #points: Float64Array
  readonly #targets: Int32Array

  /** @param inUse - positions in `options.targets` */
  constructor({ targets, tuning }: BalancingOptions, inUse: readonly number[]) {
    const points: { readonly at: number; readonly target: number }[] = []
    for (const target of inUse) {
      const { name, weight } = targets[target]
      const seed = hashText(name)
      for (let point = 0; point < tuning.virtualNodes * weight; point++)
        points.push({ at: finishHash(addWord(seed, point)), target })
    }
    points.sort((a, b) => a.at - b.at || a.target - b.target)
    this.#points = Float64Array.from(points, ({ at }) => at)
    this.#targets = Int32Array.from(points, ({ target }) => target)
  }

  /** Points on the ring. */
  get pointCount(): number {
    return this.#points.length
  }

  /** The first point at or after a hash: its place, from 0. */
  placeOf(hash: number): number {
    let low = 0
    let high = this.#points.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#points[middle] < hash) low = middle + 1
      else high = middle
    }
    return low === this.#points.length ? 0 : low
  }

  /** @param place - 0 to pointCount - 1 */
  targetAt(place: number): number {
    return this.#targets[place]
  }
}

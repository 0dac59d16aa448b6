/**
 * Resilient ECMP: the hash picks one of a fixed number of buckets, and each bucket belongs to a target. When a target leaves,
 * only its buckets are given away; when one comes, it takes as many as it needs to be even. Connections in other buckets
 * stay. Counts of buckets differ by at most one.
 *
 * Left out: timers that spare buckets in use (Linux idle_timer, unbalanced_timer): buckets change hands at once.
 * Source: Linux Documentation/networking/nexthop-group-resilient.rst.
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'
import { flowHashOf } from './flow-hash.js'

export function resilientHash(options: BalancingOptions): BalancingAlgorithm {
  const { buckets: bucketCount, hashFields } = options.tuning
  const hash = flowHashOf(hashFields)
  /** By bucket: its target, -1 for none. */
  const owners = new Int32Array(bucketCount).fill(-1)
  const use = (targets: readonly number[]) => handOver(owners, targets, options.targets.length)
  use(allTargets(options))
  return {
    choose: (connection) => owners[hash(connection) % bucketCount],
    opened() {},
    closed() {},
    use,
  }
}

/** Gives buckets of targets that left to those that have fewest, then evens out. Ties: the first target, the last bucket. */
function handOver(owners: Int32Array, targets: readonly number[], targetCount: number): void {
  const counts = new Int32Array(targetCount).fill(-1)
  for (const target of targets) counts[target] = 0
  for (const [bucket, owner] of owners.entries()) {
    if (owner >= 0 && counts[owner] >= 0) counts[owner]++
    else owners[bucket] = -1
  }
  const poorest = () => targets.reduce((best, target) => (counts[target] < counts[best] ? target : best))
  const richest = () => targets.reduce((best, target) => (counts[target] > counts[best] ? target : best))
  const give = (bucket: number, target: number) => {
    owners[bucket] = target
    counts[target]++
  }
  for (const [bucket, owner] of owners.entries()) if (owner < 0) give(bucket, poorest())
  for (;;) {
    const from = richest()
    const to = poorest()
    if (counts[from] - counts[to] <= 1) return
    counts[from]--
    give(owners.lastIndexOf(from), to)
  }
}

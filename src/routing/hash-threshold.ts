/**
 * ECMP by hash-threshold: the range of the hash is cut into as many equal regions as targets are in use, in their order.
 * When one leaves, only regions near it shift: of the connections of the others a quarter to a half move, instead of most.
 * Source: RFC 2992; the default of the Linux IPv4 and IPv6 forwarding (fib_multipath, nexthop groups of type mpath).
 */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'
import { flowHashOf } from './flow-hash.js'

const HASH_RANGE = 4_294_967_296

export function hashThreshold(options: BalancingOptions): BalancingAlgorithm {
  const hash = flowHashOf(options.tuning.hashFields)
  let inUse = allTargets(options)
  return {
    choose: (connection) => inUse[Math.floor((hash(connection) * inUse.length) / HASH_RANGE)],
    opened() {},
    closed() {},
    use(targets) {
      inUse = targets
    },
  }
}

/** Each connection to any target with equal chance, independently: what kube-proxy's iptables rules do. */
import { allTargets, type BalancingAlgorithm, type BalancingOptions } from './balancing-algorithm.js'

export function random(options: BalancingOptions): BalancingAlgorithm {
  const { drawBelow } = options
  let inUse = allTargets(options)
  return {
    choose: () => inUse[drawBelow(inUse.length)],
    opened() {},
    closed() {},
    use(targets) {
      inUse = targets
    },
  }
}

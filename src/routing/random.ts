/** Each connection to any target with equal chance, independently: what kube-proxy's iptables rules do. */
import type { BalancingAlgorithm, BalancingOptions } from './balancing-algorithm.js'

export function random({ targetCount, drawBelow }: BalancingOptions): BalancingAlgorithm {
  return { choose: () => drawBelow(targetCount), opened() {}, closed() {} }
}

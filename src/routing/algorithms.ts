/** The algorithms by the names that scenarios use. */
import type { BalancingAlgorithm, BalancingOptions } from './balancing-algorithm.js'
import { leastConnections } from './least-connections.js'
import { random } from './random.js'
import { roundRobin } from './round-robin.js'
import { sourceHash } from './source-hash.js'

export const ALGORITHMS = { roundRobin, random, sourceHash, leastConnections } as const satisfies Record<
  string,
  (options: BalancingOptions) => BalancingAlgorithm
>

export type AlgorithmName = keyof typeof ALGORITHMS

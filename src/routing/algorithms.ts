/** The algorithms by the names that scenarios use. */
import type { BalancingAlgorithm, BalancingOptions } from './balancing-algorithm.js'
import { boundedRingHash } from './bounded-ring-hash.js'
import { flowHash } from './flow-hash.js'
import { hashThreshold } from './hash-threshold.js'
import { joinIdleQueue } from './join-idle-queue.js'
import { leastConnections } from './least-connections.js'
import { maglev } from './maglev.js'
import { powerOfChoices, powerOfChoicesWithReplacement } from './power-of-choices.js'
import { random } from './random.js'
import { resilientHash } from './resilient-hash.js'
import { ringHash } from './ring-hash.js'
import { roundRobin } from './round-robin.js'
import { sourceHash } from './source-hash.js'
import { weightedRoundRobin } from './weighted-round-robin.js'

/** Every algorithm. The scenario schema lists the same names (`BALANCING_ALGORITHMS`). */
export const ALGORITHMS = {
  roundRobin,
  random,
  sourceHash,
  leastConnections,
  weightedRoundRobin,
  powerOfChoices,
  powerOfChoicesWithReplacement,
  joinIdleQueue,
  flowHash,
  hashThreshold,
  resilientHash,
  ringHash,
  boundedRingHash,
  maglev,
} as const satisfies Record<string, (options: BalancingOptions) => BalancingAlgorithm>

export type AlgorithmName = keyof typeof ALGORITHMS

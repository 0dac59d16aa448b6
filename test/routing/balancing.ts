/** Algorithms and connections for tests. */
import { Streams } from '../../src/engine/streams.js'
import { ALGORITHMS, type AlgorithmName } from '../../src/routing/algorithms.js'
import type {
  BalancingAlgorithm,
  BalancingOptions,
  BalancingTuning,
} from '../../src/routing/balancing-algorithm.js'
import type { NewConnection } from '../../src/routing/new-connection.js'

export const TUNING: BalancingTuning = {
  hashFields: '5-tuple',
  choices: 2,
  virtualNodes: 160,
  tableSize: 65_537,
  buckets: 64,
  loadFactor: 1.25,
}

export interface BalancerSettings {
  readonly tuning?: Partial<BalancingTuning>
  readonly drawBelow?: (bound: number) => number
  /** By target; all 1 by default. */
  readonly weights?: readonly number[]
  /** What names of targets begin with: another one gives another ring. */
  readonly prefix?: string
}

export function optionsFor(targetCount: number, settings: BalancerSettings = {}): BalancingOptions {
  const { tuning = {}, drawBelow = countingDraw(), weights, prefix = '10.244.0' } = settings
  return {
    targets: Array.from({ length: targetCount }, (_, index) => ({
      name: `${prefix}.${index}:8080`,
      weight: weights?.[index] ?? 1,
    })),
    drawBelow,
    tuning: { ...TUNING, ...tuning },
  }
}

export function algorithm(
  name: AlgorithmName,
  targetCount: number,
  settings: BalancerSettings = {},
): BalancingAlgorithm {
  return ALGORITHMS[name](optionsFor(targetCount, settings))
}

/** Draws 0, 1, 2 … modulo the bound: enough to see that a draw is used. */
export function countingDraw(): (bound: number) => number {
  let drawn = 0
  return (bound) => drawn++ % bound
}

/** Draws of a stream. */
export function streamDraw(name: string): (bound: number) => number {
  const stream = new Streams(1, 0).get(name)
  return (bound) => stream.below(bound)
}

/** A connection by its number: connections of different numbers differ in address or port. */
export function connection(index: number, changes: Partial<NewConnection> = {}): NewConnection {
  return {
    sourceHash: Math.imul(index >>> 4, 2_654_435_761) >>> 0,
    sourcePort: 32_768 + (index & 15),
    destinationHash: 77,
    destinationPort: 443,
    protocol: 6,
    ...changes,
  }
}

/** Where each of the first connections goes. */
export function choicesOf(balancer: BalancingAlgorithm, connectionCount: number): Int32Array {
  return Int32Array.from({ length: connectionCount }, (_, index) => balancer.choose(connection(index)))
}

/** How many connections went to each target. */
export function countsOf(choices: Int32Array, targetCount: number): number[] {
  const counts = new Array<number>(targetCount).fill(0)
  for (const target of choices) counts[target]++
  return counts
}

/** Standard deviation over mean. */
export function coefficientOfVariation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return Math.sqrt(variance) / mean
}

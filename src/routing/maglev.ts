/**
 * Maglev hashing: a table of M entries that targets fill in turns, each going through the entries in an order of its own that its
 * name decides. Shares are even to one entry; when a target leaves, its entries are given away and a few others change
 * hands as well.
 *
 * A weight below the largest lets a target take its turn in as many rounds less. Sources: Eisenbud et al., Maglev, NSDI 2016,
 * section 3.4; weights as in Envoy source/extensions/load_balancing_policies/maglev/maglev_lb.cc.
 */
import { addWord, finishHash, hashText } from '../base/hash-text.js'
import {
  allTargets,
  type BalancedTarget,
  type BalancingAlgorithm,
  type BalancingOptions,
} from './balancing-algorithm.js'
import { flowHashOf } from './flow-hash.js'

export function maglev(options: BalancingOptions): BalancingAlgorithm {
  const { hashFields, tableSize } = options.tuning
  const hash = flowHashOf(hashFields)
  let inUse = allTargets(options)
  /** Filled when it is first looked up. */
  let table: Int32Array | undefined
  return {
    choose(connection) {
      table ??= fillMaglevTable(options, inUse)
      return table[hash(connection) % tableSize]
    },
    opened() {},
    closed() {},
    use(targets) {
      inUse = targets
      table = undefined
    },
  }
}

/**
 * The table.
 *
 * @param inUse - positions in `options.targets`; fewer than `tableSize`, which is a prime number
 * @returns by entry: a position
 */
export function fillMaglevTable({ targets, tuning }: BalancingOptions, inUse: readonly number[]): Int32Array {
  const { tableSize } = tuning
  const order = inOrderOfNames(targets, inUse)
  const table = new Int32Array(tableSize).fill(-1)
  const entry = new Int32Array(order.length)
  const skip = new Int32Array(order.length)
  for (const [index, target] of order.entries()) {
    const seed = hashText(targets[target].name)
    entry[index] = finishHash(addWord(seed, 1)) % tableSize
    skip[index] = 1 + (finishHash(addWord(seed, 2)) % (tableSize - 1))
  }
  const weights = order.map((target) => targets[target].weight)
  const largest = Math.max(...weights)
  /** By target: the weight that its rounds have to add up to before its next turn. */
  const due = new Float64Array(order.length)
  let filled = 0
  for (let round = 1; filled < tableSize; round++) {
    for (let index = 0; index < order.length && filled < tableSize; index++) {
      if (round * weights[index] < due[index]) continue
      due[index] += largest
      while (table[entry[index]] >= 0) entry[index] = (entry[index] + skip[index]) % tableSize
      table[entry[index]] = order[index]
      filled++
    }
  }
  return table
}

/** Turns are taken in an order that the names alone decide, so that the table is a function of names and weights. */
function inOrderOfNames(targets: readonly BalancedTarget[], inUse: readonly number[]): number[] {
  return [...inUse].sort((a, b) => (targets[a].name < targets[b].name ? -1 : 1))
}

/**
 * A table with its chains numbered and linked: which chain jumps to which. What checking and linking of tables work on.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { ChainShape, ChainStore } from './chain-store.js'
import { type Chain, HOOKS_OF_TABLE, type Table } from './rule.js'

/** In the place of a chain's number: no user-defined chain has the name. */
export const UNKNOWN_CHAIN = -1

/** A linked table. A chain's number is its position in the table. */
export interface TableGraph {
  readonly table: Table
  readonly store: ChainStore
  /** By chain. */
  readonly shapes: readonly ChainShape[]
  /** By number of a name: the user-defined chain of that name, or `UNKNOWN_CHAIN`. */
  readonly chainOfName: Int32Array
}

/**
 * Links the chains of a table.
 *
 * @throws InvariantError if two chains have one name, or a chain has a policy that is not built in, or the reverse
 * @remarks O(chains + names of the store), and O(rules) of chains that the store does not know.
 */
export function tableGraph(table: Table, store: ChainStore): TableGraph {
  const shapes = table.chains.map((chain) => store.shapeOf(chain))
  const chainOfName = new Int32Array(store.nameCount).fill(UNKNOWN_CHAIN)
  for (const [number, chain] of table.chains.entries()) {
    const { name } = shapes[number]
    if (chainOfName[name] !== UNKNOWN_CHAIN) {
      throw new InvariantError('two chains of one name', { table: table.name, chain: chain.name })
    }
    chainOfName[name] = number
  }
  for (const [number, chain] of table.chains.entries()) {
    if (isBuiltIn(table, chain)) chainOfName[shapes[number].name] = UNKNOWN_CHAIN
  }
  return { table, store, shapes, chainOfName }
}

function isBuiltIn(table: Table, chain: Chain): boolean {
  const isHook = HOOKS_OF_TABLE[table.name].some((hook) => hook === chain.name)
  if (isHook !== (chain.policy !== undefined)) {
    const context = { table: table.name, chain: chain.name }
    throw new InvariantError('a chain has a policy if and only if it is built in', context)
  }
  return isHook
}

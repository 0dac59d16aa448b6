/**
 * A table as a graph of numbered chains: which chain jumps to which. What checking and linking of tables work on.
 * Rows of typed arrays, as a node has a hundred thousand chains and more.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type ChainShape, chainShape } from './chain-shape.js'
import { type Chain, HOOKS_OF_TABLE, type Table } from './rule.js'

/** In the place of a chain: no user-defined chain has the name. */
export const UNKNOWN_CHAIN = -1

/** A table with its chains linked; a chain's number is its position in the table. */
export interface TableGraph {
  readonly table: Table
  /** By chain. */
  readonly shapes: readonly ChainShape[]
  /** By chain: where its callees begin in `callees`. One entry more than there are chains. */
  readonly calleeStarts: Int32Array
  /** Numbers of chains, in the order of the `callees` of each shape, or `UNKNOWN_CHAIN`. */
  readonly callees: Int32Array
}

/**
 * Links the chains of a table.
 *
 * @throws InvariantError if two chains have one name, or a chain has a policy that is not built in, or the reverse
 * @remarks O(chains + jumps), and O(rules) of chains that are new.
 */
export function tableGraph(table: Table): TableGraph {
  const numbers = new Map<string, number>()
  for (const [number, chain] of table.chains.entries()) {
    checkChain(table, chain)
    numbers.set(chain.name, number)
  }
  if (numbers.size < table.chains.length) {
    throw new InvariantError('two chains of one name', { table: table.name })
  }
  const shapes = table.chains.map(chainShape)
  const calleeStarts = new Int32Array(shapes.length + 1)
  for (const [number, { callees }] of shapes.entries()) {
    calleeStarts[number + 1] = calleeStarts[number] + callees.names.length
  }
  const callees = new Int32Array(calleeStarts[shapes.length])
  let at = 0
  for (const shape of shapes) {
    for (const name of shape.callees.names) {
      const callee = numbers.get(name)
      const isKnown = callee !== undefined && table.chains[callee].policy === undefined
      callees[at] = isKnown ? callee : UNKNOWN_CHAIN
      at += 1
    }
  }
  return { table, shapes, calleeStarts, callees }
}

function checkChain(table: Table, chain: Chain): void {
  const isBuiltIn = HOOKS_OF_TABLE[table.name].some((hook) => hook === chain.name)
  if (isBuiltIn !== (chain.policy !== undefined)) {
    const context = { table: table.name, chain: chain.name }
    throw new InvariantError('a chain has a policy if and only if it is built in', context)
  }
}

/**
 * Turns the tables of a node into the integer form that `traverse.ts` runs.
 *
 * Each chain is compiled for itself, once for all nodes (`compile-chain.ts`, `chain-store.ts`). Here the chains of a node are put one after
 * another, and the operands that depend on the node are filled in: places of chains, numbers of `recent` lists, the
 * node's own addresses and its interfaces.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { AddressBook, AddressSetId } from '../address-book.js'
import { ACCEPTED, DROPPED } from '../traversal.js'
import { chainStoreOf } from './chain-store.js'
import { checkModelled } from './check-modelled.js'
import { checkGraph } from './check-table.js'
import type { ChainCode } from './code-writer.js'
import { ChainCompiler } from './compile-chain.js'
import { interfaceMask } from './interface-names.js'
import type { RecentLists } from './recent-lists.js'
import type { Table } from './rule.js'
import type { RuleIndex } from './rule-index.js'
import {
  ENTRY_COUNT,
  FILTER_FORWARD,
  FILTER_INPUT,
  FILTER_OUTPUT,
  FIRST_GO,
  GO_GOTO,
  GO_JUMP,
  GO_SEEK,
  INVERTED,
  NAT_INPUT,
  NAT_OUTPUT,
  NAT_POSTROUTING,
  NAT_PREROUTING,
  NO_CHAIN,
  type RuleProgram,
  STRIDE,
  TEST_DESTINATION_IN,
  TEST_IN_INTERFACE,
  TEST_OUT_INTERFACE,
  TEST_SOURCE_IN,
} from './rule-program.js'
import { type TableGraph, tableGraph } from './table-graph.js'

/** What the rules of a node refer to. */
export interface CompileContext {
  readonly book: AddressBook
  /** The node's own addresses: what `addrtype LOCAL` means. */
  readonly localSet: AddressSetId
  /** Compiling makes the lists that the tables name, and ends those that they do not. */
  readonly recentLists: RecentLists
  /** The node's interfaces, at most `MAX_INTERFACE_COUNT`; a packet names one by its position. */
  readonly interfaces: readonly string[]
}

const ENTRY_OF_CHAIN: ReadonlyMap<string, number> = new Map([
  ['nat PREROUTING', NAT_PREROUTING],
  ['nat INPUT', NAT_INPUT],
  ['nat OUTPUT', NAT_OUTPUT],
  ['nat POSTROUTING', NAT_POSTROUTING],
  ['filter INPUT', FILTER_INPUT],
  ['filter FORWARD', FILTER_FORWARD],
  ['filter OUTPUT', FILTER_OUTPUT],
])

/** A table with the code of its chains and the places that it is put to. */
interface PlacedTable {
  readonly graph: TableGraph
  /** By chain. */
  readonly codes: readonly ChainCode[]
  /** By chain: index of its first instruction. */
  readonly places: Int32Array
}

/**
 * Compiles the tables of a node.
 *
 * @param tables - at most one of each name; a table or built-in chain that is missing lets everything pass. Chains must
 *   never change: what was found of one is kept
 * @throws InputError as `checkTable` and `checkModelled`, before anything is changed
 * @remarks O(rules), of which chains that were compiled before with the same address book cost a tenth. A ruleset of n
 *   rules takes about 50·n bytes.
 */
export function compileTables(tables: readonly Table[], context: CompileContext): RuleProgram {
  const store = chainStoreOf(context.book)
  const graphs = tables.map((table) => tableGraph(table, store))
  const depths = graphs.map(checkGraph)
  checkModelled(graphs)
  if (new Set(tables.map((table) => table.name)).size < tables.length) {
    throw new InvariantError('two tables of one name')
  }
  context.recentLists.retain(recentListNames(graphs))
  const compiler = new ChainCompiler(context.book)
  const placed: PlacedTable[] = []
  let size = 0
  for (const graph of graphs) {
    const codes = graph.shapes.map((shape, number) => {
      shape.code ??= compiler.compile(graph.table.chains[number], shape)
      return shape.code
    })
    const places = new Int32Array(codes.length)
    for (const [number, { code }] of codes.entries()) {
      places[number] = size
      size += code.length
    }
    placed.push({ graph, codes, places })
  }
  return {
    ...writeProgram(placed, size, context),
    ...entryPoints(placed),
    returnStack: new Int32Array(Math.max(0, ...depths)),
    ruleCount: graphs.reduce((sum, { table }) => sum + ruleCountOf(table), 0),
  }
}

/** Every list that the rules name, in their order. */
function* recentListNames(graphs: readonly TableGraph[]): Generator<string> {
  for (const { shapes } of graphs) {
    for (const { recentLists } of shapes) yield* recentLists
  }
}

function ruleCountOf(table: Table): number {
  return table.chains.reduce((sum, chain) => sum + chain.rules.length, 0)
}

function entryPoints(placed: readonly PlacedTable[]) {
  const entries = new Int32Array(ENTRY_COUNT).fill(NO_CHAIN)
  const policies = new Int32Array(ENTRY_COUNT).fill(ACCEPTED)
  for (const { graph, places } of placed) {
    const { name, chains } = graph.table
    for (const [number, chain] of chains.entries()) {
      const entry = chain.policy === undefined ? undefined : ENTRY_OF_CHAIN.get(`${name} ${chain.name}`)
      // Tables that are not modelled do nothing, or were refused.
      if (entry === undefined) continue
      entries[entry] = places[number]
      policies[entry] = chain.policy === 'DROP' ? DROPPED : ACCEPTED
    }
  }
  return { entries, policies }
}

function writeProgram(placed: readonly PlacedTable[], size: number, context: CompileContext) {
  const code = new Int32Array(size)
  const indexes: RuleIndex[] = []
  for (const table of placed) {
    for (const [number, chain] of table.codes.entries()) {
      copyCode(chain.code, code, table.places[number])
      if (chain.index !== undefined) indexes.push(chain.index)
      linkChain(code, table, number, indexes.length - 1, context)
    }
  }
  return { code, indexes }
}

function copyCode(from: readonly number[], to: Int32Array, place: number): void {
  for (let at = 0; at < from.length; at += STRIDE) {
    const instruction = from[at]
    to[place + at] = instruction
    // Where a failed test leads to is counted from the beginning of the chain.
    to[place + at + 1] = instruction < FIRST_GO ? from[at + 1] + place : from[at + 1]
    to[place + at + 2] = from[at + 2]
    to[place + at + 3] = from[at + 3]
  }
}

/** Fills in the operands of one chain that depend on the node. */
function linkChain(
  code: Int32Array,
  { graph, codes, places }: PlacedTable,
  number: number,
  index: number,
  { recentLists, localSet, interfaces }: CompileContext,
): void {
  const { links, interfaceNames } = codes[number]
  for (let link = 0; link < links.length; link += 2) {
    const at = places[number] + links[link]
    const operand = links[link + 1]
    switch (code[at] & ~INVERTED) {
      case GO_JUMP:
      case GO_GOTO:
        code[at + 1] = places[graph.chainOfName[operand]]
        break
      case GO_SEEK:
        code[at + 1] = index
        break
      case TEST_SOURCE_IN:
      case TEST_DESTINATION_IN:
        code[at + 2] = localSet
        break
      case TEST_IN_INTERFACE:
      case TEST_OUT_INTERFACE:
        code[at + 2] = interfaceMask(interfaceNames[operand], interfaces)
        break
      default:
        code[at + 2] = recentLists.idOf(graph.shapes[number].recentLists[operand])
    }
  }
}

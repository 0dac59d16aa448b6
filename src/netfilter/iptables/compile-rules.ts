/**
 * Turns tables into the integer form that `traverse.ts` runs.
 *
 * Every match becomes at most one test: `compile-tests.ts` says which. A chain is the instructions of its rules, one
 * rule after another; a jump names the place where a chain begins, so that places are settled before anything is
 * written.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { AddressBook, AddressSetId } from '../address-book.js'
import { ACCEPTED, DROPPED } from '../traversal.js'
import { checkTable } from './check-table.js'
import { type Test, testsOf } from './compile-tests.js'
import type { RecentLists } from './recent-lists.js'
import type { Table, Target } from './rule.js'
import {
  ENTRY_COUNT,
  FILTER_FORWARD,
  FILTER_INPUT,
  FILTER_OUTPUT,
  GO_ACCEPT,
  GO_DNAT,
  GO_DROP,
  GO_END,
  GO_GOTO,
  GO_JUMP,
  GO_MARK,
  GO_MASQUERADE,
  GO_ON,
  GO_REJECT,
  GO_RETURN,
  KEEP_PORT,
  NAT_INPUT,
  NAT_OUTPUT,
  NAT_POSTROUTING,
  NAT_PREROUTING,
  NO_CHAIN,
  type RuleProgram,
  STRIDE,
} from './rule-program.js'

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

/** A rule with its tests, before places are known. */
interface CompiledRule {
  readonly tests: readonly Test[]
  readonly target: Target
}

interface CompiledChain {
  /** `table chain`: names are unique within a table only. */
  readonly key: string
  readonly tableName: string
  readonly rules: readonly CompiledRule[]
  /** Index of its first instruction. */
  readonly place: number
}

/**
 * Compiles the tables of a node.
 *
 * @param tables - at most one of each name; a table or built-in chain that is missing lets everything pass
 * @throws InputError as `checkTable`, before anything is changed
 * @remarks O(rules). A ruleset of n rules takes about 80·n bytes.
 */
export function compileTables(tables: readonly Table[], context: CompileContext): RuleProgram {
  const depths = tables.map(checkTable)
  context.recentLists.retain(recentListNames(tables))
  const chains = compileChains(tables, context)
  const places = new Map(chains.map((chain) => [chain.key, chain.place]))
  if (places.size < chains.length) throw new InvariantError('two tables of one name')
  return {
    code: writeCode(chains, places, context.book),
    ...entryPoints(tables, places),
    returnStack: new Int32Array(Math.max(0, ...depths)),
    ruleCount: chains.reduce((sum, chain) => sum + chain.rules.length, 0),
  }
}

/** Every list that the rules name, in their order. */
function* recentListNames(tables: readonly Table[]): Generator<string> {
  for (const table of tables) {
    for (const chain of table.chains) {
      for (const rule of chain.rules) {
        for (const match of rule.matches) if (match.kind === 'recent') yield match.list
      }
    }
  }
}

function compileChains(tables: readonly Table[], context: CompileContext): CompiledChain[] {
  let place = 0
  const chains: CompiledChain[] = []
  for (const table of tables) {
    for (const chain of table.chains) {
      const rules = chain.rules.map((rule) => ({ tests: testsOf(rule, context), target: rule.target }))
      chains.push({ key: `${table.name} ${chain.name}`, tableName: table.name, rules, place })
      place += rules.reduce((size, rule) => size + sizeOf(rule), STRIDE)
    }
  }
  return chains
}

function sizeOf(rule: CompiledRule): number {
  return STRIDE * (rule.tests.length + 1)
}

function entryPoints(tables: readonly Table[], places: ReadonlyMap<string, number>) {
  const entries = new Int32Array(ENTRY_COUNT).fill(NO_CHAIN)
  const policies = new Int32Array(ENTRY_COUNT).fill(ACCEPTED)
  for (const table of tables) {
    for (const chain of table.chains) {
      const key = `${table.name} ${chain.name}`
      const entry = ENTRY_OF_CHAIN.get(key)
      if (entry === undefined) continue
      entries[entry] = placeOf(places, key)
      policies[entry] = chain.policy === 'DROP' ? DROPPED : ACCEPTED
    }
  }
  return { entries, policies }
}

function placeOf(places: ReadonlyMap<string, number>, key: string): number {
  const place = places.get(key)
  if (place === undefined) throw new InvariantError('a chain has no place', { chain: key })
  return place
}

function writeCode(
  chains: readonly CompiledChain[],
  places: ReadonlyMap<string, number>,
  book: AddressBook,
): Int32Array {
  const size = chains.reduce((sum, { rules }) => rules.reduce((s, rule) => s + sizeOf(rule), sum + STRIDE), 0)
  const code = new Int32Array(size)
  let at = 0
  const write = (a: number, b: number, c: number, d: number) => {
    code[at] = a
    code[at + 1] = b
    code[at + 2] = c
    code[at + 3] = d
    at += STRIDE
  }
  for (const chain of chains) {
    for (const rule of chain.rules) {
      const nextRule = at + sizeOf(rule)
      for (const test of rule.tests) write(test.code, nextRule, test.a, test.b)
      const [go, a, b] = targetOf(rule.target, chain.tableName, places, book)
      write(go, a, b, 0)
    }
    write(GO_END, 0, 0, 0)
  }
  return code
}

function targetOf(
  target: Target,
  tableName: string,
  places: ReadonlyMap<string, number>,
  book: AddressBook,
): readonly [go: number, a: number, b: number] {
  switch (target.kind) {
    case 'none':
      return [GO_ON, 0, 0]
    case 'jump':
      return [GO_JUMP, placeOf(places, `${tableName} ${target.chain}`), 0]
    case 'goto':
      return [GO_GOTO, placeOf(places, `${tableName} ${target.chain}`), 0]
    case 'RETURN':
      return [GO_RETURN, 0, 0]
    case 'ACCEPT':
      return [GO_ACCEPT, 0, 0]
    case 'DROP':
      return [GO_DROP, 0, 0]
    case 'REJECT':
      return [GO_REJECT, 0, 0]
    case 'DNAT':
      return [GO_DNAT, book.idOf(target.address), target.port ?? KEEP_PORT]
    case 'MASQUERADE':
      return [GO_MASQUERADE, 0, 0]
    case 'MARK':
      return [GO_MARK, target.value, target.mask]
  }
}

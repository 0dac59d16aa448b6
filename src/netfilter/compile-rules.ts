/**
 * Turns tables into the integer form that `traverse.ts` runs.
 *
 * A range of one address becomes a comparison of numbers, any other range a set of the address book; both cost one
 * look-up. Comments and counters (`nfacct`) compile to nothing. The tests of addresses and protocol go first, as in the
 * kernel (ip_tables.c, ip_packet_match), the destination before all since it differs most from rule to rule: the order
 * among these can not be observed. The rest keeps its order, in which draws are made and lists change.
 */
import { InvariantError } from '../base/diagnostics.js'
import type { Cidr } from '../base/ip-address.js'
import type { AddressBook, AddressSetId } from './address-book.js'
import { checkTable } from './check-table.js'
import { protocolNumber, stateMask } from './packet.js'
import { NO_AGE_LIMIT, type RecentLists } from './recent-lists.js'
import type { Chain, Match, RecentMatch, Rule, Table, Target } from './rule.js'
import {
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
  PLACE_COUNT,
  type RuleProgram,
  TEST_DESTINATION_IN,
  TEST_DESTINATION_IS,
  TEST_DESTINATION_PORT,
  TEST_MARK,
  TEST_PROTOCOL,
  TEST_RECENT_CHECK,
  TEST_RECENT_REMOVE,
  TEST_RECENT_SET,
  TEST_RECENT_UPDATE,
  TEST_SOURCE_IN,
  TEST_SOURCE_IS,
  TEST_SOURCE_PORT,
  TEST_STATE,
  TEST_STATISTIC,
} from './rule-program.js'

/** What the rules of a node refer to. */
export interface CompileContext {
  readonly book: AddressBook
  /** The node's own addresses: what `addrtype LOCAL` means. */
  readonly localSet: AddressSetId
  /** Compiling makes the lists that the tables name, and ends those that they do not. */
  readonly recentLists: RecentLists
}

const PLACES: Readonly<Record<string, number>> = {
  'nat PREROUTING': NAT_PREROUTING,
  'nat INPUT': NAT_INPUT,
  'nat OUTPUT': NAT_OUTPUT,
  'nat POSTROUTING': NAT_POSTROUTING,
  'filter INPUT': FILTER_INPUT,
  'filter FORWARD': FILTER_FORWARD,
  'filter OUTPUT': FILTER_OUTPUT,
}

/** Tests that do not change anything and come first; the lower the earlier. All others come after, in order. */
const RANK: Partial<Record<Match['kind'], number>> = { destination: 0, source: 1, protocol: 2 }
const RANK_OF_OTHERS = 3

/** One test or target: a code and its operands. */
type Code = readonly [code: number, a?: number, b?: number, flag?: number]

/**
 * Compiles the tables of a node.
 *
 * @param tables - at most one of each name; a table or built-in chain that is missing lets everything pass
 * @throws InputError as `checkTable`, before anything is changed
 */
export function compileTables(tables: readonly Table[], context: CompileContext): RuleProgram {
  const depths = tables.map(checkTable)
  context.recentLists.retain(recentListNames(tables))
  const firstRules = numberRules(tables)
  const writer = new ProgramWriter(tables)
  for (const [index, table] of tables.entries()) {
    for (const chain of table.chains) {
      for (const rule of chain.rules)
        writer.rule(testsOf(rule, context), targetOf(rule.target, firstRules[index], context))
      writer.rule([], [GO_END])
    }
  }
  return {
    ...writer.program(),
    ...entryPoints(tables, firstRules),
    returnStack: new Int32Array(Math.max(...depths, 0)),
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

/** By table, the number of the first rule of each chain. */
function numberRules(tables: readonly Table[]): ReadonlyMap<string, number>[] {
  let next = 0
  return tables.map((table) => {
    const firstRules = new Map<string, number>()
    for (const chain of table.chains) {
      firstRules.set(chain.name, next)
      next += chain.rules.length + 1
    }
    return firstRules
  })
}

function entryPoints(tables: readonly Table[], firstRules: readonly ReadonlyMap<string, number>[]) {
  const entries = new Int32Array(PLACE_COUNT).fill(NO_CHAIN)
  const policies = new Int32Array(PLACE_COUNT).fill(GO_ACCEPT)
  for (const [index, table] of tables.entries()) {
    for (const chain of table.chains) {
      if (chain.policy === undefined) continue
      const place = PLACES[`${table.name} ${chain.name}`]
      if (entries[place] !== NO_CHAIN)
        throw new InvariantError('two tables of one name', { table: table.name })
      entries[place] = firstRule(firstRules[index], chain.name)
      policies[place] = chain.policy === 'ACCEPT' ? GO_ACCEPT : GO_DROP
    }
  }
  return { entries, policies }
}

function firstRule(firstRules: ReadonlyMap<string, number>, chain: string): number {
  const rule = firstRules.get(chain)
  if (rule === undefined) throw new InvariantError('a chain has no number', { chain })
  return rule
}

/** Fills the arrays of a program, rule after rule. */
class ProgramWriter {
  readonly #targets: Int32Array
  readonly #operandA: Int32Array
  readonly #operandB: Int32Array
  readonly #firstTests: Int32Array
  readonly #tests: number[] = []
  readonly #ruleCount: number
  #next = 0

  constructor(tables: readonly Table[]) {
    const chains: readonly Chain[] = tables.flatMap((table) => table.chains)
    this.#ruleCount = chains.reduce((sum, chain) => sum + chain.rules.length, 0)
    const entryCount = this.#ruleCount + chains.length
    this.#targets = new Int32Array(entryCount)
    this.#operandA = new Int32Array(entryCount)
    this.#operandB = new Int32Array(entryCount)
    this.#firstTests = new Int32Array(entryCount + 1)
  }

  rule(tests: readonly Code[], [code, a = 0, b = 0]: Code): void {
    for (const [test, first = 0, second = 0, flag = 0] of tests) this.#tests.push(test, first, second, flag)
    this.#targets[this.#next] = code
    this.#operandA[this.#next] = a
    this.#operandB[this.#next] = b
    this.#next += 1
    this.#firstTests[this.#next] = this.#tests.length
  }

  program(): Omit<RuleProgram, 'entries' | 'policies' | 'returnStack'> {
    return {
      targets: this.#targets,
      operandA: this.#operandA,
      operandB: this.#operandB,
      firstTests: this.#firstTests,
      tests: Int32Array.from(this.#tests),
      ruleCount: this.#ruleCount,
    }
  }
}

function testsOf(rule: Rule, context: CompileContext): Code[] {
  const rank = (match: Match) => RANK[match.kind] ?? RANK_OF_OTHERS
  // Sorting is stable, so that matches of one rank keep their order.
  const matches = [...rule.matches].sort((one, other) => rank(one) - rank(other))
  return matches.flatMap((match) => {
    const code = testOf(match, context)
    return code === undefined ? [] : [code]
  })
}

/** The test of a match; undefined for what is always true. */
function testOf(match: Match, context: CompileContext): Code | undefined {
  switch (match.kind) {
    case 'protocol':
      return [TEST_PROTOCOL, protocolNumber(match.protocol), 0, Number(match.isInverted)]
    case 'source':
      return addressTest(match.cidr, match.isInverted, TEST_SOURCE_IS, TEST_SOURCE_IN, context)
    case 'destination':
      return addressTest(match.cidr, match.isInverted, TEST_DESTINATION_IS, TEST_DESTINATION_IN, context)
    case 'sourcePort':
      return [TEST_SOURCE_PORT, match.first, match.last, Number(match.isInverted)]
    case 'destinationPort':
      return [TEST_DESTINATION_PORT, match.first, match.last, Number(match.isInverted)]
    case 'statistic':
      // The threshold goes up to 2^31, which no Int32Array holds; the greatest draw that passes does fit.
      return [TEST_STATISTIC, match.threshold - 1]
    case 'recent':
      return recentTest(match, context)
    case 'addrtype': {
      const test = match.side === 'source' ? TEST_SOURCE_IN : TEST_DESTINATION_IN
      return [test, context.localSet, 0, Number(match.isInverted)]
    }
    case 'mark':
      return [TEST_MARK, match.value, match.mask, Number(match.isInverted)]
    case 'conntrack':
      return [TEST_STATE, stateMask(match.states), 0, Number(match.isInverted)]
    case 'comment':
    case 'nfacct':
      return undefined
  }
}

function addressTest(
  cidr: Cidr,
  isInverted: boolean,
  is: number,
  isIn: number,
  context: CompileContext,
): Code {
  const isOneAddress = cidr.prefixLength === (cidr.family === 4 ? 32 : 128)
  if (!isOneAddress) return [isIn, context.book.setOf([cidr]), 0, Number(isInverted)]
  const text = cidr.text.slice(0, cidr.text.indexOf('/'))
  return [is, context.book.idOf(text), 0, Number(isInverted)]
}

function recentTest(match: RecentMatch, context: CompileContext): Code {
  const list = context.recentLists.idOf(match.list)
  const maxAgeSeconds = match.seconds ?? NO_AGE_LIMIT
  switch (match.mode) {
    case 'set':
      return [TEST_RECENT_SET, list]
    case 'remove':
      return [TEST_RECENT_REMOVE, list]
    case 'rcheck':
      return [TEST_RECENT_CHECK, list, maxAgeSeconds, Number(match.isReaping)]
    case 'update':
      return [TEST_RECENT_UPDATE, list, maxAgeSeconds, Number(match.isReaping)]
  }
}

function targetOf(target: Target, firstRules: ReadonlyMap<string, number>, context: CompileContext): Code {
  switch (target.kind) {
    case 'none':
      return [GO_ON]
    case 'jump':
      return [GO_JUMP, firstRule(firstRules, target.chain)]
    case 'goto':
      return [GO_GOTO, firstRule(firstRules, target.chain)]
    case 'RETURN':
      return [GO_RETURN]
    case 'ACCEPT':
      return [GO_ACCEPT]
    case 'DROP':
      return [GO_DROP]
    case 'REJECT':
      return [GO_REJECT]
    case 'DNAT':
      return [GO_DNAT, context.book.idOf(target.address), target.port ?? KEEP_PORT]
    case 'MASQUERADE':
      return [GO_MASQUERADE]
    case 'MARK':
      return [GO_MARK, target.value, target.mask]
  }
}

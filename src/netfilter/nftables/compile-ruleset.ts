/**
 * Turns a table of nftables into the integer form that `walk.ts` runs.
 *
 * A chain is the instructions of its rules, one rule after another; places are settled before anything is written. Verdict
 * maps become one hash index from keys to places: after the chains stands one instruction for every verdict that maps say.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { PairIndex } from '../iptables/pair-index.js'
import { protocolNumber } from '../packet.js'
import { checkTable, indexTable } from './check-ruleset.js'
import { addressText, type StatementContext, type Step, stepOf } from './compile-statements.js'
import {
  isTimedSet,
  type MapVerdict,
  type NftChain,
  type NftHook,
  type NftRule,
  type NftTable,
  type NftVerdict,
} from './ruleset.js'
import {
  CHOOSE,
  FORWARD,
  GO_ACCEPT,
  GO_DNAT,
  GO_DROP,
  GO_END,
  GO_GOTO,
  GO_JUMP,
  GO_MASQUERADE,
  GO_ON,
  GO_REJECT,
  GO_RETURN,
  HOOK_COUNT,
  INPUT,
  MAX_MAP_COUNT,
  OUTPUT,
  POSTROUTING,
  PREROUTING,
  type ProgramEntry,
  portKey,
  type RulesetProgram,
  STRIDE,
  TEST_ADDRESS_AND_PORT,
  TEST_PORT,
} from './ruleset-program.js'

/** What the table of a node refers to. */
export type CompileContext = Omit<StatementContext, 'sets'>

const HOOK_NUMBERS: Readonly<Record<NftHook, number>> = {
  prerouting: PREROUTING,
  input: INPUT,
  forward: FORWARD,
  output: OUTPUT,
  postrouting: POSTROUTING,
}

/** What writing needs to know. */
interface Writing extends StatementContext {
  readonly code: Int32Array
  /** By name of a chain: the place of its first instruction. */
  readonly places: ReadonlyMap<string, number>
  /** By name of a verdict map: its number. */
  readonly maps: ReadonlyMap<string, number>
}

/**
 * Compiles the table of a node.
 *
 * @throws InvariantError as `checkTable`, before anything is changed
 * @remarks O(rules + elements). Makes the timed sets that the table has, and ends those that it has not. A rule takes
 *   about 60 bytes, an element of a map about 50.
 */
export function compileTable(table: NftTable, context: CompileContext): RulesetProgram {
  const depth = checkTable(table, indexTable(table))
  if (table.maps.length > MAX_MAP_COUNT)
    throw new InvariantError('too many maps', { count: table.maps.length })
  context.timedSets.retain(timeoutsOf(table))
  const { places, size } = layOut(table.chains)
  const verdictCount = new Set(mapVerdicts(table).map(verdictKey)).size
  const writing: Writing = {
    ...context,
    sets: new Map(table.sets.map((set, number) => [set.name, { set, number }])),
    maps: new Map(table.maps.map((map, number) => [map.name, number])),
    places,
    code: new Int32Array(size + STRIDE * verdictCount),
  }
  for (const chain of table.chains) writeChain(chain, writing)
  return {
    code: writing.code,
    hooks: hooksOf(table.chains, places),
    verdicts: writeMaps(table, writing, size),
    members: membersOf(table, context),
    returnStack: new Int32Array(depth),
    ruleCount: table.chains.reduce((sum, chain) => sum + chain.rules.length, 0),
  }
}

function timeoutsOf(table: NftTable): ReadonlyMap<string, number> {
  return new Map(
    table.sets.filter(isTimedSet).map(({ name, timeoutSeconds = 0 }) => [name, timeoutSeconds] as const),
  )
}

function layOut(chains: readonly NftChain[]): { places: ReadonlyMap<string, number>; size: number } {
  const places = new Map<string, number>()
  let size = 0
  for (const chain of chains) {
    places.set(chain.name, size)
    size += chain.rules.reduce((sum, rule) => sum + STRIDE * stepCount(rule), STRIDE)
  }
  return { places, size }
}

function stepCount({ statements, verdict }: NftRule): number {
  const choiceCount = verdict?.kind === 'randomVerdict' ? verdict.verdicts.length : 0
  return statements.length + 1 + choiceCount
}

function hooksOf(chains: readonly NftChain[], places: ReadonlyMap<string, number>): ProgramEntry[][] {
  const hooks = Array.from({ length: HOOK_COUNT }, (): (ProgramEntry & { priority: number })[] => [])
  for (const { name, place } of chains) {
    if (place === undefined) continue
    const entry = { place: placeOf(name, places), isNat: place.type === 'nat', priority: place.priority }
    hooks[HOOK_NUMBERS[place.hook]].push(entry)
  }
  // Sorting is stable: chains of one priority keep their order.
  return hooks.map((entries) => entries.sort((one, other) => one.priority - other.priority))
}

function writeChain(chain: NftChain, writing: Writing): void {
  let at = placeOf(chain.name, writing.places)
  for (const rule of chain.rules) {
    const next = at + STRIDE * stepCount(rule)
    for (const statement of rule.statements) {
      writeStep(writing.code, at, next, stepOf(statement, writing))
      at += STRIDE
    }
    writeVerdict(rule.verdict, at, next, writing)
    at = next
  }
  writing.code[at] = GO_END
}

function writeStep(code: Int32Array, at: number, next: number, { isTest, code: name, a, b }: Step): void {
  code.set(isTest ? [name, next, a, b] : [name, a, b, 0], at)
}

function writeVerdict(verdict: NftVerdict | undefined, at: number, next: number, writing: Writing): void {
  const { book, code, maps } = writing
  if (verdict === undefined) {
    code[at] = GO_ON
    return
  }
  switch (verdict.kind) {
    case 'jump':
      code.set([GO_JUMP, placeOf(verdict.chain, writing.places)], at)
      return
    case 'return':
      code[at] = GO_RETURN
      return
    case 'reject':
      code[at] = GO_REJECT
      return
    case 'dnat':
      code.set([GO_DNAT, book.idOf(verdict.address), verdict.port], at)
      return
    case 'masquerade':
      code[at] = GO_MASQUERADE
      return
    case 'verdictMap': {
      const test = verdict.key === 'port' ? TEST_PORT : TEST_ADDRESS_AND_PORT
      code.set([test, next, maps.get(verdict.map) ?? 0], at)
      return
    }
    case 'randomVerdict':
      code.set([CHOOSE, verdict.verdicts.length], at)
      for (const [number, choice] of verdict.verdicts.entries()) {
        writeMapVerdict(choice, at + STRIDE * (1 + number), writing)
      }
      return
    default:
      writeMapVerdict(verdict, at, writing)
  }
}

function writeMapVerdict(verdict: MapVerdict, at: number, { code, places }: Writing): void {
  if (verdict.kind === 'goto') code.set([GO_GOTO, placeOf(verdict.chain, places)], at)
  else code[at] = verdict.kind === 'drop' ? GO_DROP : GO_ACCEPT
}

/** Writes one instruction for every different verdict of the maps, from a place on, and the index of their keys. */
function writeMaps(table: NftTable, writing: Writing, firstPlace: number): PairIndex {
  const index = new PairIndex()
  const written = new Map<string, number>()
  for (const [number, { elements }] of table.maps.entries()) {
    for (const { address, protocol, port, verdict } of elements) {
      const key = verdictKey(verdict)
      let place = written.get(key)
      if (place === undefined) {
        place = firstPlace + STRIDE * written.size
        written.set(key, place)
        writeMapVerdict(verdict, place, writing)
      }
      const first = address === undefined ? 0 : writing.book.idOf(address)
      index.set(first, portKey(number, protocolNumber(protocol), port), place)
    }
  }
  return index
}

function membersOf(table: NftTable, { book }: CompileContext): PairIndex {
  const index = new PairIndex()
  for (const [number, { elements, flags }] of table.sets.entries()) {
    if (flags.includes('interval')) continue
    for (const { range } of elements) index.set(number, book.idOf(addressText(range)), 1)
  }
  return index
}

function mapVerdicts(table: NftTable): MapVerdict[] {
  return table.maps.flatMap((map) => map.elements.map((element) => element.verdict))
}

function verdictKey(verdict: MapVerdict): string {
  return verdict.kind === 'goto' ? `goto ${verdict.chain}` : verdict.kind
}

function placeOf(chain: string, places: ReadonlyMap<string, number>): number {
  const place = places.get(chain)
  if (place === undefined) throw new InvariantError('no such chain', { chain })
  return place
}

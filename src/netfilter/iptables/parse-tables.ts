/**
 * Reads tables from iptables-save form.
 *
 * Understood: `*table`, `:CHAIN POLICY [packets:bytes]`, `-A CHAIN …`, also with counters before it, `-X CHAIN`, `COMMIT`,
 * comment lines and empty lines. Counters are passed over. Refused by name: other tables and other commands, of which
 * iptables-restore knows more. Read leniently, a dump may hold the tables raw, mangle and security too, and any match and
 * target. Source: iptables-restore(8), iptables 1.8.9.
 */
import { type Diagnostic, InputError } from '../../base/diagnostics.js'
import { parseRule } from './parse-rule.js'
import { type Chain, HOOKS_OF_TABLE, type Rule, TABLE_NAMES, type Table, type TableName } from './rule.js'
import { type Line, LineError, type Word, WordReader } from './rule-words.js'

/** Errors that are listed before the reader gives up: more would help nobody. */
const MAX_ERRORS = 100

interface OpenChain {
  readonly name: string
  readonly policy: Chain['policy']
  readonly rules: Rule[]
}

interface OpenTable {
  readonly name: TableName
  readonly chains: Map<string, OpenChain>
  /** Read leniently: jumps and gotos with their lines. They may turn out to lead to no chain of the table. */
  readonly jumps: Map<Rule, number>
}

/** How to read a dump. */
export interface ParseOptions {
  /**
   * Keeps matches, targets and tables that are not modelled, so that the whole dump of a real node can be read; false if
   * not given: they are refused.
   */
  readonly isLenient?: boolean
}

/** What has been read so far. */
interface Reading {
  readonly isLenient: boolean
  readonly tables: Table[]
  /** The table of the last `*` line, until its COMMIT; undefined as well if that table is not modelled. */
  table: OpenTable | undefined
  /** Inside of a table, modelled or not. */
  isInTable: boolean
}

/**
 * Reads tables.
 *
 * @param text - as `printTables` and `iptables-save` write it
 * @param file - the name of the text in errors
 * @param options - how much is accepted
 * @returns the tables in the order of the text, built-in chains before others
 * @throws InputError NF_SYNTAX, NF_UNSUPPORTED: one per wrong line, at most 100
 * @remarks Linear in the text. Does not check where jumps lead: see `checkTable`.
 */
export function parseTables(text: string, file = '<stdin>', options: ParseOptions = {}): Table[] {
  const { isLenient = false } = options
  const reading: Reading = { isLenient, tables: [], table: undefined, isInTable: false }
  const errors: Diagnostic[] = []
  for (const [index, content] of text.split('\n').entries()) {
    if (errors.length === MAX_ERRORS) break
    const line: Line = {
      file,
      number: index + 1,
      text: content.endsWith('\r') ? content.slice(0, -1) : content,
    }
    // Comments of iptables-save may hold anything, quotes that are not closed too.
    if (line.text.trimStart().startsWith('#')) continue
    try {
      readLine(reading, new WordReader(line))
    } catch (error) {
      if (!(error instanceof LineError)) throw error
      errors.push(error.diagnostic)
    }
  }
  if (errors.length === 0 && reading.isInTable) errors.push(missingCommit(file))
  if (errors.length > 0) throw new InputError(errors)
  return reading.tables
}

function missingCommit(file: string): Diagnostic {
  return { severity: 'error', code: 'NF_SYNTAX', message: `the last table of ${file} has no COMMIT` }
}

function readLine(reading: Reading, words: WordReader): void {
  const first = words.take()
  if (first === undefined) return
  if (first.text.startsWith('*')) {
    openTable(reading, words, first)
  } else if (!reading.isInTable) {
    words.fail(
      'NF_SYNTAX',
      first,
      `"${first.text}" stands outside of a table`,
      'a table begins with "*nat" or "*filter"',
    )
  } else if (first.text === 'COMMIT') {
    commit(reading)
  } else if (reading.table !== undefined) {
    if (first.text.startsWith(':')) openChain(reading.table, words, first)
    else readCommand(reading, reading.table, words, first)
  }
}

function openTable(reading: Reading, words: WordReader, first: Word): void {
  if (reading.isInTable) words.fail('NF_SYNTAX', first, 'a table begins before the COMMIT of the last one')
  const name = first.text.slice(1)
  reading.isInTable = true
  if (reading.tables.some((table) => table.name === name)) {
    words.fail('NF_SYNTAX', first, `table "${name}" comes twice`)
  }
  const table = acceptedTable(name, reading.isLenient)
  if (table === undefined) {
    words.fail('NF_UNSUPPORTED', first, `table "${name}" is not modelled`, 'modelled are nat and filter')
  }
  reading.table = { name: table, chains: new Map(), jumps: new Map() }
}

function acceptedTable(text: string, isLenient: boolean): TableName | undefined {
  const accepted: readonly TableName[] = isLenient ? TABLE_NAMES : ['nat', 'filter']
  return accepted.find((name) => name === text)
}

function commit(reading: Reading): void {
  if (reading.table !== undefined) {
    const chains = [...reading.table.chains.values()].map(withoutStrayJumps(reading.table))
    const isBuiltIn = (chain: Chain) => chain.policy !== undefined
    reading.tables.push({
      name: reading.table.name,
      chains: [...chains.filter(isBuiltIn), ...chains.filter((chain) => !isBuiltIn(chain))],
    })
  }
  reading.table = undefined
  reading.isInTable = false
}

/** A jump that leads to no chain is one to a target of which nothing is known. */
function withoutStrayJumps({ chains, jumps }: OpenTable): (chain: Chain) => Chain {
  const strays = new Map<Rule, Rule>()
  for (const [rule, line] of jumps) {
    const { matches, target } = rule
    if ((target.kind !== 'jump' && target.kind !== 'goto') || chains.has(target.chain)) continue
    const text = `${target.kind === 'jump' ? '-j' : '-g'} ${target.chain}`
    strays.set(rule, { matches, target: { kind: 'unmodelled', text, line } })
  }
  if (strays.size === 0) return (chain) => chain
  return (chain) => ({ ...chain, rules: chain.rules.map((rule) => strays.get(rule) ?? rule) })
}

function openChain(table: OpenTable, words: WordReader, first: Word): void {
  const name = first.text.slice(1)
  if (name === '') words.fail('NF_SYNTAX', first, 'a chain lacks its name')
  if (table.chains.has(name))
    words.fail('NF_SYNTAX', first, `chain "${name}" comes twice in table ${table.name}`)
  const isBuiltIn = HOOKS_OF_TABLE[table.name].some((hook) => hook === name)
  table.chains.set(name, { name, policy: readPolicy(words, first, isBuiltIn), rules: [] })
  const counters = words.take()
  if (counters !== undefined && !isCounters(counters))
    words.fail('NF_SYNTAX', counters, 'counters look like [0:0]')
  requireEnd(words)
}

function readPolicy(words: WordReader, chain: Word, isBuiltIn: boolean): Chain['policy'] {
  const policy = words.value(chain)
  if (!isBuiltIn) {
    if (policy.text === '-') return undefined
    return words.fail(
      'NF_SYNTAX',
      policy,
      `"${chain.text.slice(1)}" is not built in and has no policy`,
      'write -',
    )
  }
  if (policy.text === 'ACCEPT' || policy.text === 'DROP') return policy.text
  return words.fail('NF_SYNTAX', policy, `"${policy.text}" is no policy`, 'a policy is ACCEPT or DROP')
}

function readCommand({ isLenient }: Reading, table: OpenTable, words: WordReader, first: Word): void {
  const command = (isCounters(first) ? words.take() : first) ?? first
  switch (command.text) {
    case '-A':
    case '--append':
      readRule(table, words, command, isLenient)
      return
    case '-X':
    case '--delete-chain':
      deleteChain(table, words, command)
      return
    default:
      words.fail('NF_UNSUPPORTED', command, `"${command.text}" is not understood`, 'rules begin with -A')
  }
}

function readRule(table: OpenTable, words: WordReader, command: Word, isLenient: boolean): void {
  const chain = declaredChain(table, words, command)
  const rule = parseRule(words, isLenient)
  chain.rules.push(rule)
  const isJump = rule.target.kind === 'jump' || rule.target.kind === 'goto'
  if (isLenient && isJump) table.jumps.set(rule, words.line.number)
}

/** kube-proxy declares a chain that it no longer needs, which empties it, and then deletes it. */
function deleteChain(table: OpenTable, words: WordReader, command: Word): void {
  const { name, policy, rules } = declaredChain(table, words, command)
  if (policy !== undefined || rules.length > 0) {
    words.fail('NF_SYNTAX', command, `chain "${name}" is built in or not empty: it can not be deleted`)
  }
  table.chains.delete(name)
  requireEnd(words)
}

function declaredChain(table: OpenTable, words: WordReader, command: Word): OpenChain {
  const name = words.value(command)
  return (
    table.chains.get(name.text) ??
    words.fail('NF_SYNTAX', name, `chain "${name.text}" of table ${table.name} is not declared`)
  )
}

function requireEnd(words: WordReader): void {
  const extra = words.peek()
  if (extra !== undefined) words.fail('NF_SYNTAX', extra, `"${extra.text}" is one word too many`)
}

function isCounters(word: Word): boolean {
  return /^\[[0-9]+:[0-9]+\]$/.test(word.text)
}

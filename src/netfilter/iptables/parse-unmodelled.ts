/**
 * Reads an option of a rule that need not be modelled: what can not be read is kept as it is written.
 *
 * Kept together are a `-m NAME` or `-j NAME` with all options that follow it, up to the next one that any rule may have.
 * An extension of which svcsim knows some options only is kept whole: the others may change what these mean.
 */
import type { Match, Target } from './rule.js'
import { LineError, type Word, type WordReader } from './rule-words.js'

/** Options that belong to no extension, or to those of protocols, which are read one by one. */
const FREE_OPTIONS: ReadonlySet<string> = new Set([
  '-4',
  '-6',
  '-c',
  '-d',
  '-f',
  '-g',
  '-i',
  '-j',
  '-m',
  '-o',
  '-p',
  '-s',
  '--destination',
  '--destination-port',
  '--dport',
  '--dst',
  '--fragment',
  '--goto',
  '--in-interface',
  '--jump',
  '--match',
  '--out-interface',
  '--protocol',
  '--set-counters',
  '--source',
  '--source-port',
  '--sport',
  '--src',
])

const MODULE_OPTIONS: ReadonlySet<string> = new Set(['-m', '--match'])
const JUMP_OPTIONS: ReadonlySet<string> = new Set(['-j', '--jump', '-g', '--goto'])

/** Modules of which the options are read one by one. */
const PROTOCOL_MODULES: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp'])

/** What the options of one rule have said so far. */
interface LenientReading {
  readonly words: WordReader
  readonly matches: Match[]
  target: Target | undefined
}

/**
 * Reads the next option.
 *
 * @param readOption - reads it if it is modelled
 * @throws LineError NF_SYNTAX
 */
export function readOptionLeniently<T extends LenientReading>(
  reading: T,
  readOption: (reading: T) => void,
): void {
  const { words, matches } = reading
  const start = words.position
  const [matchCount, target] = [matches.length, reading.target]
  const extension = extensionAhead(words)
  try {
    readOption(reading)
    if (extension === undefined || !isMoreOfExtension(words)) return
  } catch (error) {
    if (!(error instanceof LineError) || error.diagnostic.code !== 'NF_UNSUPPORTED') throw error
  }
  words.rewind(start)
  matches.length = matchCount
  reading.target = target
  keep(reading, extension !== undefined)
}

/** The word that begins an extension with options of its own, if it comes next; left where it is. */
function extensionAhead(words: WordReader): Word | undefined {
  const option = words.peek()
  if (option === undefined || option.isQuoted) return undefined
  if (JUMP_OPTIONS.has(option.text)) return option
  if (!MODULE_OPTIONS.has(option.text)) return undefined
  const name = words.peekSecond()
  return name === undefined || PROTOCOL_MODULES.has(name.text) ? undefined : option
}

/** Does an option come next that can only belong to the extension before it? A `!` may stand before it. */
function isMoreOfExtension(words: WordReader): boolean {
  const next = words.peek()
  const option = next !== undefined && !next.isQuoted && next.text === '!' ? words.peekSecond() : next
  return option !== undefined && isOption(option) && !FREE_OPTIONS.has(option.text)
}

function keep(reading: LenientReading, isExtension: boolean): void {
  const { words } = reading
  const start = words.position
  words.takeIf('!')
  const option = words.take()
  takeValues(words)
  while (isExtension && isMoreOfExtension(words)) {
    words.takeIf('!')
    words.take()
    takeValues(words)
  }
  const unmodelled = { kind: 'unmodelled', text: words.textFrom(start), line: words.line.number } as const
  if (option !== undefined && JUMP_OPTIONS.has(option.text)) reading.target = unmodelled
  else reading.matches.push(unmodelled)
}

function takeValues(words: WordReader): void {
  for (let next = words.peek(); next !== undefined; next = words.peek()) {
    if (isOption(next) || (next.text === '!' && !next.isQuoted)) return
    words.take()
  }
}

/** An option begins with a hyphen; a negative number is a value. */
function isOption(word: Word): boolean {
  return !word.isQuoted && /^--?[^0-9-]/.test(word.text)
}

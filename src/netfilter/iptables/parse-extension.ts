/**
 * Reads the options of one extension, which follow its `-m NAME`.
 *
 * Options of an extension that are not modelled (`--hitcount`, `--mode nth`) are refused by name, as are extensions.
 * Source: iptables-extensions(8) of 1.8.9; Linux xt_recent.c, recent_mt_check (which options of `recent` go together).
 */
import { readInteger, readValueAndMask } from './parse-number.js'
import type { ConnectionState, Match, RecentMatch } from './rule.js'
import type { Option, Word, WordReader } from './rule-words.js'

/** Numbers that xt_statistic tells apart: 31 bits. Source: libxt_statistic.c, lround(0x80000000 · p). */
const DRAW_RANGE = 0x80000000

/** Longest age of an entry that can be asked for: 68 years, so that it fits the compiled form. */
const MAX_SECONDS = 0x7fffffff

/** Name of a list where the rule gives none. Source: iptables-extensions(8), recent. */
const DEFAULT_LIST = 'DEFAULT'

/** Masks that leave an address as it is: iptables-save prints them of every `recent`. */
const FULL_MASKS = ['255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']

const STATES: ReadonlySet<string> = new Set<ConnectionState>([
  'NEW',
  'ESTABLISHED',
  'RELATED',
  'INVALID',
  'DNAT',
  'SNAT',
])

/** By extension, what reads its options. */
const EXTENSIONS: ReadonlyMap<string, (words: WordReader, module: Word) => Match[]> = new Map([
  ['addrtype', readAddrtype],
  ['comment', readComment],
  ['conntrack', readConntrack],
  ['mark', readMark],
  ['nfacct', readNfacct],
  ['recent', readRecent],
  ['state', readState],
  ['statistic', readStatistic],
])

/**
 * Reads the options of one extension.
 *
 * @param module - its name, taken already
 * @throws LineError NF_UNSUPPORTED if it is not modelled, NF_SYNTAX
 */
export function parseExtension(words: WordReader, module: Word): Match[] {
  const read = EXTENSIONS.get(module.text)
  if (read === undefined) {
    return words.fail('NF_UNSUPPORTED', module, `match "${module.text}" is not modelled`)
  }
  return read(words, module)
}

function readAddrtype(words: WordReader, module: Word): Match[] {
  const matches: Match[] = []
  for (;;) {
    const option = words.takeOption(['--src-type', '--dst-type'])
    if (option === undefined) break
    const type = words.value(option.word)
    if (type.text !== 'LOCAL') {
      words.fail('NF_UNSUPPORTED', type, `address type "${type.text}" is not modelled`, 'LOCAL is')
    }
    const side = option.name === '--src-type' ? 'source' : 'destination'
    matches.push({ kind: 'addrtype', side, type: 'LOCAL', isInverted: option.isInverted })
  }
  return matches.length > 0 ? matches : lacks(words, module, '--dst-type')
}

function readComment(words: WordReader, module: Word): Match[] {
  const option = requireOption(words, module, '--comment')
  return [{ kind: 'comment', text: words.value(option.word).text }]
}

function readConntrack(words: WordReader, module: Word): Match[] {
  return readStates(words, module, '--ctstate')
}

/** The old name of `conntrack`, and written so. */
function readState(words: WordReader, module: Word): Match[] {
  return readStates(words, module, '--state')
}

function readStates(words: WordReader, module: Word, name: string): Match[] {
  const option = words.takeOption([name]) ?? lacks(words, module, name)
  const value = words.value(option.word)
  const states = value.text.split(',')
  const unknown = states.find((state) => !STATES.has(state))
  if (unknown !== undefined)
    words.fail('NF_UNSUPPORTED', value, `connection state "${unknown}" is not modelled`)
  return [{ kind: 'conntrack', states: states.filter(isState), isInverted: option.isInverted }]
}

function isState(text: string): text is ConnectionState {
  return STATES.has(text)
}

function readMark(words: WordReader, module: Word): Match[] {
  const option = words.takeOption(['--mark']) ?? lacks(words, module, '--mark')
  return [{ kind: 'mark', ...readValueAndMask(words, option.word), isInverted: option.isInverted }]
}

function readNfacct(words: WordReader, module: Word): Match[] {
  const option = requireOption(words, module, '--nfacct-name')
  return [{ kind: 'nfacct', counter: words.value(option.word).text }]
}

function readStatistic(words: WordReader, module: Word): Match[] {
  const mode = words.value(requireOption(words, module, '--mode').word)
  if (mode.text !== 'random')
    words.fail('NF_UNSUPPORTED', mode, `statistic mode "${mode.text}" is not modelled`)
  const value = words.value(requireOption(words, module, '--probability').word)
  const isNumber = /^(?:[0-9]{1,20}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})$/.test(value.text)
  const probability = isNumber ? Number(value.text) : Number.NaN
  if (!(probability <= 1)) words.fail('NF_SYNTAX', value, `"${value.text}" is no probability`, 'from 0 to 1')
  const threshold = Math.round(probability * DRAW_RANGE)
  return [{ kind: 'statistic', probabilityText: value.text, threshold }]
}

/** What the options of one `recent` have said so far. */
interface RecentReading {
  list: string
  mode: RecentMatch['mode'] | undefined
  seconds: number | undefined
  isReaping: boolean
}

function readRecent(words: WordReader, module: Word): Match[] {
  const reading: RecentReading = { list: DEFAULT_LIST, mode: undefined, seconds: undefined, isReaping: false }
  for (;;) {
    const option = words.takeOption(RECENT_OPTIONS)
    if (option === undefined) break
    requireUpright(words, option)
    readRecentOption(words, reading, option.word)
  }
  const { list, mode, seconds, isReaping } = reading
  if (mode === undefined) return lacks(words, module, '--set", "--rcheck", "--update" or "--remove')
  const isAboutAge = seconds !== undefined || isReaping
  if (isAboutAge && (mode === 'set' || mode === 'remove')) {
    words.fail('NF_SYNTAX', module, `"--${mode}" takes neither "--seconds" nor "--reap"`)
  }
  if (isReaping && seconds === undefined) words.fail('NF_SYNTAX', module, '"--reap" needs "--seconds"')
  return [{ kind: 'recent', list, mode, seconds, isReaping }]
}

const RECENT_OPTIONS: readonly string[] = [
  '--name',
  '--set',
  '--rcheck',
  '--update',
  '--remove',
  '--seconds',
  '--reap',
  '--mask',
  '--rsource',
]

function readRecentOption(words: WordReader, reading: RecentReading, option: Word): void {
  switch (option.text) {
    case '--name':
      reading.list = words.value(option).text
      return
    case '--seconds':
      reading.seconds = readInteger(words, option, 1, MAX_SECONDS)
      return
    case '--reap':
      reading.isReaping = true
      return
    case '--mask': {
      const mask = words.value(option)
      if (!FULL_MASKS.includes(mask.text)) {
        words.fail('NF_UNSUPPORTED', mask, 'lists of masked addresses are not modelled')
      }
      return
    }
    case '--rsource':
      return
    default:
      if (reading.mode !== undefined) words.fail('NF_SYNTAX', option, 'a "recent" does one thing only')
      reading.mode = MODES.get(option.text)
  }
}

const MODES: ReadonlyMap<string, RecentMatch['mode']> = new Map([
  ['--set', 'set'],
  ['--rcheck', 'rcheck'],
  ['--update', 'update'],
  ['--remove', 'remove'],
])

/** Takes an option that must come next, and can not be inverted here. */
function requireOption(words: WordReader, module: Word, name: string): Option {
  const option = words.takeOption([name]) ?? lacks(words, module, name)
  requireUpright(words, option)
  return option
}

function requireUpright(words: WordReader, option: Option): void {
  if (option.isInverted) words.fail('NF_UNSUPPORTED', option.word, `"! ${option.name}" is not modelled`)
}

function lacks(words: WordReader, module: Word, option: string): never {
  const next = words.peek()
  const code = next?.text.startsWith('--') === true ? 'NF_UNSUPPORTED' : 'NF_SYNTAX'
  return words.fail(code, next ?? module, `"-m ${module.text}" needs "${option}" next`)
}

/**
 * Reads the matches and the target of one rule.
 *
 * Options may come in any order in which iptables takes them: those of an extension after its `-m`, ports after the
 * protocol. Spellings that mean the same become one: `--set-mark` and `--and-mark` become `--set-xmark`, the defaults
 * that iptables-save adds to `recent` vanish. Everything else is refused by name, or kept as it is: see
 * `parse-unmodelled.ts`.
 * Sources: iptables(8), iptables-extensions(8) of 1.8.9.
 */
import { type Cidr, parseCidr } from '../../base/ip-address.js'
import { parseExtension } from './parse-extension.js'
import { parseProtocol } from './parse-protocol.js'
import { parseTarget } from './parse-target.js'
import { readOptionLeniently } from './parse-unmodelled.js'
import type { IpProtocol, Match, Rule } from './rule.js'
import type { Word, WordReader } from './rule-words.js'

/** Longest name of an interface. Source: Linux include/uapi/linux/if.h, IFNAMSIZ less the end of the text. */
const MAX_INTERFACE_NAME_LENGTH = 15

/** A mask of which the ones may stand apart: iptables-save prints others as a length. */
const DOTTED_MASK = /^[0-9.]+\/[0-9]+(?:\.[0-9]+){3}$/

/** Options that can not be inverted. */
const PLAIN_OPTIONS: ReadonlySet<string> = new Set([
  '-c',
  '--set-counters',
  '-g',
  '--goto',
  '-j',
  '--jump',
  '-m',
  '--match',
])

/** What the options of one rule have said so far. */
interface RuleReading {
  readonly words: WordReader
  readonly matches: Match[]
  /** Of `-p`, not inverted: what ports need. */
  protocol: IpProtocol | 'other' | undefined
  /** Of `-m tcp` and the like: must be the protocol of `-p`, which may come later. */
  protocolModule: Word | undefined
  target: Rule['target'] | undefined
}

/**
 * Reads a rule from the words that follow `-A CHAIN`.
 *
 * @param isLenient - keep what is not modelled
 * @throws LineError NF_SYNTAX, NF_UNSUPPORTED
 */
export function parseRule(words: WordReader, isLenient = false): Rule {
  const reading: RuleReading = {
    words,
    matches: [],
    protocol: undefined,
    protocolModule: undefined,
    target: undefined,
  }
  while (words.peek() !== undefined) {
    if (isLenient) readOptionLeniently(reading, readOption)
    else readOption(reading)
  }
  const { matches, protocol, protocolModule, target } = reading
  if (protocolModule !== undefined && protocolModule.text !== protocol) {
    words.fail('NF_SYNTAX', protocolModule, `"-m ${protocolModule.text}" needs "-p ${protocolModule.text}"`)
  }
  if (target?.kind === 'DNAT' && target.port !== undefined && protocol === undefined) {
    words.fail('NF_SYNTAX', undefined, 'a DNAT to a port needs "-p tcp", "-p udp" or "-p sctp"')
  }
  return { matches, target: target ?? { kind: 'none' } }
}

function readOption(reading: RuleReading): void {
  const { words } = reading
  const not = words.takeIf('!')
  const isInverted = not !== undefined
  const option = words.take() ?? words.fail('NF_SYNTAX', not, '"!" stands before nothing')
  switch (option.isQuoted ? '' : option.text) {
    case '-p':
    case '--protocol':
      readProtocol(reading, option, isInverted)
      return
    case '-s':
    case '--source':
    case '--src':
      reading.matches.push({ kind: 'source', cidr: readCidr(words, option), isInverted })
      return
    case '-d':
    case '--destination':
    case '--dst':
      reading.matches.push({ kind: 'destination', cidr: readCidr(words, option), isInverted })
      return
    case '-i':
    case '--in-interface':
      reading.matches.push({ kind: 'inInterface', name: readInterface(words, option), isInverted })
      return
    case '-o':
    case '--out-interface':
      reading.matches.push({ kind: 'outInterface', name: readInterface(words, option), isInverted })
      return
    case '--sport':
    case '--source-port':
      reading.matches.push({ kind: 'sourcePort', ...readPorts(reading, option), isInverted })
      return
    case '--dport':
    case '--destination-port':
      reading.matches.push({ kind: 'destinationPort', ...readPorts(reading, option), isInverted })
      return
  }
  const isPlain = PLAIN_OPTIONS.has(option.text) || option.isQuoted || !option.text.startsWith('-')
  if (not !== undefined && isPlain) {
    words.fail('NF_SYNTAX', not, `"!" can not stand before "${option.text}"`)
  }
  readPlainOption(reading, option)
}

/** Reads an option that can not be inverted. */
function readPlainOption(reading: RuleReading, option: Word): void {
  const { words } = reading
  switch (option.isQuoted ? '' : option.text) {
    case '-c':
    case '--set-counters':
      words.value(option)
      words.value(option)
      return
    case '-m':
    case '--match':
      readModule(reading, option)
      return
    case '-j':
    case '--jump':
    case '-g':
    case '--goto':
      if (reading.target !== undefined) words.fail('NF_SYNTAX', option, 'a rule has one target only')
      reading.target = parseTarget(words, option)
      return
    default:
      if (option.isQuoted || !option.text.startsWith('-')) {
        words.fail('NF_SYNTAX', option, `"${option.text}" stands where an option should`)
      }
      words.fail('NF_UNSUPPORTED', option, `option "${option.text}" is not modelled`)
  }
}

function readProtocol(reading: RuleReading, option: Word, isInverted: boolean): void {
  const match = parseProtocol(reading.words, option, isInverted)
  if (reading.matches.some(({ kind }) => kind === 'protocol' || kind === 'otherProtocol')) {
    reading.words.fail('NF_SYNTAX', option, 'a rule has one protocol only')
  }
  if (match === undefined) return
  reading.matches.push(match)
  if (!isInverted) reading.protocol = match.kind === 'protocol' ? match.protocol : 'other'
}

function readModule(reading: RuleReading, option: Word): void {
  const { words } = reading
  const name = words.value(option)
  if (name.text === 'tcp' || name.text === 'udp' || name.text === 'sctp') reading.protocolModule = name
  else reading.matches.push(...parseExtension(words, name))
}

function readCidr(words: WordReader, option: Word): Cidr {
  const value = words.value(option)
  if (DOTTED_MASK.test(value.text)) {
    words.fail('NF_UNSUPPORTED', value, 'masks in dotted form are not modelled', 'such as 10.0.0.0/8')
  }
  return (
    parseCidr(value.text) ??
    words.fail(
      'NF_SYNTAX',
      value,
      `"${value.text}" is neither an address nor a range`,
      'such as 10.0.0.0/8 or fd00::1',
    )
  )
}

function readInterface(words: WordReader, option: Word): string {
  const name = words.value(option)
  if (name.text === '' || name.text.length > MAX_INTERFACE_NAME_LENGTH) {
    words.fail('NF_SYNTAX', name, `"${name.text}" is no interface`, 'a name has 1 to 15 characters')
  }
  return name.text
}

function readPorts(reading: RuleReading, option: Word): { first: number; last: number } {
  const { words } = reading
  if (reading.protocol === undefined && reading.protocolModule === undefined) {
    words.fail('NF_SYNTAX', option, `"${option.text}" needs "-p tcp", "-p udp" or "-p sctp" before it`)
  }
  const value = words.value(option)
  const ports = /^([0-9]{1,5})?(:([0-9]{1,5})?)?$/.exec(value.text)
  const first = Number(ports?.[1] ?? 0)
  const last = ports?.[2] === undefined ? first : Number(ports[3] ?? 65_535)
  if (ports === null || value.text === '' || first > 65_535 || last > 65_535 || first > last) {
    words.fail('NF_SYNTAX', value, `"${value.text}" is no port or range of ports`, 'such as 80 or 8000:8999')
  }
  return { first, last }
}

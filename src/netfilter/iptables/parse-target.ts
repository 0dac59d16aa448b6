/**
 * Reads the target of a rule, with its options.
 *
 * Targets that are not modelled (LOG, SNAT, TPROXY …) are refused by name; any other word is the name of a chain.
 * Source: iptables-extensions(8) of 1.8.9.
 */
import { parseIpAddress } from '../../base/ip-address.js'
import { readBits, readValueAndMask } from './parse-number.js'
import { DEFAULT_REJECT, type Target } from './rule.js'
import type { Word, WordReader } from './rule-words.js'

/** Answers that REJECT can give, of either family. */
const REJECT_ANSWERS: ReadonlySet<string> = new Set([
  'icmp-net-unreachable',
  'icmp-host-unreachable',
  'icmp-port-unreachable',
  'icmp-proto-unreachable',
  'icmp-net-prohibited',
  'icmp-host-prohibited',
  'icmp-admin-prohibited',
  'tcp-reset',
  'icmp6-no-route',
  'icmp6-adm-prohibited',
  'icmp6-addr-unreachable',
  'icmp6-port-unreachable',
  'icmp6-policy-fail',
  'icmp6-reject-route',
])

/** What a bare `-j REJECT` means in ip6tables. Tables have no family: it is read as the bare target. */
const DEFAULT_REJECT_OF_IPV6 = 'icmp6-port-unreachable'

/**
 * Targets of iptables that are not modelled. Sources: iptables-extensions(8), "Target extensions"; xtables-addons(8).
 */
const OTHER_TARGETS: ReadonlySet<string> = new Set([
  'ACCOUNT',
  'AUDIT',
  'CHAOS',
  'CHECKSUM',
  'CLASSIFY',
  'CLUSTERIP',
  'CONNMARK',
  'CONNSECMARK',
  'CT',
  'DELUDE',
  'DNPT',
  'DSCP',
  'ECN',
  'HL',
  'HMARK',
  'FULLCONENAT',
  'IDLETIMER',
  'LED',
  'LOG',
  'NETMAP',
  'NFLOG',
  'NFQUEUE',
  'NOTRACK',
  'QUEUE',
  'RATEEST',
  'REDIRECT',
  'SECMARK',
  'SET',
  'SNAT',
  'SNPT',
  'SYNPROXY',
  'TARPIT',
  'TCPMSS',
  'TCPOPTSTRIP',
  'TEE',
  'TOS',
  'TPROXY',
  'TRACE',
  'TTL',
  'ULOG',
])

/**
 * Reads a target.
 *
 * @param option - the `-j` or `-g` before it, taken already
 * @throws LineError NF_UNSUPPORTED, NF_SYNTAX
 */
export function parseTarget(words: WordReader, option: Word): Target {
  const name = words.value(option)
  if (option.text === '-g' || option.text === '--goto') return { kind: 'goto', chain: name.text }
  switch (name.text) {
    case 'RETURN':
    case 'ACCEPT':
    case 'DROP':
      return { kind: name.text }
    case 'REJECT':
      return { kind: 'REJECT', rejectWith: readAnswer(words) }
    case 'DNAT':
      return readDnat(words, name)
    case 'MASQUERADE':
      return { kind: 'MASQUERADE', isFullyRandom: words.takeIf('--random-fully') !== undefined }
    case 'MARK':
      return readMarkChange(words, name)
    default:
      if (OTHER_TARGETS.has(name.text)) {
        words.fail('NF_UNSUPPORTED', name, `target "${name.text}" is not modelled`)
      }
      return { kind: 'jump', chain: name.text }
  }
}

function readAnswer(words: WordReader): string {
  const option = words.takeIf('--reject-with')
  if (option === undefined) return DEFAULT_REJECT
  const answer = words.value(option)
  if (!REJECT_ANSWERS.has(answer.text))
    words.fail('NF_SYNTAX', answer, `REJECT does not know "${answer.text}"`)
  return answer.text === DEFAULT_REJECT_OF_IPV6 ? DEFAULT_REJECT : answer.text
}

function readDnat(words: WordReader, target: Word): Target {
  const option = words.takeIf('--to-destination')
  if (option === undefined) return words.fail('NF_SYNTAX', target, 'DNAT needs "--to-destination" next')
  const value = words.value(option)
  const whole = parseIpAddress(value.text)
  if (whole !== undefined) return { kind: 'DNAT', address: whole.text, port: undefined }
  const parts = /^(?:\[([^\]]*)\]|([^:]*)):([0-9]{1,5})$/.exec(value.text)
  const address = parts === null ? undefined : parseIpAddress(parts[1] ?? parts[2])
  const port = Number(parts?.[3])
  const isInBrackets = parts?.[1] !== undefined
  if (address !== undefined && isInBrackets === (address.family === 6) && port >= 1 && port <= 65_535) {
    return { kind: 'DNAT', address: address.text, port }
  }
  // Ranges of addresses or ports, and a port without an address.
  const isOtherForm = value.text.includes('-') || value.text.startsWith(':')
  const code = isOtherForm ? 'NF_UNSUPPORTED' : 'NF_SYNTAX'
  return words.fail(
    code,
    value,
    `"${value.text}" is not one address with a port`,
    '10.0.0.1:80 or [fd00::1]:80',
  )
}

function readMarkChange(words: WordReader, target: Word): Target {
  const option = words.takeOption(['--set-xmark', '--set-mark', '--or-mark', '--xor-mark', '--and-mark'])
  if (option === undefined || option.isInverted) {
    return words.fail('NF_SYNTAX', target, 'MARK needs "--set-xmark", "--or-mark" or the like next')
  }
  switch (option.name) {
    case '--or-mark': {
      const bits = readBits(words, option.word)
      return { kind: 'MARK', value: bits, mask: bits, option: 'or-mark' }
    }
    case '--xor-mark':
      return { kind: 'MARK', value: readBits(words, option.word), mask: 0, option: 'xor-mark' }
    case '--and-mark':
      return { kind: 'MARK', value: 0, mask: ~readBits(words, option.word) >>> 0, option: 'set-xmark' }
    case '--set-mark': {
      const { value, mask } = readValueAndMask(words, option.word)
      return { kind: 'MARK', value, mask: (mask | value) >>> 0, option: 'set-xmark' }
    }
    default:
      return { kind: 'MARK', ...readValueAndMask(words, option.word), option: 'set-xmark' }
  }
}

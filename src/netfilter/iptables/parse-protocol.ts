/**
 * Reads the protocol of a rule. svcsim sends packets of TCP, UDP and SCTP: a rule for another protocol is one that no
 * packet matches. Sources: iptables(8), `--protocol`; IANA, Assigned Internet Protocol Numbers.
 */
import type { IpProtocol, Match } from './rule.js'
import type { Word, WordReader } from './rule-words.js'

/** Numbers that iptables may print in the place of a name. */
const BY_NUMBER: ReadonlyMap<string, IpProtocol> = new Map([
  ['6', 'tcp'],
  ['17', 'udp'],
  ['132', 'sctp'],
])

/** Names of other protocols, as /etc/protocols has them, and one that iptables knows itself. */
const OTHER_NAMES: ReadonlySet<string> = new Set([
  'ah',
  'dccp',
  'egp',
  'esp',
  'etherip',
  'gre',
  'icmp',
  'icmpv6',
  'igmp',
  'igp',
  'ipcomp',
  'ipencap',
  'ipip',
  'ipv4',
  'ipv6',
  'ipv6-frag',
  'ipv6-icmp',
  'ipv6-mh',
  'ipv6-nonxt',
  'ipv6-opts',
  'ipv6-route',
  'isis',
  'l2tp',
  'mh',
  'mpls-in-ip',
  'mptcp',
  'ospf',
  'pim',
  'rsvp',
  'udplite',
  'vrrp',
])

/**
 * Reads a protocol.
 *
 * @param option - the `-p` before it, taken already
 * @returns undefined for `all`, which is no test
 * @throws LineError NF_UNSUPPORTED for an unknown name, NF_SYNTAX for `! -p all`, which nothing can match
 */
export function parseProtocol(words: WordReader, option: Word, isInverted: boolean): Match | undefined {
  const value = words.value(option)
  const name = value.text.toLowerCase()
  const protocol = BY_NUMBER.get(name) ?? name
  if (protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp') {
    return { kind: 'protocol', protocol, isInverted }
  }
  if (protocol === 'all' || protocol === '0') {
    if (isInverted) words.fail('NF_SYNTAX', value, 'no packet is of no protocol')
    return undefined
  }
  if (OTHER_NAMES.has(protocol) || isOtherNumber(protocol)) {
    return { kind: 'otherProtocol', name: protocol, isInverted }
  }
  return words.fail('NF_UNSUPPORTED', value, `protocol "${value.text}" is not modelled`, 'tcp, udp, sctp are')
}

function isOtherNumber(text: string): boolean {
  return /^[1-9][0-9]{0,2}$/.test(text) && Number(text) <= 255
}

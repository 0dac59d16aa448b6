/**
 * Turns the matches of one rule into tests of integers.
 *
 * A range of one address becomes a comparison, any other range a set of the address book. Comments and counters
 * (`nfacct`) are always true and become nothing. The tests of addresses, protocol and interfaces go first, as in the
 * kernel (ip_tables.c, ip_packet_match), the destination before all since it differs most from rule to rule: the order
 * among these can not be observed. The rest keeps its order, in which draws are made and lists change.
 */
import { InvariantError } from '../../base/diagnostics.js'
import type { Cidr } from '../../base/ip-address.js'
import type { AddressBook } from '../address-book.js'
import { protocolNumber, stateMask } from '../packet.js'
import type { CodeWriter } from './code-writer.js'
import { NO_AGE_LIMIT } from './recent-lists.js'
import type { Match, RecentMatch } from './rule.js'
import {
  INVERTED,
  TEST_DESTINATION_IN,
  TEST_DESTINATION_IS,
  TEST_DESTINATION_PORT,
  TEST_IN_INTERFACE,
  TEST_MARK,
  TEST_OUT_INTERFACE,
  TEST_PROTOCOL,
  TEST_RECENT_CHECK,
  TEST_RECENT_CHECK_AND_REAP,
  TEST_RECENT_REMOVE,
  TEST_RECENT_SET,
  TEST_RECENT_UPDATE,
  TEST_RECENT_UPDATE_AND_REAP,
  TEST_SOURCE_IN,
  TEST_SOURCE_IS,
  TEST_SOURCE_PORT,
  TEST_STATE,
  TEST_STATISTIC,
} from './rule-program.js'

/** As a protocol: no packet has it. */
const NO_PROTOCOL = 255

/** Matches that change nothing and come first, in this order. */
const FIRST_KINDS: readonly Match['kind'][] = [
  'destination',
  'source',
  'protocol',
  'otherProtocol',
  'inInterface',
  'outInterface',
]

/** Writes the tests of a rule, in the order in which they run. */
export function writeTests(matches: readonly Match[], book: AddressBook, writer: CodeWriter): void {
  for (const kind of FIRST_KINDS) {
    for (const match of matches) if (match.kind === kind) writeTest(match, book, writer)
  }
  for (const match of matches) if (!FIRST_KINDS.includes(match.kind)) writeTest(match, book, writer)
}

function writeTest(match: Match, book: AddressBook, writer: CodeWriter): void {
  switch (match.kind) {
    case 'protocol':
      writer.test(inverted(TEST_PROTOCOL, match), protocolNumber(match.protocol))
      return
    case 'otherProtocol':
      writer.test(inverted(TEST_PROTOCOL, match), NO_PROTOCOL)
      return
    case 'source':
      writeAddressTest(match, TEST_SOURCE_IS, TEST_SOURCE_IN, book, writer)
      return
    case 'destination':
      writeAddressTest(match, TEST_DESTINATION_IS, TEST_DESTINATION_IN, book, writer)
      return
    case 'inInterface':
      writer.interfaceTest(inverted(TEST_IN_INTERFACE, match), match.name)
      return
    case 'outInterface':
      writer.interfaceTest(inverted(TEST_OUT_INTERFACE, match), match.name)
      return
    case 'sourcePort':
      writer.test(inverted(TEST_SOURCE_PORT, match), match.first, match.last)
      return
    case 'destinationPort':
      writer.test(inverted(TEST_DESTINATION_PORT, match), match.first, match.last)
      return
    case 'statistic':
      // The threshold goes up to 2^31, which no Int32Array holds; the greatest draw that passes does fit.
      writer.test(TEST_STATISTIC, match.threshold - 1)
      return
    case 'recent':
      writer.listTest(recentCode(match), match.seconds ?? NO_AGE_LIMIT)
      return
    case 'addrtype':
      writer.localTest(inverted(match.side === 'source' ? TEST_SOURCE_IN : TEST_DESTINATION_IN, match))
      return
    case 'mark':
      writer.test(inverted(TEST_MARK, match), match.value, match.mask)
      return
    case 'conntrack':
      writer.test(inverted(TEST_STATE, match), stateMask(match.states))
      return
    case 'comment':
    case 'nfacct':
      return
    case 'unmodelled':
      throw new InvariantError('rules that are not modelled were to be compiled', { text: match.text })
  }
}

function inverted(code: number, { isInverted }: { readonly isInverted: boolean }): number {
  return isInverted ? code + INVERTED : code
}

function writeAddressTest(
  match: { readonly cidr: Cidr; readonly isInverted: boolean },
  is: number,
  isIn: number,
  book: AddressBook,
  writer: CodeWriter,
): void {
  const { cidr } = match
  const isOneAddress = cidr.prefixLength === (cidr.family === 4 ? 32 : 128)
  if (isOneAddress) writer.test(inverted(is, match), book.idOf(cidr.text.slice(0, cidr.text.indexOf('/'))))
  else writer.test(inverted(isIn, match), book.setOf([cidr]))
}

function recentCode({ mode, isReaping }: RecentMatch): number {
  switch (mode) {
    case 'set':
      return TEST_RECENT_SET
    case 'remove':
      return TEST_RECENT_REMOVE
    case 'rcheck':
      return isReaping ? TEST_RECENT_CHECK_AND_REAP : TEST_RECENT_CHECK
    case 'update':
      return isReaping ? TEST_RECENT_UPDATE_AND_REAP : TEST_RECENT_UPDATE
  }
}

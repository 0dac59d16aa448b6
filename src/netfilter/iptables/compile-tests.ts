/**
 * Turns the matches of one rule into tests of integers.
 *
 * A range of one address becomes a comparison, any other range a set of the address book. Comments and counters
 * (`nfacct`) are always true and become nothing. The tests of addresses, protocol and interfaces go first, as in the
 * kernel (ip_tables.c, ip_packet_match), the destination before all since it differs most from rule to rule: the order among
 * these can not be observed. The rest keeps its order, in which draws are made and lists change.
 */
import type { Cidr } from '../../base/ip-address.js'
import type { AddressBook, AddressSetId } from '../address-book.js'
import { protocolNumber, stateMask } from '../packet.js'
import { interfaceMask } from './interface-names.js'
import { NO_AGE_LIMIT, type RecentLists } from './recent-lists.js'
import type { Match, RecentMatch, Rule } from './rule.js'
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

/** One test: `TEST_…`, perhaps with `INVERTED`, and its operands. */
export interface Test {
  readonly code: number
  readonly a: number
  readonly b: number
}

/** What matches refer to. */
interface TestContext {
  readonly book: AddressBook
  readonly localSet: AddressSetId
  readonly recentLists: RecentLists
  /** The node's interfaces; a packet names one by its position. */
  readonly interfaces: readonly string[]
}

/** Matches that change nothing and come first; the lower the earlier. */
const RANK: Partial<Record<Match['kind'], number>> = {
  destination: 0,
  source: 1,
  protocol: 2,
  inInterface: 3,
  outInterface: 3,
}
const RANK_OF_OTHERS = 4

/** The tests of a rule, in the order in which they run. */
export function testsOf(rule: Rule, context: TestContext): Test[] {
  const rank = (match: Match) => RANK[match.kind] ?? RANK_OF_OTHERS
  // Sorting is stable, so that matches of one rank keep their order.
  const matches = [...rule.matches].sort((one, other) => rank(one) - rank(other))
  return matches.flatMap((match) => testOf(match, context) ?? [])
}

/** The test of a match; undefined for what is always true. */
function testOf(match: Match, context: TestContext): Test | undefined {
  switch (match.kind) {
    case 'protocol':
      return test(TEST_PROTOCOL, match.isInverted, protocolNumber(match.protocol))
    case 'source':
      return addressTest(match.cidr, match.isInverted, TEST_SOURCE_IS, TEST_SOURCE_IN, context.book)
    case 'destination':
      return addressTest(match.cidr, match.isInverted, TEST_DESTINATION_IS, TEST_DESTINATION_IN, context.book)
    case 'inInterface':
      return test(TEST_IN_INTERFACE, match.isInverted, interfaceMask(match.name, context.interfaces))
    case 'outInterface':
      return test(TEST_OUT_INTERFACE, match.isInverted, interfaceMask(match.name, context.interfaces))
    case 'sourcePort':
      return test(TEST_SOURCE_PORT, match.isInverted, match.first, match.last)
    case 'destinationPort':
      return test(TEST_DESTINATION_PORT, match.isInverted, match.first, match.last)
    case 'statistic':
      // The threshold goes up to 2^31, which no Int32Array holds; the greatest draw that passes does fit.
      return test(TEST_STATISTIC, false, match.threshold - 1)
    case 'recent':
      return recentTest(match, context.recentLists)
    case 'addrtype': {
      const code = match.side === 'source' ? TEST_SOURCE_IN : TEST_DESTINATION_IN
      return test(code, match.isInverted, context.localSet)
    }
    case 'mark':
      return test(TEST_MARK, match.isInverted, match.value, match.mask)
    case 'conntrack':
      return test(TEST_STATE, match.isInverted, stateMask(match.states))
    case 'comment':
    case 'nfacct':
      return undefined
  }
}

function test(code: number, isInverted: boolean, a: number, b = 0): Test {
  return { code: isInverted ? code + INVERTED : code, a, b }
}

function addressTest(cidr: Cidr, isInverted: boolean, is: number, isIn: number, book: AddressBook): Test {
  const isOneAddress = cidr.prefixLength === (cidr.family === 4 ? 32 : 128)
  if (!isOneAddress) return test(isIn, isInverted, book.setOf([cidr]))
  return test(is, isInverted, book.idOf(cidr.text.slice(0, cidr.text.indexOf('/'))))
}

function recentTest(match: RecentMatch, recentLists: RecentLists): Test {
  const list = recentLists.idOf(match.list)
  const maxAgeSeconds = match.seconds ?? NO_AGE_LIMIT
  switch (match.mode) {
    case 'set':
      return test(TEST_RECENT_SET, false, list)
    case 'remove':
      return test(TEST_RECENT_REMOVE, false, list)
    case 'rcheck':
      return test(
        match.isReaping ? TEST_RECENT_CHECK_AND_REAP : TEST_RECENT_CHECK,
        false,
        list,
        maxAgeSeconds,
      )
    case 'update':
      return test(
        match.isReaping ? TEST_RECENT_UPDATE_AND_REAP : TEST_RECENT_UPDATE,
        false,
        list,
        maxAgeSeconds,
      )
  }
}

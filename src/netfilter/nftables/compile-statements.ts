/**
 * Turns the tests and actions of one rule into instructions.
 *
 * A range of one address becomes a comparison, any other range or list a set of the address book. The order is that of
 * the rule, as in the kernel.
 */
import type { Cidr } from '../../base/ip-address.js'
import type { AddressBook, AddressSetId } from '../address-book.js'
import { interfaceMask } from '../iptables/interface-names.js'
import { protocolNumber, stateMask } from '../packet.js'
import { type AddressSide, isTimedSet, type NftAction, type NftMatch, type NftSet } from './ruleset.js'
import {
  DO_MARK,
  INVERTED,
  TEST_DESTINATION_IN,
  TEST_DESTINATION_IN_SET,
  TEST_DESTINATION_IN_TIMED_SET,
  TEST_DESTINATION_IS,
  TEST_IN_INTERFACE,
  TEST_MARK_CLEAR,
  TEST_PROTOCOL,
  TEST_SOURCE_IN,
  TEST_SOURCE_IN_SET,
  TEST_SOURCE_IN_TIMED_SET,
  TEST_SOURCE_IS,
  TEST_STATE,
  TEST_UPDATE_TIMED_SET,
} from './ruleset-program.js'
import type { TimedSets } from './timed-sets.js'

/** One instruction: a test, whose place to go to if it fails is not yet known, or an action. */
export interface Step {
  readonly isTest: boolean
  readonly code: number
  readonly a: number
  readonly b: number
}

/** What statements refer to. */
export interface StatementContext {
  readonly book: AddressBook
  /** The node's own addresses: what `fib … type local` means. */
  readonly localSet: AddressSetId
  readonly timedSets: TimedSets
  /** The node's interfaces, at most 31; a packet names one by its position. */
  readonly interfaces: readonly string[]
  /** By name: a named set that the table has, with its number. */
  readonly sets: ReadonlyMap<string, { readonly set: NftSet; readonly number: number }>
}

/** The code of each kind of test by the side that it asks about. */
const IS: Readonly<Record<AddressSide, number>> = {
  source: TEST_SOURCE_IS,
  destination: TEST_DESTINATION_IS,
}
const IN: Readonly<Record<AddressSide, number>> = {
  source: TEST_SOURCE_IN,
  destination: TEST_DESTINATION_IN,
}
const IN_SET: Readonly<Record<AddressSide, number>> = {
  source: TEST_SOURCE_IN_SET,
  destination: TEST_DESTINATION_IN_SET,
}
const IN_TIMED_SET: Readonly<Record<AddressSide, number>> = {
  source: TEST_SOURCE_IN_TIMED_SET,
  destination: TEST_DESTINATION_IN_TIMED_SET,
}

/** The instruction of a test or an action. */
export function stepOf(statement: NftMatch | NftAction, context: StatementContext): Step {
  const { book, interfaces, localSet, timedSets } = context
  switch (statement.kind) {
    case 'address':
      return addressStep([statement.operand.range], statement, book)
    case 'addressInList':
      return addressStep(
        statement.operands.map(({ range }) => range),
        statement,
        book,
      )
    case 'addressInSet':
      return setStep(statement.set, statement.side, context)
    case 'localAddress':
      return test(IN[statement.side], localSet)
    case 'inInterface': {
      const pattern = statement.isPrefix ? `${statement.name}+` : statement.name
      return test(inverted(TEST_IN_INTERFACE, statement), interfaceMask(pattern, interfaces))
    }
    case 'protocol':
      return test(TEST_PROTOCOL, protocolNumber(statement.protocol))
    case 'connectionState':
      return test(TEST_STATE, stateMask(statement.states))
    case 'markBitsClear':
      return test(TEST_MARK_CLEAR, statement.bits)
    case 'setMark':
      return {
        isTest: false,
        code: DO_MARK,
        a: statement.operation === 'or' ? ~statement.bits : -1,
        b: statement.bits,
      }
    case 'updateSet':
      return test(TEST_UPDATE_TIMED_SET, timedSets.idOf(statement.set))
  }
}

function addressStep(
  ranges: readonly Cidr[],
  statement: { readonly side: AddressSide; readonly isInverted: boolean },
  book: AddressBook,
): Step {
  const [first] = ranges
  if (ranges.length === 1 && isOneAddress(first)) {
    return test(inverted(IS[statement.side], statement), book.idOf(addressText(first)))
  }
  return test(inverted(IN[statement.side], statement), book.setOf(ranges))
}

/** A timed set, a set of ranges, or one of single addresses, which is looked up by hashing. */
function setStep(name: string, side: AddressSide, { book, sets, timedSets }: StatementContext): Step {
  const named = sets.get(name)
  if (named === undefined || isTimedSet(named.set)) return test(IN_TIMED_SET[side], timedSets.idOf(name))
  const { set, number } = named
  if (!set.flags.includes('interval')) return test(IN_SET[side], number)
  return test(IN[side], book.setOf(set.elements.map(({ range }) => range)))
}

function test(code: number, a: number): Step {
  return { isTest: true, code, a, b: 0 }
}

function inverted(code: number, { isInverted }: { readonly isInverted: boolean }): number {
  return isInverted ? code + INVERTED : code
}

function isOneAddress(range: Cidr): boolean {
  return range.prefixLength === (range.family === 4 ? 32 : 128)
}

/** The text of the only address of a range. */
export function addressText(range: Cidr): string {
  return range.text.slice(0, range.text.indexOf('/'))
}

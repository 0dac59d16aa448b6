/**
 * The form in which `traverse.ts` runs rules: all tables of a node as one array of integers.
 *
 * Instructions lie one after another, `STRIDE` integers each. A rule is its tests in order, then what to do if all of
 * them passed; a test that fails leads to the next rule. After the last rule of a chain comes `GO_END`, which is no
 * rule. A test is its code, the place to go to if it fails, and two operands; any other instruction is its code and its
 * operands. Places are indices of the array.
 *
 * In a long run of rules that ask for one address, port or protocol each, `GO_SEEK` stands before every rule: it leads to
 * the next rule of the run that the packet can match, or behind the run; see `rule-index.ts`. `compile-chain.ts` writes
 * the code of a chain, `compile-rules.ts` puts the chains of a node together.
 */
import type { RuleIndex } from './rule-index.js'

/** Integers per instruction. */
export const STRIDE = 4

/** Added to the code of a test, which is even: the opposite is asked. `traverse.ts` writes it as 1. */
export const INVERTED = 1

/**
 * Tests, with their operands in the order given. `traverse.ts` repeats these numbers, and those of `GO_…`, in its
 * switch: keep them equal.
 */
export const TEST_DESTINATION_IS = 0 // address
export const TEST_DESTINATION_IN = 2 // set of addresses
export const TEST_SOURCE_IS = 4 // address
export const TEST_SOURCE_IN = 6 // set of addresses
export const TEST_PROTOCOL = 8 // number
export const TEST_DESTINATION_PORT = 10 // first, last
export const TEST_SOURCE_PORT = 12 // first, last
export const TEST_MARK = 14 // value, mask
export const TEST_STATE = 16 // bits
export const TEST_STATISTIC = 18 // greatest draw that passes
export const TEST_RECENT_SET = 20 // list
export const TEST_RECENT_REMOVE = 22 // list
export const TEST_RECENT_CHECK = 24 // list, greatest age in s or NO_AGE_LIMIT
export const TEST_RECENT_CHECK_AND_REAP = 26 // as TEST_RECENT_CHECK
export const TEST_RECENT_UPDATE = 28 // as TEST_RECENT_CHECK
export const TEST_RECENT_UPDATE_AND_REAP = 30 // as TEST_RECENT_CHECK
export const TEST_IN_INTERFACE = 32 // mask of interfaces
export const TEST_OUT_INTERFACE = 34 // mask of interfaces

/** The least code that is no test. */
export const FIRST_GO = 36

/** What to do when a rule matched, or a chain ended. */
export const GO_ON = 36 // to the next rule
export const GO_JUMP = 38 // place of a chain
export const GO_GOTO = 40 // place of a chain
export const GO_RETURN = 42
export const GO_END = 44 // as GO_RETURN, but not a rule
export const GO_ACCEPT = 46
export const GO_DROP = 48
export const GO_REJECT = 50
export const GO_DNAT = 52 // address, port or KEEP_PORT
export const GO_MASQUERADE = 54
export const GO_MARK = 56 // value, mask
export const GO_SEEK = 58 // number of an index, position of the next rule in its chain, position behind the run

/** As the port of a DNAT: the packet keeps its own. */
export const KEEP_PORT = -1

/** As an entry: the tables have no chain there, so that the packet passes. */
export const NO_CHAIN = -1

/** The chains where packets meet rules: an index into `RuleProgram.entries` and `.policies`. */
export const NAT_PREROUTING = 0
export const NAT_INPUT = 1
export const NAT_OUTPUT = 2
export const NAT_POSTROUTING = 3
export const FILTER_INPUT = 4
export const FILTER_FORWARD = 5
export const FILTER_OUTPUT = 6
export const ENTRY_COUNT = 7

/** The rules of one node, compiled. Nothing of it changes after compiling but the contents of `returnStack`. */
export interface RuleProgram {
  /** The instructions. */
  readonly code: Int32Array
  /** What `GO_SEEK` looks up, by number. */
  readonly indexes: readonly RuleIndex[]
  /** By `NAT_PREROUTING` and the like: the place of that chain, or `NO_CHAIN`. */
  readonly entries: Int32Array
  /** As `entries`: `ACCEPTED` or `DROPPED`. */
  readonly policies: Int32Array
  /** Room for the places to return to, one per nested jump. */
  readonly returnStack: Int32Array
  /** Rules, over all tables. */
  readonly ruleCount: number
}

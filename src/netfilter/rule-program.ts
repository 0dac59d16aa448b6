/**
 * The form in which `traverse.ts` runs rules: all tables of a node as a few integer arrays.
 *
 * Rules are numbered through, chain after chain; after the last rule of a chain comes one entry more, `GO_END`, which is
 * no rule and counts as none. A rule is a run of tests and one target. `compile-rules.ts` writes this form.
 */

/** Integers per test in `RuleProgram.tests`: what is tested, two operands, and 1 if the answer is inverted. */
export const TEST_STRIDE = 4

/** What a test asks. The operands follow in the order given. */
export const TEST_DESTINATION_IS = 0 // address
export const TEST_DESTINATION_IN = 1 // set of addresses
export const TEST_SOURCE_IS = 2 // address
export const TEST_SOURCE_IN = 3 // set of addresses
export const TEST_PROTOCOL = 4 // number
export const TEST_DESTINATION_PORT = 5 // first, last
export const TEST_SOURCE_PORT = 6 // first, last
export const TEST_MARK = 7 // value, mask
export const TEST_STATE = 8 // bits
export const TEST_STATISTIC = 9 // greatest draw that passes
export const TEST_RECENT_SET = 10 // list
export const TEST_RECENT_CHECK = 11 // list, greatest age in s or NO_AGE_LIMIT; "inverted" says whether it reaps
export const TEST_RECENT_UPDATE = 12 // as TEST_RECENT_CHECK
export const TEST_RECENT_REMOVE = 13 // list

/** Where a rule, or the end of a chain, sends the packet. The operands are in `operandA` and `operandB`. */
export const GO_END = 0
export const GO_ON = 1
export const GO_JUMP = 2 // first rule of the chain
export const GO_GOTO = 3 // first rule of the chain
export const GO_RETURN = 4
export const GO_ACCEPT = 5
export const GO_DROP = 6
export const GO_REJECT = 7
export const GO_DNAT = 8 // address, port or KEEP_PORT
export const GO_MASQUERADE = 9
export const GO_MARK = 10 // value, mask

/** As the port of a DNAT: the packet keeps its own. */
export const KEEP_PORT = -1

/** As an entry: the tables have no chain there, so that the packet passes. */
export const NO_CHAIN = -1

/** The places where packets meet rules: an index into `RuleProgram.entries` and `.policies`. */
export const NAT_PREROUTING = 0
export const NAT_INPUT = 1
export const NAT_OUTPUT = 2
export const NAT_POSTROUTING = 3
export const FILTER_INPUT = 4
export const FILTER_FORWARD = 5
export const FILTER_OUTPUT = 6
export const PLACE_COUNT = 7

/** The rules of one node, compiled. Nothing of it changes after compiling but the contents of `returnStack`. */
export interface RuleProgram {
  /** By place: the first rule of its chain, or `NO_CHAIN`. */
  readonly entries: Int32Array
  /** By place: `GO_ACCEPT` or `GO_DROP`. */
  readonly policies: Int32Array
  /** By rule: what happens if all its tests pass, `GO_…`. */
  readonly targets: Int32Array
  /** By rule: operands of the target. */
  readonly operandA: Int32Array
  readonly operandB: Int32Array
  /** By rule: where its tests begin in `tests`; they end where those of the next rule begin. One entry more than rules. */
  readonly firstTests: Int32Array
  /** `TEST_STRIDE` integers per test. */
  readonly tests: Int32Array
  /** Room for the places to return to, one per nested jump. */
  readonly returnStack: Int32Array
  /** Rules, ends of chains not counted. */
  readonly ruleCount: number
}

/**
 * The form in which `walk.ts` runs the rules of a table: one array of integers.
 *
 * Instructions lie one after another, `STRIDE` integers each. A rule is its tests and actions in order, then its verdict,
 * or `GO_ON`; a test that fails leads to the next rule. After the last rule of a chain comes `GO_END`, which is no rule.
 * A test is its code, the place to go to if it fails, and two operands; any other instruction is its code and two
 * operands. `CHOOSE` is followed by the verdicts to choose from. What a verdict map says is the place of an instruction,
 * too. Places are indices of the array. `compile-ruleset.ts` writes this form.
 */
import type { PairIndex } from '../iptables/pair-index.js'

/** Integers per instruction. */
export const STRIDE = 4

/** Added to the code of a test, which is even: the opposite is asked. `walk.ts` writes it as 1. */
export const INVERTED = 1

/**
 * Tests, with their operands in the order given. `walk.ts` repeats these numbers, and those of `GO_…`, in its switch: keep
 * them equal.
 */
export const TEST_DESTINATION_IS = 0 // address
export const TEST_DESTINATION_IN = 2 // set of addresses of the book
export const TEST_SOURCE_IS = 4 // address
export const TEST_SOURCE_IN = 6 // set of addresses of the book
export const TEST_DESTINATION_IN_SET = 8 // set of the table
export const TEST_SOURCE_IN_SET = 10 // set of the table
export const TEST_DESTINATION_IN_TIMED_SET = 12 // timed set
export const TEST_SOURCE_IN_TIMED_SET = 14 // timed set
export const TEST_PROTOCOL = 16 // number
export const TEST_STATE = 18 // bits
export const TEST_MARK_CLEAR = 20 // bits
export const TEST_IN_INTERFACE = 22 // mask of interfaces
export const TEST_UPDATE_TIMED_SET = 24 // timed set
export const TEST_ADDRESS_AND_PORT = 26 // map of the table: goes on at the place that the map gives
export const TEST_PORT = 28 // as TEST_ADDRESS_AND_PORT

/** What to do when all tests of a rule passed, or a chain ended. */
export const DO_MARK = 30 // bits to keep, bits to turn over: mark = (mark & keep) ^ turn; the rule goes on
export const CHOOSE = 32 // how many verdicts follow
export const GO_ON = 34 // to the next rule
export const GO_JUMP = 36 // place of a chain
export const GO_GOTO = 38 // place of a chain
export const GO_RETURN = 40
export const GO_END = 42 // as GO_RETURN, but not a rule
export const GO_ACCEPT = 44
export const GO_DROP = 46
export const GO_REJECT = 48
export const GO_DNAT = 50 // address, port
export const GO_MASQUERADE = 52

/** The hooks: an index into `RulesetProgram.hooks`. */
export const PREROUTING = 0
export const INPUT = 1
export const FORWARD = 2
export const OUTPUT = 3
export const POSTROUTING = 4
export const HOOK_COUNT = 5

/** A base chain of a hook. */
export interface ProgramEntry {
  /** Place of its first instruction. */
  readonly place: number
  /** Chains of type nat see the first packet of a connection only. */
  readonly isNat: boolean
}

/** A table, compiled. Nothing of it changes after compiling but the contents of `returnStack`. */
export interface RulesetProgram {
  /** The instructions. */
  readonly code: Int32Array
  /** By `PREROUTING` and the like: the base chains, that of the lowest priority first. */
  readonly hooks: readonly (readonly ProgramEntry[])[]
  /** Of all verdict maps: from the destination, or 0, and `portKey` to a place. */
  readonly verdicts: PairIndex
  /** Of all sets that are not timed: from the number of the set and an address to anything. */
  readonly members: PairIndex
  /** Room for the places to return to, one per nested jump. */
  readonly returnStack: Int32Array
  /** Rules of the table. */
  readonly ruleCount: number
}

/** Ports of one protocol, and protocols of one map: 2^16 and, by their last two bits, 2^2. */
const PORT_BITS = 16
const MAP_BITS = 18

/** Maps that one table may have. */
export const MAX_MAP_COUNT = 1 << (31 - MAP_BITS)

/**
 * The second half of a verdict map's key.
 *
 * @param map - number of the map, below `MAX_MAP_COUNT`
 * @param protocol - 6, 17 or 132: their last two bits differ (2, 1, 0)
 * @remarks Non-negative, below 2^31.
 */
export function portKey(map: number, protocol: number, port: number): number {
  return (map << MAP_BITS) | ((protocol & 3) << PORT_BITS) | port
}

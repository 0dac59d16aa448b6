/**
 * Finds the long runs of rules that ask for something exactly, and puts a look-up before each of their rules.
 */

import type { ChainCode } from './code-writer.js'
import {
  type ExactKey,
  FIELD_DESTINATION,
  FIELD_DESTINATION_PORT,
  FIELD_PROTOCOL,
  FIELD_SOURCE,
  makeRuleIndex,
  type RuleIndex,
  serviceOf,
} from './rule-index.js'
import {
  FIRST_GO,
  GO_SEEK,
  STRIDE,
  TEST_DESTINATION_IS,
  TEST_DESTINATION_PORT,
  TEST_PROTOCOL,
  TEST_RECENT_SET,
  TEST_RECENT_UPDATE_AND_REAP,
  TEST_SOURCE_IS,
  TEST_STATISTIC,
} from './rule-program.js'

/** Rules in a row from which a look-up is quicker than testing one after another. Measured: see bench/traversal.ts. */
const MIN_RUN_LENGTH = 8

const NOTHING_EXACT: ExactKey = { fields: 0, destination: 0, source: 0, service: 0 }

/**
 * Puts a look-up before each rule of every long run.
 *
 * @param open - the code of a chain without look-ups
 * @param ruleStarts - places of its rules
 */
export function withSeeks(open: ChainCode, ruleStarts: readonly number[]): ChainCode {
  const limits = runLimits(open, ruleStarts)
  if (limits === undefined) return open
  const keys = ruleStarts.map((start, rule) =>
    limits[rule] > 0 ? exactKey(open.code, start) : NOTHING_EXACT,
  )
  const places = seekPlaces(open, ruleStarts, limits)
  return insertSeeks(open, ruleStarts, limits, makeRuleIndex(keys, places))
}

/** By rule: the position behind the run that it belongs to, or 0. Undefined if no run is long enough. */
function runLimits(open: ChainCode, ruleStarts: readonly number[]): Int32Array | undefined {
  let limits: Int32Array | undefined
  let begin = 0
  // Most chains have no run: they cost no more than a look at each rule.
  for (let end = 0; end <= ruleStarts.length && ruleStarts.length - begin >= MIN_RUN_LENGTH; end += 1) {
    if (end < ruleStarts.length && asksExactly(open.code, ruleStarts[end])) continue
    if (end - begin >= MIN_RUN_LENGTH) {
      limits ??= new Int32Array(ruleStarts.length)
      limits.fill(end, begin, end)
    }
    begin = end + 1
  }
  return limits
}

/** Does a rule ask for anything exactly, before any test that draws or remembers? */
function asksExactly(code: readonly number[], start: number): boolean {
  for (let at = start; code[at] < FIRST_GO && !leavesTrace(code[at]); at += STRIDE) {
    if (fieldOf(code[at], code[at + 2], code[at + 3]) !== 0) return true
  }
  return false
}

/** What a rule asks for exactly: a rule that fails there leaves no trace. */
function exactKey(code: readonly number[], start: number): ExactKey {
  const key = { ...NOTHING_EXACT }
  for (let at = start; code[at] < FIRST_GO && !leavesTrace(code[at]); at += STRIDE) {
    const field = fieldOf(code[at], code[at + 2], code[at + 3])
    // Only the first test of a field counts: a second one, which can not be true as well, is left to the walk.
    if ((key.fields & field) === 0) addField(key, field, code[at + 2])
  }
  return key
}

/** The field that a test asks for exactly, or 0. */
function fieldOf(test: number, a: number, b: number): number {
  switch (test) {
    case TEST_DESTINATION_IS:
      return FIELD_DESTINATION
    case TEST_SOURCE_IS:
      return FIELD_SOURCE
    case TEST_PROTOCOL:
      return FIELD_PROTOCOL
    case TEST_DESTINATION_PORT:
      return a === b ? FIELD_DESTINATION_PORT : 0
    default:
      return 0
  }
}

function addField(key: ExactKey, field: number, value: number): void {
  key.fields |= field
  if (field === FIELD_DESTINATION) key.destination = value
  else if (field === FIELD_SOURCE) key.source = value
  else if (field === FIELD_PROTOCOL) key.service |= serviceOf(value, 0)
  else if (field === FIELD_DESTINATION_PORT) key.service |= serviceOf(0, value)
}

function leavesTrace(test: number): boolean {
  return test === TEST_STATISTIC || (test >= TEST_RECENT_SET && test <= TEST_RECENT_UPDATE_AND_REAP)
}

/** Places of the rules, their look-ups included, and of the end of the chain. */
function seekPlaces(open: ChainCode, ruleStarts: readonly number[], limits: Int32Array): Int32Array {
  const places = new Int32Array(ruleStarts.length + 1)
  let seeks = 0
  for (const [rule, start] of ruleStarts.entries()) {
    places[rule] = start + STRIDE * seeks
    if (limits[rule] > 0) seeks += 1
  }
  places[ruleStarts.length] = open.code.length - STRIDE + STRIDE * seeks
  return places
}

function insertSeeks(
  open: ChainCode,
  ruleStarts: readonly number[],
  limits: Int32Array,
  index: RuleIndex,
): ChainCode {
  const { places } = index
  const code: number[] = []
  const links: number[] = []
  let link = 0
  for (const [rule, start] of ruleStarts.entries()) {
    if (limits[rule] > 0) {
      links.push(places[rule], 0)
      code.push(GO_SEEK, 0, rule, limits[rule])
    }
    const shift = code.length - start
    const end = endOf(open, ruleStarts, rule)
    for (; link < open.links.length && open.links[link] < end; link += 2) {
      links.push(open.links[link] + shift, open.links[link + 1])
    }
    for (let at = start; at < end - STRIDE; at += STRIDE) {
      code.push(open.code[at], places[rule + 1], open.code[at + 2], open.code[at + 3])
    }
    code.push(...open.code.slice(end - STRIDE, end))
  }
  code.push(...open.code.slice(-STRIDE))
  return { code, links, interfaceNames: open.interfaceNames, index }
}

/** Place behind a rule: the chain ends with an instruction that belongs to none. */
function endOf(open: ChainCode, ruleStarts: readonly number[], rule: number): number {
  return rule + 1 < ruleStarts.length ? ruleStarts[rule + 1] : open.code.length - STRIDE
}

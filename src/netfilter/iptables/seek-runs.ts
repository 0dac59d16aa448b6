/**
 * Finds the long runs of rules that ask for something exactly, and puts a look-up before each of their rules.
 */

import type { OpenCode } from './code-writer.js'
import type { ChainCode } from './compile-chain.js'
import {
  type ExactKey,
  FIELD_DESTINATION,
  FIELD_DESTINATION_PORT,
  FIELD_PROTOCOL,
  FIELD_SOURCE,
  makeRuleIndex,
  serviceOf,
} from './rule-index.js'
import {
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
export function withSeeks(open: OpenCode, ruleStarts: readonly number[]): ChainCode {
  if (ruleStarts.length < MIN_RUN_LENGTH) return { ...open, index: undefined }
  const keys = ruleStarts.map((start, rule) => exactKey(open.code, start, endOf(open, ruleStarts, rule)))
  const limits = runLimits(keys)
  if (limits.every((limit) => limit === 0)) return { ...open, index: undefined }
  const places = seekPlaces(open, ruleStarts, limits)
  const keysInRuns = keys.map((key, rule) => (limits[rule] > 0 ? key : NOTHING_EXACT))
  return { ...insertSeeks(open, ruleStarts, limits, places), index: makeRuleIndex(keysInRuns, places) }
}

/** What a rule asks for exactly, before any test that draws or remembers: a rule that fails there leaves no trace. */
function exactKey(code: readonly number[], start: number, end: number): ExactKey {
  const key = { ...NOTHING_EXACT }
  for (let at = start; at < end - STRIDE; at += STRIDE) {
    if (leavesTrace(code[at])) break
    addTest(key, code[at], code[at + 2], code[at + 3])
  }
  return key
}

function leavesTrace(test: number): boolean {
  return test === TEST_STATISTIC || (test >= TEST_RECENT_SET && test <= TEST_RECENT_UPDATE_AND_REAP)
}

/** Only the first test of a field counts: a second one, which can not be true as well, is left to the walk. */
function addTest(key: ExactKey, test: number, a: number, b: number): void {
  if (test === TEST_DESTINATION_IS && (key.fields & FIELD_DESTINATION) === 0) {
    key.fields |= FIELD_DESTINATION
    key.destination = a
  } else if (test === TEST_SOURCE_IS && (key.fields & FIELD_SOURCE) === 0) {
    key.fields |= FIELD_SOURCE
    key.source = a
  } else if (test === TEST_PROTOCOL && (key.fields & FIELD_PROTOCOL) === 0) {
    key.fields |= FIELD_PROTOCOL
    key.service |= serviceOf(a, 0)
  } else if (test === TEST_DESTINATION_PORT && a === b && (key.fields & FIELD_DESTINATION_PORT) === 0) {
    key.fields |= FIELD_DESTINATION_PORT
    key.service |= serviceOf(0, a)
  }
}

/** By rule: the position behind the run that it belongs to, or 0 if it belongs to none that is long enough. */
function runLimits(keys: readonly ExactKey[]): number[] {
  const limits = new Array<number>(keys.length).fill(0)
  let begin = 0
  for (let end = 0; end <= keys.length; end += 1) {
    if (end < keys.length && keys[end].fields !== 0) continue
    if (end - begin >= MIN_RUN_LENGTH) limits.fill(end, begin, end)
    begin = end + 1
  }
  return limits
}

/** Places of the rules, their look-ups included, and of the end of the chain. */
function seekPlaces(open: OpenCode, ruleStarts: readonly number[], limits: readonly number[]): Int32Array {
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
  open: OpenCode,
  ruleStarts: readonly number[],
  limits: readonly number[],
  places: Int32Array,
): OpenCode {
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
  return { code, links, interfaceNames: open.interfaceNames }
}

/** Place behind a rule: the chain ends with an instruction that belongs to none. */
function endOf(open: OpenCode, ruleStarts: readonly number[], rule: number): number {
  return rule + 1 < ruleStarts.length ? ruleStarts[rule + 1] : open.code.length - STRIDE
}

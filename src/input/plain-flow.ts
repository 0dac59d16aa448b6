/**
 * Flow collections (`{a: 1}`, `["x"]`, all of JSON), for the quick reader. Left to the complete reader: keys without a
 * value, values without a key, comments between brackets, quoted texts over several lines.
 * Source: YAML 1.2.2, section 7.4.
 */

import { readQuoted } from './plain-quoted.js'
import {
  CLOSE_LIST,
  CLOSE_MAP,
  COLON,
  COMMA,
  DOUBLE_QUOTE,
  isComment,
  isPlainStart,
  KeySet,
  LINE_FEED,
  mapEntry,
  nested,
  OPEN_LIST,
  OPEN_MAP,
  type PlainKey,
  type PlainState,
  plainKey,
  plainNode,
  RETURN,
  SINGLE_QUOTE,
  SPACE,
  TAB,
  textNode,
} from './plain-state.js'
import type { MapEntry, TreeNode } from './tree.js'

/**
 * Reads the flow value that begins here.
 *
 * @param isOverLines - whether line breaks may separate its parts, as in a JSON document; inside block collections the
 *   lines would have to be indented, which is left to the complete reader
 */
export function readFlow(state: PlainState, isOverLines: boolean): TreeNode | undefined {
  const { at: start } = state
  const charCode = state.text.charCodeAt(start)
  if (charCode === OPEN_MAP) return nested(state, () => readFlowMap(state, isOverLines))
  if (charCode === OPEN_LIST) return nested(state, () => readFlowList(state, isOverLines))
  if (charCode === DOUBLE_QUOTE || charCode === SINGLE_QUOTE) {
    const value = readQuoted(state)
    return value === undefined ? undefined : textNode(state, value, start, state.at)
  }
  const end = endOfFlowPlain(state)
  if (end === undefined) return undefined
  state.at = end
  return plainNode(state, start, end)
}

function readFlowMap(state: PlainState, isOverLines: boolean): TreeNode | undefined {
  const start = state.at
  const entries: MapEntry[] = []
  const keys = new KeySet(state, start)
  state.at += 1
  for (;;) {
    skipBlanks(state, isOverLines)
    if (state.text.charCodeAt(state.at) === CLOSE_MAP) break
    const entry = readFlowEntry(state, isOverLines)
    if (entry === undefined) return undefined
    keys.add(entry, entries)
    if (!skipComma(state, isOverLines, CLOSE_MAP)) return undefined
  }
  state.at += 1
  return { kind: 'map', entries, file: state.file, start, end: state.at }
}

function readFlowEntry(state: PlainState, isOverLines: boolean): MapEntry | undefined {
  const keyStart = state.at
  const first = state.text.charCodeAt(keyStart)
  const isQuoted = first === DOUBLE_QUOTE || first === SINGLE_QUOTE
  const key = isQuoted ? readQuotedKey(state) : readFlowKey(state)
  if (key === undefined) return undefined
  skipBlanks(state, false)
  if (state.text.charCodeAt(state.at) !== COLON) return undefined
  state.at += 1
  // Only a quoted key may have its value right behind the colon, as JSON writes it.
  if (!isQuoted && state.text.charCodeAt(state.at) !== SPACE) return undefined
  skipBlanks(state, isOverLines)
  const value = readFlow(state, isOverLines)
  return value === undefined ? undefined : mapEntry(key, state.file, keyStart, value)
}

function readQuotedKey(state: PlainState): PlainKey | undefined {
  const key = readQuoted(state)
  return key === undefined ? undefined : { key }
}

function readFlowKey(state: PlainState): PlainKey | undefined {
  const { at: start } = state
  const end = endOfFlowPlain(state)
  if (end === undefined) return undefined
  state.at = end
  return plainKey(state, start, end)
}

function readFlowList(state: PlainState, isOverLines: boolean): TreeNode | undefined {
  const start = state.at
  const items: TreeNode[] = []
  state.at += 1
  for (;;) {
    skipBlanks(state, isOverLines)
    if (state.text.charCodeAt(state.at) === CLOSE_LIST) break
    const item = readFlow(state, isOverLines)
    if (item === undefined) return undefined
    items.push(item)
    if (!skipComma(state, isOverLines, CLOSE_LIST)) return undefined
  }
  state.at += 1
  return { kind: 'list', items, file: state.file, start, end: state.at }
}

/** Skips the comma behind an entry; false if neither it nor the closing bracket is there. */
function skipComma(state: PlainState, isOverLines: boolean, close: number): boolean {
  skipBlanks(state, isOverLines)
  const charCode = state.text.charCodeAt(state.at)
  if (charCode === COMMA) state.at += 1
  return charCode === COMMA || charCode === close
}

function skipBlanks(state: PlainState, isOverLines: boolean): void {
  const { text } = state
  let { at } = state
  for (; at < state.end; at += 1) {
    const charCode = text.charCodeAt(at)
    const isLineBlank = charCode === TAB || charCode === LINE_FEED || charCode === RETURN
    if (charCode !== SPACE && !(isOverLines && isLineBlank)) break
  }
  state.at = at
}

/** Offset behind the unquoted scalar that begins here and stays on its line; undefined if none does. */
function endOfFlowPlain(state: PlainState): number | undefined {
  const { text, at: start } = state
  if (!isPlainStart(text, start)) return undefined
  let end = start
  for (let at = start; at < state.end; at += 1) {
    const charCode = text.charCodeAt(at)
    if (charCode === SPACE) continue
    if (isFlowEnd(charCode)) break
    if (charCode === TAB || isComment(text, at)) return undefined
    if (charCode === COLON) {
      const next = text.charCodeAt(at + 1)
      if (next === SPACE) break
      if (isFlowEnd(next) || at + 1 === state.end) return undefined
    }
    end = at + 1
  }
  return end
}

function isFlowEnd(charCode: number): boolean {
  return (
    charCode === COMMA ||
    charCode === OPEN_LIST ||
    charCode === CLOSE_LIST ||
    charCode === OPEN_MAP ||
    charCode === CLOSE_MAP ||
    charCode === LINE_FEED ||
    charCode === RETURN
  )
}

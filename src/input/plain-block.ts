/**
 * The quick reader: block maps and lists here, scalars and flow collections in the other files plain-*.ts. That is nearly
 * every manifest, and all of JSON; it is read some ten times faster than by the complete reader. Where a document has
 * anything else (anchors, tags, tabs, mistakes) the quick reader returns undefined, and the complete reader takes the
 * whole document, to read it or to name the mistake.
 *
 * Source: YAML 1.2.2. Checked against the package yaml by a property test (same values, same places).
 */
import { readFlow } from './plain-flow.js'
import { readBlockScalar, readPlainLines } from './plain-lines.js'
import { readQuoted, readQuotedLines } from './plain-quoted.js'
import {
  COLON,
  countNode,
  DASH,
  DOUBLE_QUOTE,
  endLine,
  endOfLine,
  GREATER,
  HASH,
  isBreakOrEnd,
  isComment,
  isKeyColon,
  isPlainStart,
  KeySet,
  LINE_FEED,
  mapEntry,
  nested,
  OPEN_LIST,
  OPEN_MAP,
  PIPE,
  type PlainState,
  plainKey,
  RETURN,
  SINGLE_QUOTE,
  SPACE,
  TAB,
} from './plain-state.js'
import type { ListNode, MapEntry, MapNode, TreeNode } from './tree.js'

/** YAML wants a colon within 1024 characters of the start of a key. */
const MAX_KEY_LENGTH = 1000

/** A line with something on it: how far it is indented. */
interface Line {
  readonly indent: number
}

/**
 * Reads one document quickly.
 *
 * @param state - `at` at the first character behind the `---` line, if any; used up by the call
 * @returns its root; `empty` if nothing is written; undefined if the complete reader has to take it
 * @throws InputError YAML_TOO_DEEP, YAML_TOO_MANY_KEYS, YAML_TOO_MANY_NODES
 */
export function readPlainDocument(state: PlainState): TreeNode | 'empty' | undefined {
  const first = nextLine(state)
  if (first === undefined) return undefined
  if (first === 'end') return 'empty'
  const charCode = state.text.charCodeAt(state.at)
  const isFlow = charCode === OPEN_MAP || charCode === OPEN_LIST
  const root = isFlow ? readFlow(state, true) : readBlock(state, first.indent)
  if (root === undefined) return undefined
  if (isFlow && !endLine(state)) return undefined
  return nextLine(state) === 'end' ? root : undefined
}

/**
 * Goes to the next thing that is written, over blank lines and comments. `state.at` must be at the start of a line, or
 * at something already gone to.
 */
function nextLine(state: PlainState): Line | 'end' | undefined {
  const { text, end } = state
  let lineStart = Math.max(state.start, text.lastIndexOf('\n', state.at - 1) + 1)
  let { at } = state
  while (at < end) {
    const charCode = text.charCodeAt(at)
    if (charCode === SPACE) at += 1
    else if (charCode === LINE_FEED) {
      at += 1
      lineStart = at
    } else if (charCode === HASH) at = endOfLine(state, at)
    else if (charCode === RETURN) at += 1
    else if (charCode === TAB) return undefined
    else {
      state.at = at
      return { indent: at - lineStart }
    }
  }
  state.at = end
  return 'end'
}

function isDash(state: PlainState, at: number): boolean {
  if (state.text.charCodeAt(at) !== DASH) return false
  return state.text.charCodeAt(at + 1) === SPACE || isBreakOrEnd(state, at + 1)
}

/** A block map or list that begins here, in the given column; anything else is not for the quick reader. */
function readBlock(state: PlainState, column: number): MapNode | ListNode | undefined {
  return nested(state, () => (isDash(state, state.at) ? readList(state, column) : readMap(state, column)))
}

function readList(state: PlainState, column: number): ListNode | undefined {
  const start = state.at
  const items: TreeNode[] = []
  for (;;) {
    const item = readItem(state, column)
    if (item === undefined) return undefined
    items.push(item)
    const line = nextLine(state)
    if (line === undefined) return undefined
    if (line === 'end' || line.indent < column) break
    if (line.indent > column) return undefined
    // A key in this column goes on with the map that the list is the value of.
    if (!isDash(state, state.at)) break
  }
  return { kind: 'list', items, file: state.file, start, end: items[items.length - 1]?.end ?? start }
}

function readItem(state: PlainState, column: number): TreeNode | undefined {
  const dash = state.at
  state.at += 1
  while (state.text.charCodeAt(state.at) === SPACE) state.at += 1
  if (endLine(state)) return readNested(state, column + 1, dash, dash + 1)
  const itemColumn = column + state.at - dash
  if (isDash(state, state.at) || endOfKey(state) !== undefined) return readBlock(state, itemColumn)
  return readInline(state, column)
}

/** What stands on the lines below, if they are indented to `minColumn`; nothing (null) otherwise. */
function readNested(
  state: PlainState,
  minColumn: number,
  nullStart: number,
  nullEnd: number,
): TreeNode | undefined {
  const line = nextLine(state)
  if (line === undefined) return undefined
  if (line === 'end' || line.indent < minColumn) {
    countNode(state)
    return { kind: 'scalar', value: null, file: state.file, start: nullStart, end: nullEnd }
  }
  const charCode = state.text.charCodeAt(state.at)
  if (charCode === OPEN_MAP || charCode === OPEN_LIST) return undefined
  return readBlock(state, line.indent)
}

function readMap(state: PlainState, column: number): MapNode | undefined {
  const start = state.at
  const entries: MapEntry[] = []
  const keys = new KeySet(state, start)
  for (;;) {
    const entry = readEntry(state, column)
    if (entry === undefined) return undefined
    keys.add(entry, entries)
    const line = nextLine(state)
    if (line === undefined) return undefined
    if (line === 'end' || line.indent < column) break
    if (line.indent > column) return undefined
  }
  return {
    kind: 'map',
    entries,
    file: state.file,
    start,
    end: entries[entries.length - 1]?.value.end ?? start,
  }
}

function readEntry(state: PlainState, column: number): MapEntry | undefined {
  const keyStart = state.at
  const found = endOfKey(state)
  if (found === undefined) return undefined
  const key = found.quoted === undefined ? plainKey(state, keyStart, found.end) : { key: found.quoted }
  if (key === undefined) return undefined
  state.at = found.colon + 1
  while (state.text.charCodeAt(state.at) === SPACE) state.at += 1
  const value = endLine(state)
    ? readNested(state, valueColumn(state, column), keyStart, found.end)
    : readInline(state, column)
  return value === undefined ? undefined : mapEntry(key, state.file, keyStart, value)
}

/** A list may stand in the same column as the key that it is the value of; anything else stands to the right. */
function valueColumn(state: PlainState, column: number): number {
  const { at } = state
  const line = nextLine(state)
  const isList = typeof line === 'object' && line.indent === column && isDash(state, state.at)
  state.at = at
  return isList ? column : column + 1
}

interface Key {
  /** The text of a quoted key. */
  readonly quoted: string | undefined
  /** Offset behind the key, and of its colon. */
  readonly end: number
  readonly colon: number
}

/** The key that begins here, if one does; `state.at` stays. */
function endOfKey(state: PlainState): Key | undefined {
  const { text, at: start } = state
  const charCode = text.charCodeAt(start)
  if (charCode !== DOUBLE_QUOTE && charCode !== SINGLE_QUOTE) return endOfPlainKey(state)
  const quoted = readQuoted(state)
  const end = state.at
  state.at = start
  let colon = end
  while (text.charCodeAt(colon) === SPACE) colon += 1
  if (quoted === undefined || !isKeyColon(state, colon) || colon - start > MAX_KEY_LENGTH) return undefined
  return { quoted, end, colon }
}

function endOfPlainKey(state: PlainState): Key | undefined {
  const { text, at: start } = state
  if (!isPlainStart(text, start)) return undefined
  const limit = Math.min(state.end, start + MAX_KEY_LENGTH)
  let end = start
  for (let at = start; at < limit; at += 1) {
    const charCode = text.charCodeAt(at)
    if (charCode === SPACE) continue
    if (charCode < SPACE || isComment(text, at)) return undefined
    if (charCode === COLON && isKeyColon(state, at)) return { quoted: undefined, end, colon: at }
    end = at + 1
  }
  return undefined
}

/** A value on the line of its key or dash, whose column is given. Goes behind the value's last line. */
function readInline(state: PlainState, column: number): TreeNode | undefined {
  const charCode = state.text.charCodeAt(state.at)
  if (charCode === PIPE || charCode === GREATER) return readBlockScalar(state, column)
  const isQuoted = charCode === DOUBLE_QUOTE || charCode === SINGLE_QUOTE
  if (!isQuoted && charCode !== OPEN_MAP && charCode !== OPEN_LIST) return readPlainLines(state, column)
  const node = isQuoted ? readQuotedLines(state, column) : readFlow(state, false)
  return node === undefined || !endLine(state) ? undefined : node
}

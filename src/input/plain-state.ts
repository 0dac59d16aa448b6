/**
 * Where the quick reader is in a document, and the smallest things that it reads: line ends, unquoted texts, keys.
 *
 * Every function of the quick reader returns undefined where it meets anything that it does not read exactly as YAML
 * means it; the complete reader then takes the whole document.
 */
import type { Limits } from './limits.js'
import { resolvePlain } from './plain-scalar.js'
import { refuseDepth, refuseDuplicateKey, refuseKeyCount, refuseNodeCount } from './reading-limits.js'
import type { SourceFile } from './source-file.js'
import type { MapEntry, ScalarNode, TreeNode } from './tree.js'

/** Changed as the reader goes. */
export interface PlainState {
  readonly file: SourceFile
  readonly text: string
  /** Offset of the first character of the document, and behind its last one. */
  readonly start: number
  readonly end: number
  readonly limits: Limits
  at: number
  /** Maps and lists that are open. */
  depth: number
  nodeCount: number
}

/** UTF-16 code units that mean something to YAML. */
export const TAB = 0x09
export const LINE_FEED = 0x0a
export const RETURN = 0x0d
export const SPACE = 0x20
export const DOUBLE_QUOTE = 0x22
export const HASH = 0x23
export const SINGLE_QUOTE = 0x27
export const COMMA = 0x2c
export const DASH = 0x2d
export const COLON = 0x3a
export const GREATER = 0x3e
export const OPEN_LIST = 0x5b
export const BACKSLASH = 0x5c
export const CLOSE_LIST = 0x5d
export const OPEN_MAP = 0x7b
export const PIPE = 0x7c
export const CLOSE_MAP = 0x7d

/** Counts one value against the limit. */
export function countNode(state: PlainState): void {
  state.nodeCount += 1
  if (state.nodeCount > state.limits.nodes) refuseNodeCount(state.file, state.at, state.limits)
}

/** Reads a map or list with `read`, counting it and its depth against the limits. */
export function nested<T>(state: PlainState, read: () => T): T {
  countNode(state)
  state.depth += 1
  if (state.depth > state.limits.nesting) refuseDepth(state.file, state.at, state.limits)
  const node = read()
  state.depth -= 1
  return node
}

/** Keys of a map above which they are looked up; below, comparing them one by one is quicker. */
const MANY_KEYS = 16

/** The keys of one map, each once. */
export class KeySet {
  private keys: Map<string, MapEntry> | undefined

  constructor(
    private readonly state: PlainState,
    private readonly start: number,
  ) {}

  /**
   * Adds an entry to those read before.
   *
   * @throws InputError YAML_DUPLICATE_KEY, YAML_TOO_MANY_KEYS
   */
  add(entry: MapEntry, entries: MapEntry[]): void {
    const { file, limits } = this.state
    const first = this.find(entry.key, entries)
    if (first !== undefined) refuseDuplicateKey(file, entry.keyStart, first.keyStart, entry.key)
    entries.push(entry)
    this.keys?.set(entry.key, entry)
    if (entries.length > limits.mapKeys) refuseKeyCount(file, this.start, limits)
  }

  private find(key: string, entries: readonly MapEntry[]): MapEntry | undefined {
    if (entries.length === MANY_KEYS) this.keys = new Map(entries.map((entry) => [entry.key, entry]))
    if (this.keys !== undefined) return this.keys.get(key)
    for (const entry of entries) if (entry.key === key) return entry
    return undefined
  }
}

/** The node that an unquoted text between two offsets stands for. */
export function plainNode(state: PlainState, start: number, end: number): ScalarNode {
  countNode(state)
  const { value, flaw } = resolvePlain(state.text.slice(start, end))
  const { file } = state
  return flaw === undefined
    ? { kind: 'scalar', value, file, start, end }
    : { kind: 'scalar', value, flaw, file, start, end }
}

/** The node of a text that is quoted or stands on several lines. */
export function textNode(state: PlainState, value: string, start: number, end: number): ScalarNode {
  countNode(state)
  return { kind: 'scalar', value, file: state.file, start, end }
}

/** A key as written, and what may be wrong with it. */
export type PlainKey = Pick<MapEntry, 'key' | 'keyFlaw'>

/**
 * The key that an unquoted text stands for: the text itself. Keys that stand for nothing, and `<<`, are left to the
 * complete reader.
 */
export function plainKey(state: PlainState, start: number, end: number): PlainKey | undefined {
  const key = state.text.slice(start, end)
  const { value, flaw } = resolvePlain(key)
  if (value === null || key === '<<') return undefined
  // That a number is not held exactly does not matter: a key is a text.
  return flaw === 'word' ? { key, keyFlaw: flaw } : { key }
}

/** An entry of a map. Written out field by field, since spreading would take half of the time of reading. */
export function mapEntry(
  { key, keyFlaw }: PlainKey,
  keyFile: SourceFile,
  keyStart: number,
  value: TreeNode,
): MapEntry {
  return keyFlaw === undefined
    ? { key, keyFile, keyStart, value }
    : { key, keyFlaw, keyFile, keyStart, value }
}

/** Can an unquoted scalar begin here? Only the usual beginnings; the others are left to the complete reader. */
export function isPlainStart(text: string, at: number): boolean {
  const charCode = text.charCodeAt(at)
  return isUsualStart(charCode) || (charCode === DASH && isUsualStart(text.charCodeAt(at + 1)))
}

/** Letters, digits and `. / _ $ + ~`. */
function isUsualStart(charCode: number): boolean {
  const isLetter = (charCode >= 0x61 && charCode <= 0x7a) || (charCode >= 0x41 && charCode <= 0x5a)
  if (isLetter || (charCode >= 0x2e && charCode <= 0x39)) return true
  return charCode === 0x5f || charCode === 0x24 || charCode === 0x2b || charCode === 0x7e
}

/** Does a comment begin at this `#`? */
export function isComment(text: string, at: number): boolean {
  return text.charCodeAt(at) === HASH && text.charCodeAt(at - 1) === SPACE
}

export function isBreakOrEnd(state: PlainState, at: number): boolean {
  const charCode = state.text.charCodeAt(at)
  return at >= state.end || charCode === LINE_FEED || charCode === RETURN
}

/** Is there a colon here that ends a key? */
export function isKeyColon(state: PlainState, at: number): boolean {
  if (state.text.charCodeAt(at) !== COLON) return false
  return state.text.charCodeAt(at + 1) === SPACE || isBreakOrEnd(state, at + 1)
}

/** Offset of the line feed that ends this line, or of the end of the document. */
export function endOfLine(state: PlainState, at: number): number {
  const found = state.text.indexOf('\n', at)
  return found < 0 || found > state.end ? state.end : found
}

/** Goes behind the rest of the line if it is blank or a comment; false otherwise. */
export function endLine(state: PlainState): boolean {
  const { text, end } = state
  let { at } = state
  while (at < end && text.charCodeAt(at) === SPACE) at += 1
  if (!isBreakOrEnd(state, at) && !isComment(text, at)) return false
  state.at = Math.min(end, endOfLine(state, at) + 1)
  return true
}

/**
 * Where things stand in a JSON text: the first syntax error, and the value at a path. Used only to say where an error
 * is, after `JSON.parse` or the schema has found one; engines word and place their own messages differently.
 *
 * Source: RFC 8259.
 */
import type { SourcePlace } from '../base/diagnostics.js'

/** Keys and indices from the root of a JSON value. */
export type JsonPath = readonly (string | number)[]

/** Objects and arrays within each other; results need seven. */
const MAX_DEPTH = 200
const EXCERPT_LENGTH = 200

const SPACE = /[ \t\n\r]*/y
// Between the quotes: anything but a quote, a backslash and what is below U+0020; then escapes, each with more of that.
const STRING = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y

interface Scan {
  readonly text: string
  at: number
  /** Called with the path and the extent of each value, outer ones before inner ones (their end unknown: 1). */
  readonly visit: (path: JsonPath, start: number, end: number) => void
}

/**
 * Finds the first character that can not be part of a JSON value.
 *
 * @returns its offset in UTF-16 code units (the length of the text if more was expected); undefined if it is JSON
 */
export function jsonErrorOffset(text: string): number | undefined {
  return scanDocument(text, () => undefined)
}

/**
 * Finds the value at a path, or the nearest enclosing one that exists.
 *
 * @param text - valid JSON
 * @returns its place in the file of that name
 */
export function jsonPlace(text: string, path: JsonPath, fileName: string): SourcePlace {
  let depth = -1
  let start = 0
  let end = 1
  scanDocument(text, (found, from, to) => {
    if (found.length <= depth || found.length > path.length) return
    if (!found.every((key, index) => key === path[index])) return
    depth = found.length
    start = from
    end = to
  })
  return textPlace(text, start, end - start, fileName)
}

/** The place of an offset; lines end at LF. The excerpt of a very long line is left empty. */
export function textPlace(text: string, offset: number, length: number, fileName: string): SourcePlace {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
  const lineBreak = text.indexOf('\n', offset)
  const lineEnd = lineBreak < 0 ? text.length : lineBreak
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < lineStart; at = text.indexOf('\n', at + 1)) line += 1
  const isLong = lineEnd - lineStart > EXCERPT_LENGTH
  return {
    file: fileName,
    line,
    column: offset - lineStart + 1,
    length: Math.max(1, Math.min(length, lineEnd - offset)),
    excerpt: isLong ? '' : text.slice(lineStart, lineEnd),
  }
}

function scanDocument(text: string, visit: Scan['visit']): number | undefined {
  const scan: Scan = { text, at: 0, visit }
  const isValue = scanValue(scan, [])
  if (isValue) skip(scan, SPACE)
  return isValue && scan.at === text.length ? undefined : scan.at
}

/** Moves past one value; false, at the offending character, if it is none. */
function scanValue(scan: Scan, path: JsonPath): boolean {
  skip(scan, SPACE)
  const start = scan.at
  const first = scan.text.charAt(start)
  const isNested = first === '{' || first === '['
  if (isNested && path.length < MAX_DEPTH) {
    scan.visit(path, start, start + 1)
    scan.at += 1
    return scanItems(scan, path, first === '{')
  }
  if (!skip(scan, first === '"' ? STRING : SCALAR)) return false
  scan.visit(path, start, scan.at)
  return true
}

function scanItems(scan: Scan, path: JsonPath, isObject: boolean): boolean {
  const close = isObject ? '}' : ']'
  skip(scan, SPACE)
  if (skipText(scan, close)) return true
  for (let index = 0; ; index += 1) {
    const key = isObject ? scanKey(scan) : index
    if (key === undefined || !scanValue(scan, [...path, key])) return false
    skip(scan, SPACE)
    if (skipText(scan, close)) return true
    if (!skipText(scan, ',')) return false
  }
}

/** Moves past a key and its colon. */
function scanKey(scan: Scan): string | undefined {
  skip(scan, SPACE)
  const start = scan.at
  if (!skip(scan, STRING)) return undefined
  const key: unknown = JSON.parse(scan.text.slice(start, scan.at))
  skip(scan, SPACE)
  return skipText(scan, ':') ? String(key) : undefined
}

function skipText(scan: Scan, expected: string): boolean {
  if (scan.text.charAt(scan.at) !== expected) return false
  scan.at += 1
  return true
}

/** Moves past what the pattern matches here; false if it does not match. */
function skip(scan: Scan, pattern: RegExp): boolean {
  pattern.lastIndex = scan.at
  const isFound = pattern.test(scan.text)
  if (isFound) scan.at = pattern.lastIndex
  return isFound
}

/**
 * Quoted scalars, for the quick reader: on one line, and over several lines, which are folded into one. Escapes are
 * those of JSON; the others, and escaped line breaks, are left to the complete reader.
 * Source: YAML 1.2.2, sections 5.7, 6.5 and 7.3.
 */
import {
  BACKSLASH,
  DOUBLE_QUOTE,
  LINE_FEED,
  type PlainState,
  RETURN,
  SINGLE_QUOTE,
  SPACE,
  TAB,
  textNode,
} from './plain-state.js'
import type { ScalarNode } from './tree.js'

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/**
 * Reads the quoted scalar that begins here and ends on the same line.
 *
 * @returns its text; `state.at` is then behind the closing quote
 */
export function readQuoted(state: PlainState): string | undefined {
  const start = state.at + 1
  const close = closingQuote(state, false)
  if (close === undefined) return undefined
  const isDouble = state.text.charCodeAt(state.at) === DOUBLE_QUOTE
  state.at = close + 1
  return unescaped(state.text.slice(start, close), isDouble)
}

/**
 * Reads the quoted scalar that begins here.
 *
 * @param column - column of the key or dash that it is the value of; further lines stand to the right of it
 */
export function readQuotedLines(state: PlainState, column: number): ScalarNode | undefined {
  const { at: start, text } = state
  const close = closingQuote(state, true)
  if (close === undefined) return undefined
  const isDouble = text.charCodeAt(start) === DOUBLE_QUOTE
  const written = text.slice(start + 1, close)
  const raw = written.includes('\n') ? folded(written, column) : written
  const value = raw === undefined ? undefined : unescaped(raw, isDouble)
  if (value === undefined) return undefined
  state.at = close + 1
  return textNode(state, value, start, state.at)
}

/** Offset of the quote that ends the scalar that begins here. */
function closingQuote(state: PlainState, isOverLines: boolean): number | undefined {
  const { text, end, at: start } = state
  const quote = text.charCodeAt(start)
  for (let at = start + 1; at < end; at += 1) {
    const charCode = text.charCodeAt(at)
    if (charCode === BACKSLASH && quote === DOUBLE_QUOTE) at += 1
    else if (charCode === quote) {
      if (quote === DOUBLE_QUOTE || text.charCodeAt(at + 1) !== SINGLE_QUOTE) return at
      at += 1
    } else if (charCode === LINE_FEED && !isOverLines) return undefined
  }
  return undefined
}

/** The lines between the quotes as one: a line break is a space, `n` blank lines are `n` line breaks. */
function folded(written: string, column: number): string | undefined {
  const lines = written.split('\n')
  let value = withoutFinalBlanks(lines[0] ?? '')
  let blankLines = 0
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const isLast = index === lines.length - 1
    const content = isLast ? withoutFirstBlanks(line) : withoutFinalBlanks(withoutFirstBlanks(line))
    const indent = indentOf(line)
    if (content === '' && !isLast && indent !== undefined) {
      blankLines += 1
      continue
    }
    if (indent === undefined || indent <= column || value.endsWith('\\')) return undefined
    value += (blankLines === 0 ? ' ' : '\n'.repeat(blankLines)) + content
    blankLines = 0
  }
  return value
}

/** Spaces at the start of a line; undefined if a tab follows them. */
function indentOf(line: string): number | undefined {
  let at = 0
  while (line.charCodeAt(at) === SPACE) at += 1
  return line.charCodeAt(at) === TAB ? undefined : at
}

function isBlank(charCode: number): boolean {
  return charCode === SPACE || charCode === TAB || charCode === RETURN
}

function withoutFirstBlanks(line: string): string {
  let start = 0
  while (isBlank(line.charCodeAt(start))) start += 1
  return line.slice(start)
}

function withoutFinalBlanks(line: string): string {
  let end = line.length
  while (end > 0 && isBlank(line.charCodeAt(end - 1))) end -= 1
  return line.slice(0, end)
}

function unescaped(raw: string, isDouble: boolean): string | undefined {
  if (!isDouble) return raw.includes("''") ? raw.replaceAll("''", "'") : raw
  let value = ''
  let start = 0
  for (let at = raw.indexOf('\\'); at >= 0; at = raw.indexOf('\\', start)) {
    const escaped = readEscape(raw, at + 1)
    if (escaped === undefined) return undefined
    value += raw.slice(start, at) + escaped.value
    start = escaped.end
  }
  return start === 0 ? raw : value + raw.slice(start)
}

function readEscape(text: string, at: number): { readonly value: string; readonly end: number } | undefined {
  const letter = text.charAt(at)
  if (letter === 'u') {
    const hex = text.slice(at + 1, at + 5)
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) return undefined
    return { value: String.fromCharCode(Number.parseInt(hex, 16)), end: at + 5 }
  }
  const value = ESCAPES.get(letter)
  return value === undefined ? undefined : { value, end: at + 1 }
}

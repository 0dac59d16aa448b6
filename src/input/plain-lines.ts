/**
 * Unquoted scalars over several lines and block scalars (`|` and `>`), for the quick reader. Left to the complete
 * reader: indentation numbers, tabs in the indentation, block scalars that are all blank.
 * Source: YAML 1.2.2, sections 6.5, 7.3.3 and 8.1.
 */
import {
  endLine,
  endOfLine,
  GREATER,
  HASH,
  isBreakOrEnd,
  isComment,
  isKeyColon,
  isPlainStart,
  LINE_FEED,
  type PlainState,
  plainNode,
  RETURN,
  SPACE,
  TAB,
  textNode,
} from './plain-state.js'
import type { ScalarNode } from './tree.js'

/**
 * Reads an unquoted scalar, with the lines on which it goes on. Goes behind its last line.
 *
 * @param column - column of the key or dash that it is the value of; further lines stand to the right of it
 */
export function readPlainLines(state: PlainState, column: number): ScalarNode | undefined {
  const { at: start } = state
  let end = endOfPlainLine(state)
  if (end === undefined) return undefined
  let value: string | undefined
  for (;;) {
    const next = nextPlainLine(state, column)
    if (next === undefined) break
    const lineEnd = endOfPlainLine(state)
    if (lineEnd === undefined) return undefined
    const before = value ?? state.text.slice(start, end)
    const separator = next.blankLines === 0 ? ' ' : '\n'.repeat(next.blankLines)
    value = before + separator + state.text.slice(next.at, lineEnd)
    end = lineEnd
  }
  // Several words can be neither a number nor `true`.
  return value === undefined ? plainNode(state, start, end) : textNode(state, value, start, end)
}

/** Reads an unquoted scalar to the end of its line; `state.at` is then at the line break, or at a comment. */
function endOfPlainLine(state: PlainState): number | undefined {
  const { text, at: start } = state
  if (!isPlainStart(text, start)) return undefined
  let end = start
  let at = start
  for (; at < state.end; at += 1) {
    const charCode = text.charCodeAt(at)
    if (charCode === SPACE) continue
    if (charCode === LINE_FEED || charCode === RETURN || isComment(text, at)) break
    if (charCode === TAB || isKeyColon(state, at)) return undefined
    end = at + 1
  }
  state.at = at
  return end
}

/** Goes to the line on which an unquoted scalar goes on, if there is one; else behind the line break. */
function nextPlainLine(
  state: PlainState,
  column: number,
): { readonly at: number; readonly blankLines: number } | undefined {
  const { text, end } = state
  const wasComment = text.charCodeAt(state.at) === HASH
  state.at = Math.min(end, endOfLine(state, state.at) + 1)
  if (wasComment) return undefined
  let lineStart = state.at
  let blankLines = 0
  for (let at = lineStart; at < end; at += 1) {
    const charCode = text.charCodeAt(at)
    if (charCode === LINE_FEED) {
      blankLines += 1
      lineStart = at + 1
    } else if (charCode !== SPACE && charCode !== RETURN) {
      if (at - lineStart <= column || charCode === HASH) return undefined
      state.at = at
      return { at, blankLines }
    }
  }
  return undefined
}

/**
 * Reads the block scalar that begins here: `|` or `>`, with `-` or `+` or neither.
 *
 * @param column - column of the key or dash that it is the value of; its lines stand to the right of it
 */
export function readBlockScalar(state: PlainState, column: number): ScalarNode | undefined {
  const { text, at: start } = state
  const isFolded = text.charCodeAt(start) === GREATER
  const chomping = text.charAt(start + 1)
  state.at = start + (chomping === '-' || chomping === '+' ? 2 : 1)
  if (!endLine(state)) return undefined
  const block = readBlockLines(state, column)
  if (block === undefined) return undefined
  const { lines, end } = block
  const count = lines.length - finalBlankCount(lines)
  const content = lines.slice(0, count)
  const value = isFolded ? foldedBlock(content) : content.join('\n')
  return textNode(state, value + finalBreaks(chomping, lines.length - count), start, end)
}

function finalBreaks(chomping: string, blankLines: number): string {
  if (chomping === '-') return ''
  return chomping === '+' ? '\n'.repeat(blankLines + 1) : '\n'
}

interface BlockLines {
  /** Without the indentation. */
  readonly lines: readonly string[]
  /** Offset behind the last line that is not blank. */
  readonly end: number
}

function readBlockLines(state: PlainState, column: number): BlockLines | undefined {
  const { text, end } = state
  const lines: string[] = []
  let indent = 0
  let contentEnd = state.at
  while (state.at < end) {
    const lineStart = state.at
    const lineEnd = endOfLine(state, lineStart)
    let at = lineStart
    while (text.charCodeAt(at) === SPACE) at += 1
    const lineIndent = at - lineStart
    if (isBreakOrEnd(state, at)) {
      // Blank lines with spaces of their own are a mistake before the text, and a part of it after.
      if (lineIndent > indent) return undefined
      lines.push('')
    } else {
      if (lineIndent <= column || lineIndent < indent) break
      if (text.charCodeAt(at) === TAB) return undefined
      if (indent === 0) indent = lineIndent
      contentEnd = text.charCodeAt(lineEnd - 1) === RETURN ? lineEnd - 1 : lineEnd
      lines.push(text.slice(lineStart + indent, contentEnd))
    }
    state.at = Math.min(end, lineEnd + 1)
  }
  // Whether a last line without a line break gets one is left to the complete reader.
  const isCutOff = state.at === end && text.charCodeAt(end - 1) !== LINE_FEED
  return indent === 0 || isCutOff ? undefined : { lines, end: contentEnd }
}

function finalBlankCount(lines: readonly string[]): number {
  let count = 0
  while (count < lines.length && lines[lines.length - 1 - count] === '') count += 1
  return count
}

/** Lines of a `>` scalar as one text. Lines that are indented further keep the line breaks around them. */
function foldedBlock(lines: readonly string[]): string {
  let value = ''
  let separator = ''
  let wasIndented = false
  for (const line of lines) {
    if (line === '') {
      if (separator === '\n') value += '\n'
      else separator = '\n'
      continue
    }
    const isIndented = line.charCodeAt(0) === SPACE
    if (isIndented && separator === ' ') separator = '\n'
    else if (isIndented && separator === '\n' && !wasIndented) separator = '\n\n'
    value += separator + line
    separator = isIndented ? '\n' : ' '
    wasIndented = isIndented
  }
  return value
}

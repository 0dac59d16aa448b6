/**
 * Text as it came from the user, and the places in it. Lines and columns are only counted when somebody asks.
 */
import type { SourcePlace } from '../base/diagnostics.js'

/** One file that was read, or the standard input, or the command line. */
export interface SourceFile {
  /** The path as the user named it; `<stdin>` or `<command line>` where there is none. */
  readonly path: string
  /** All of it, decoded; may begin with a byte order mark. */
  readonly text: string
}

/** UTF-16 code unit; may stand before the first character of a file. */
export const BYTE_ORDER_MARK = 0xfeff

/** Offset of the first character that is not a byte order mark. */
export function contentStart(file: SourceFile): number {
  return file.text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0
}

const lineStartsOfFile = new WeakMap<SourceFile, readonly number[]>()

/**
 * The place of a stretch of text.
 *
 * @param start - offset of its first character; 0 to the length of the text
 * @param end - offset behind its last character; what lies behind the first line is not underlined
 */
export function placeAt(file: SourceFile, start: number, end: number): SourcePlace {
  const lineStarts = lineStartsOf(file)
  const lineIndex = lastNotAbove(lineStarts, start)
  const lineStart = lineStarts[lineIndex] ?? 0
  const excerpt = lineText(file.text, lineStart, lineStarts[lineIndex + 1])
  const underlined = Math.min(end, lineStart + excerpt.length) - start
  return {
    file: file.path,
    line: lineIndex + 1,
    column: start - lineStart + 1,
    length: Math.max(1, underlined),
    excerpt,
  }
}

function lineText(text: string, lineStart: number, nextLineStart: number | undefined): string {
  let end = nextLineStart === undefined ? text.length : nextLineStart - 1
  if (nextLineStart !== undefined && text.charCodeAt(end - 1) === 0x0d) end -= 1
  return text.slice(lineStart, end)
}

function lineStartsOf(file: SourceFile): readonly number[] {
  const known = lineStartsOfFile.get(file)
  if (known !== undefined) return known
  const starts = [contentStart(file)]
  for (let at = file.text.indexOf('\n'); at >= 0; at = file.text.indexOf('\n', at + 1)) starts.push(at + 1)
  lineStartsOfFile.set(file, starts)
  return starts
}

/** Index of the last number of an ascending list that is not above `value`; 0 where all are. */
function lastNotAbove(ascending: readonly number[], value: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((ascending[middle] ?? 0) <= value) low = middle
    else high = middle - 1
  }
  return low
}

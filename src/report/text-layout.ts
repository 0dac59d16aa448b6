/**
 * Laying out text in columns: widths, wrapping, tables, bars. Widths are those of a terminal in a monospaced font:
 * two columns for East Asian wide characters and emoji, none for combining marks (the common ranges only, so that
 * the same text has the same layout in every Unicode version).
 */

/** What a line should not exceed; tables that can not be narrower do. */
export const TEXT_WIDTH = 96

const WIDE_RANGES: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
]

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** One column of a table. */
export interface TextColumn {
  readonly header: string
  readonly align: 'left' | 'right'
}

/** Columns of a terminal that the text takes. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0
    if (codePoint >= 0x300 && codePoint <= 0x36f) continue
    width += WIDE_RANGES.some(([first, last]) => codePoint >= first && codePoint <= last) ? 2 : 1
  }
  return width
}

/** The text, filled up with spaces to the width. */
export function padded(text: string, width: number, align: TextColumn['align'] = 'left'): string {
  const spaces = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'left' ? text + spaces : spaces + text
}

/** The text if it is short enough, else its beginning and end: names differ most at the end. */
export function shortened(text: string, limit = 44): string {
  const characters = [...text]
  if (characters.length <= limit) return text
  const tail = Math.floor((limit - 1) / 2)
  return `${characters.slice(0, limit - 1 - tail).join('')}…${characters.slice(-tail).join('')}`
}

/** Breaks running text into lines; a word longer than a line stays whole. */
export function wrapped(text: string, width = TEXT_WIDTH): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/[ \t\r\n]+/)) {
    if (word === '') continue
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return line === '' ? lines : [...lines, line]
}

/** Joins parts by a middle dot, in as many lines as needed; a part is not broken. */
export function joinedParts(parts: readonly string[], width = TEXT_WIDTH): readonly string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    const joined = `${last} · ${part}`
    if (last === undefined || textWidth(joined) > width) lines.push(part)
    else lines[lines.length - 1] = joined
  }
  return lines
}

/** A label before the first line, the others indented by its width. */
export function labelled(label: string, lines: readonly string[], labelWidth: number): readonly string[] {
  return lines.map((line, index) => padded(index === 0 ? label : '', labelWidth) + line)
}

/**
 * A table: two spaces between columns, a header line unless all headers are empty, no line at its right edge.
 *
 * @param rows - one text for each column
 */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const headers = columns.map((column) => column.header)
  const all = headers.every((header) => header === '') ? rows : [headers, ...rows]
  const widths = columns.map((_, index) =>
    all.reduce((widest, row) => Math.max(widest, textWidth(row[index])), 0),
  )
  return all.map((row) =>
    row
      .map((cell, index) => padded(cell, widths[index], columns[index].align))
      .join('  ')
      .trimEnd(),
  )
}

/**
 * A horizontal bar of block characters, to an eighth of a column.
 *
 * @param ratio - length over the whole width, 0 to 1
 * @param markRatio - where a thin line stands, over or beside the bar
 */
export function bar(ratio: number, width: number, markRatio?: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, ratio)) * width * 8)
  // What is not nothing is seen.
  const visible = ratio > 0 ? Math.max(1, eighths) : 0
  const text = '█'.repeat(Math.floor(visible / 8)) + EIGHTHS[visible % 8]
  if (markRatio === undefined) return text
  const mark = Math.min(width - 1, Math.floor(markRatio * width))
  const cells = [...padded(text, width)]
  cells[mark] = '│'
  return cells.join('').trimEnd()
}

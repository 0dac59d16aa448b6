/**
 * Text from outside, made safe for GitHub Markdown: it is shown as it is and means nothing. No markup, no HTML, no
 * links, mentions, issue numbers, emoji or formulas come of it, in a paragraph as in a table.
 *
 * Sources: CommonMark 0.31, sections 2.4 (backslash escapes) and 6; GitHub Flavored Markdown, tables and autolinks.
 */
import { printable } from './xml-text.js'

/** Stands between characters that GitHub would take for a link together; shows nothing. */
const BREAK = '<!-- -->'

/** A colon that opens the name of an emoji (`:cat:`, `:+1:`, `:100:`) or stands in `http://`. */
const EMOJI_OR_LINK = /:(?=\/\/|100:|1234:|[+-]1:|[a-z0-9_+-]{0,40}[a-z][a-z0-9_+-]{0,40}:)/gi

/** A column of a table. */
export interface MarkdownColumn {
  /** Already escaped. */
  readonly header: string
  readonly align: 'left' | 'right'
}

/**
 * The text as Markdown on one line; control characters become visible escapes.
 *
 * @remarks Punctuation that always means something is escaped everywhere, that of lists at the start only.
 */
export function markdownText(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]|~$!^]/g, (character) => `\\${character}`)
    .replaceAll('#', `\\#${BREAK}`)
    .replaceAll('@', `@${BREAK}`)
    .replaceAll(EMOJI_OR_LINK, `:${BREAK}`)
    .replaceAll(/(www)\./gi, `$1${BREAK}.`)
    .replaceAll(/(gh)-(?=\d)/gi, `$1${BREAK}-`)
    .replace(/^( *)([-+](?=[ -]|$)|=)/, '$1\\$2')
    .replace(/^( *\d{1,9})([.)])(?= |$)/, '$1\\$2')
    .replace(/^ +| +$/g, '')
}

/** A table; cells are Markdown already. Empty if it has no rows. */
export function markdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(columns.map(({ header }) => header)),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map(line),
  ]
}

/** A block of shell text: its fence is longer than any run of backticks within. */
export function markdownCode(text: string): readonly string[] {
  const runs = text.match(/`+/g) ?? []
  const fence = '`'.repeat(runs.reduce((longest, run) => Math.max(longest, run.length + 1), 3))
  return [`${fence}sh`, ...text.split('\n').map(printable), fence]
}

/** What is shown after a click on its summary; the summary is Markdown already. */
export function markdownDetails(summary: string, lines: readonly string[]): readonly string[] {
  return [`<details><summary>${summary}</summary>`, '', ...lines, '', '</details>']
}

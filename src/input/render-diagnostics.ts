/**
 * Errors and warnings as text for people:
 *
 *     error[SVC_NO_POD] Service "web" selects no pod
 *       --> shop.yaml:41:10
 *     41 |     app: wbe
 *        |          ^^^ no pod has the label app=wbe; did you mean "web"?
 *
 * Safe for terminals: whatever came from a file passes through `terminalText`. Long lines are cut around the place.
 */
import type { Diagnostic, SourcePlace } from '../base/diagnostics.js'
import { terminalText } from '../base/terminal-text.js'

export interface RenderOptions {
  /** Errors written out, and likewise warnings; the others are counted, but for MORE_LEFT_OUT. 100 by default. */
  readonly maxCount?: number
  /** Columns of an excerpt. 96 by default. */
  readonly excerptWidth?: number
}

/**
 * All diagnostics as text, in the order given, each ending in a line break, with an empty line between them.
 *
 * @returns the empty text if there are none
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  const { maxCount = 100, excerptWidth = 96 } = options
  const shown: string[] = []
  const counts = { error: 0, warning: 0 }
  for (const diagnostic of diagnostics) {
    if (diagnostic.code !== 'MORE_LEFT_OUT') counts[diagnostic.severity] += 1
    if (counts[diagnostic.severity] <= maxCount) shown.push(renderDiagnostic(diagnostic, excerptWidth))
  }
  for (const severity of ['error', 'warning'] as const) {
    const more = counts[severity] - maxCount
    if (more > 0) shown.push(`and ${more} more ${severity}${more === 1 ? '' : 's'}\n`)
  }
  return shown.join('\n')
}

function renderDiagnostic(diagnostic: Diagnostic, excerptWidth: number): string {
  const { severity, code, message, place, hint } = diagnostic
  const head = `${severity}[${code}] ${terminalText(message)}\n`
  const safeHint = hint === undefined ? '' : terminalText(hint)
  if (place === undefined) return safeHint === '' ? head : `${head}  = ${safeHint}\n`
  return head + renderPlace(place, safeHint, excerptWidth)
}

function renderPlace(place: SourcePlace, hint: string, excerptWidth: number): string {
  const arrow = `  --> ${terminalText(place.file)}:${place.line}:${place.column}\n`
  const number = String(place.line)
  const margin = ' '.repeat(number.length)
  const { before, marked, after } = excerptOf(place, excerptWidth)
  const carets = '^'.repeat(Math.max(1, marked.length))
  const note = `${' '.repeat(before.length)}${carets} ${hint}`.trimEnd()
  return `${arrow}${`${number} | ${before}${marked}${after}`.trimEnd()}\n${margin} | ${note}\n`
}

interface Excerpt {
  readonly before: string
  /** What the carets stand under. */
  readonly marked: string
  readonly after: string
}

/** The line in three parts, made safe one by one so that the carets stand right, and cut to the width. */
function excerptOf(place: SourcePlace, width: number): Excerpt {
  const from = place.column - 1
  const to = Math.min(from + place.length, from + Math.max(1, Math.floor(width / 2)))
  const room = Math.max(0, width - (to - from))
  const start = Math.max(0, from - Math.floor(room / 2))
  const end = Math.min(place.excerpt.length, start + width)
  return {
    before: (start > 0 ? '…' : '') + line(place.excerpt.slice(start, from)),
    marked: line(place.excerpt.slice(from, to)),
    after: line(place.excerpt.slice(to, end)) + (end < place.excerpt.length ? '…' : ''),
  }
}

/** Tabs become single blanks, so that columns agree. */
function line(text: string): string {
  return terminalText(text.replaceAll('\t', ' '))
}

/** What to do about mistakes in YAML, in words for people who know YAML from manifests. */
import type { SourcePlace } from '../base/diagnostics.js'

/** By the error codes of the package `yaml`. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['BAD_DQ_ESCAPE', 'write \\\\ for a backslash in double quotes, or use single quotes'],
  ['BAD_INDENT', 'check the indentation: what belongs to one map or list begins in one column'],
  ['BAD_SCALAR_START', 'put the text in quotes'],
  ['BLOCK_AS_IMPLICIT_KEY', 'put a text with ": " in quotes; begin a map on a new line'],
  ['BLOCK_IN_FLOW', 'inside of { } and [ ] write {key: value} and [item]'],
  ['MULTILINE_IMPLICIT_KEY', 'a colon may be missing behind this key, or a quote before it'],
  ['TAB_AS_INDENT', 'indent with spaces'],
])

/** By the beginning of the message, where one code stands for many mistakes. */
const HINTS_OF_MESSAGES: readonly (readonly [beginning: string, hint: string])[] = [
  ['Implicit map keys need to be followed', 'write "key: value", with a colon and a space'],
  ['A quote ', 'close the text with the same quote'],
  ['Missing , ', 'put a comma before this'],
  ['Flow map in block collection', 'a } may be missing above'],
  ['Flow sequence in block collection', 'a ] may be missing above'],
]

/**
 * The hint for a mistake that the package `yaml` found.
 *
 * @param code - its code for it, e.g. `BAD_INDENT`
 * @param message - its message
 */
export function syntaxHint(code: string, message: string): string {
  const known = HINTS_OF_MESSAGES.find(([beginning]) => message.startsWith(beginning))
  if (known !== undefined) return known[1]
  return HINTS.get(code) ?? 'this is where reading stopped; the mistake may be some lines above'
}

/** Is the line of a template (Helm, Go)? */
export function isTemplate({ excerpt }: SourcePlace): boolean {
  return excerpt.includes('{{')
}

/** The hint; or, where the line is of a template (Helm, Go), that it has to be rendered first. */
export function hintAt(place: SourcePlace, hint: string): string {
  return isTemplate(place) ? 'this is a template: render it first, e.g. by `helm template`' : hint
}

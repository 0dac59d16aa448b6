/** Text from outside, made safe for XML: SVG pictures and whatever is written beside them. */
import { terminalText } from '../base/terminal-text.js'

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])

/** The text as XML character data, fit for elements and quoted attributes; control characters become visible escapes. */
export function xmlText(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => ENTITIES.get(character) ?? '')
}

/**
 * The text without anything that XML can not hold or that would reorder or hide what is shown, on one line; for
 * drawing code that escapes markup itself.
 */
export function printable(text: string): string {
  return terminalText(text).replaceAll(/[\ufffe\uffff]/g, '\ufffd')
}

/**
 * Makes text from outside safe to print on a terminal, at the sink.
 *
 * Whatever can move the cursor, set colours or titles, ring, reorder or hide text becomes a visible escape such as
 * `\x1B` or `\u{202E}`; line breaks and tabs too, so that a name can not pretend to be another line of output.
 * Left out: the width of characters; a caret below Chinese text or emoji may stand too far left.
 * Source: ECMA-48 (C0, C1); Unicode TR 9 (bidirectional controls) and TR 36 section 2.5.
 */

/** Bidirectional controls, line and paragraph separators, invisible characters: first and last of each range. */
const HIDDEN_RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x00ad, 0x00ad],
  [0x061c, 0x061c],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xd800, 0xdfff],
  [0xe0000, 0xe007f],
]

/**
 * One line of text without anything that a terminal would obey.
 *
 * @returns the text itself where it is harmless, which is nearly always; contains no code point below U+0020, none of
 *   U+007F to U+009F, no bidirectional control and no half of a surrogate pair
 */
export function terminalText(text: string): string {
  let safe = ''
  let start = 0
  for (let index = 0; index < text.length; ) {
    const codePoint = text.codePointAt(index) ?? 0
    const next = index + (codePoint > 0xffff ? 2 : 1)
    if (isHarmful(codePoint)) {
      safe += text.slice(start, index) + escaped(codePoint)
      start = next
    }
    index = next
  }
  return start === 0 ? text : safe + text.slice(start)
}

function isHarmful(codePoint: number): boolean {
  if (codePoint < 0x20) return true
  if (codePoint < 0x7f) return false
  if (codePoint < 0xa0) return true
  return HIDDEN_RANGES.some(([first, last]) => codePoint >= first && codePoint <= last)
}

function escaped(codePoint: number): string {
  const hex = codePoint.toString(16).toUpperCase()
  return codePoint < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`
}

/** Small pieces of messages, the same for manifests and scenarios. */

/** `"A", "B" or "C"`. */
export function wordList(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`)
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} or ${quoted[quoted.length - 1]}`
}

/** The beginning of a text that may be of any length. */
export function shortened(text: string, length = 80): string {
  return text.length > length ? `${text.slice(0, length)}…` : text
}

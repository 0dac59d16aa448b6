/**
 * How two lists of lines differ, for people to read.
 */

/** Lines that are shown at most. */
const MAX_LINES = 60

/**
 * Lines that only one list has, or, if both have the same ones, where their order first differs.
 *
 * @returns `- LINE` for what is expected and missing, `+ LINE` for what is there and not expected; empty if they are equal
 */
export function lineDifferences(expected: readonly string[], actual: readonly string[]): string[] {
  const lines = [
    ...excess(expected, actual).map((line) => `- ${line}`),
    ...excess(actual, expected).map((line) => `+ ${line}`),
  ]
  if (lines.length === 0) {
    const first = expected.findIndex((line, index) => line !== actual[index])
    if (first >= 0) lines.push('in another order, first:', `- ${expected[first]}`, `+ ${actual[first]}`)
  }
  if (lines.length <= MAX_LINES) return lines
  return [...lines.slice(0, MAX_LINES), `… and ${lines.length - MAX_LINES} lines more`]
}

/** Lines of one list that the other has not, or not as often. */
function excess(lines: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of others) counts.set(line, (counts.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const left = counts.get(line) ?? 0
    if (left > 0) counts.set(line, left - 1)
    return left === 0
  })
}

/**
 * "Did you mean": the known name that is nearest to a misspelt one.
 * Distance: Damerau-Levenshtein in its restricted form (insert, delete, replace, swap neighbours, each once).
 * Bounded: names longer than 64 characters are not compared, and only so many known names are.
 */

const MAX_NAME_LENGTH = 64
const MAX_NAMES = 2_000

/**
 * The nearest known name.
 *
 * @param known - names in the order in which equals are preferred
 * @returns undefined if none is near: at most one mistake in up to 5 letters, 2 in up to 9, 3 in more; a difference in
 *   upper and lower case only is always near
 */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > MAX_NAME_LENGTH) return undefined
  let best: string | undefined
  let bestDistance = mistakesAllowed(name.length) + 1
  let count = 0
  for (const candidate of known) {
    if (candidate !== name && candidate.toLowerCase() === name.toLowerCase()) return candidate
    const distance = editDistance(name, candidate, bestDistance - 1)
    if (distance < bestDistance && candidate !== name) {
      best = candidate
      bestDistance = distance
    }
    count += 1
    if (count >= MAX_NAMES) break
  }
  return best
}

/** `; did you mean "NAME"?`, or nothing if no name is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const closest = closestName(name, known)
  return closest === undefined ? '' : `; did you mean "${closest}"?`
}

function mistakesAllowed(length: number): number {
  if (length <= 2) return 0
  if (length <= 5) return 1
  return length <= 9 ? 2 : 3
}

/**
 * Mistakes between two names, exact up to `limit`; anything larger is told as `limit` + 1. O(length²), at most 4,096.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit || b.length > MAX_NAME_LENGTH) return limit + 1
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isEqual = a[row - 1] === b[column - 1]
      const replaced = (previous[column - 1] ?? 0) + (isEqual ? 0 : 1)
      let cost = Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1)
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) cost = Math.min(cost, (beforePrevious[column - 2] ?? 0) + 1)
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return Math.min(previous[b.length] ?? 0, limit + 1)
}

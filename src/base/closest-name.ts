/**
 * "Did you mean …": the name nearest to a misspelt one.
 * Distance: Damerau–Levenshtein in its restricted form (insert, delete, replace, swap two neighbours; each place edited
 * once), on UTF-16 code units. Source: Damerau 1964; Boytsov 2011, "optimal string alignment".
 */

/** Longer names are compared by their beginning only, so that hostile input costs little. */
const MAX_COMPARED_LENGTH = 64

/**
 * The candidate that the user most likely meant.
 *
 * @param wanted - the name as written
 * @param candidates - names that exist; the first of several equally near wins
 * @returns the nearest candidate within a third of the length of `wanted` (at least one edit), or undefined
 * @remarks O(candidates · length²), length at most 64. A different case alone counts as no distance.
 */
export function closestName(wanted: string, candidates: Iterable<string>): string | undefined {
  const left = wanted.slice(0, MAX_COMPARED_LENGTH).toLowerCase()
  let limit = Math.max(1, Math.floor(left.length / 3))
  let closest: string | undefined
  for (const candidate of candidates) {
    const right = candidate.slice(0, MAX_COMPARED_LENGTH).toLowerCase()
    if (Math.abs(left.length - right.length) > limit) continue
    const distance = editDistance(left, right)
    if (distance > limit) continue
    if (distance === 0) return candidate
    closest = candidate
    limit = distance - 1
  }
  return closest
}

/** Edits that turn one text into the other. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left.charAt(row - 1) === right.charAt(column - 1)
      let cost = Math.min(
        previous[column - 1] + (isSame ? 0 : 1),
        previous[column] + 1,
        current[column - 1] + 1,
      )
      if (isSwap(left, row, right, column)) cost = Math.min(cost, beforePrevious[column - 2] + 1)
      current.push(cost)
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length]
}

function isSwap(left: string, row: number, right: string, column: number): boolean {
  return (
    row > 1 &&
    column > 1 &&
    left.charAt(row - 1) === right.charAt(column - 2) &&
    left.charAt(row - 2) === right.charAt(column - 1)
  )
}

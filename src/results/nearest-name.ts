/** "Did you mean": the known name that is nearest to a wrong one. */

/** Beyond this length a name is not compared: the work grows with the square of it. */
const MAX_LENGTH = 80

/**
 * The known name nearest to a wrong one, letter case aside.
 *
 * @param wrong - what the user wrote
 * @param known - candidates; of equally near ones the first wins
 * @returns undefined if none is near: more than a third of the letters would have to change, and none ends in `wrong`
 */
export function nearestName(wrong: string, known: readonly string[]): string | undefined {
  const target = wrong.toLowerCase()
  if (target.length === 0 || target.length > MAX_LENGTH) return undefined
  const bySuffix = known.find((name) => name.toLowerCase().endsWith(`.${target}`))
  if (bySuffix !== undefined) return bySuffix
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(target.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(target, name.toLowerCase())
    if (distance < least) {
      least = distance
      nearest = name
    }
  }
  return nearest
}

/** Levenshtein's distance: letters to insert, delete or replace. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[right.length] ?? 0
}

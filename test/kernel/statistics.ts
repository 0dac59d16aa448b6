/** Is what the kernel chose at random spread as svcsim says? */
import { chiSquareUpperTail } from '../../src/base/special-functions.js'

/**
 * The chance to see so uneven a spread or a more uneven one, by Pearson's chi-square test.
 *
 * @param counts - at least two
 * @param chances - of each; their sum is 1
 * @returns 0 to 1; above 0.001 in all but one of a thousand tests, if the chances are right
 */
export function spreadPValue(counts: readonly number[], chances: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const chiSquare = counts.reduce((sum, count, index) => {
    const expected = total * chances[index]
    return sum + (count - expected) ** 2 / expected
  }, 0)
  return chiSquareUpperTail(chiSquare, counts.length - 1)
}

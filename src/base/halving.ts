/** The first of a row of positions at which something holds, where it goes on holding beyond: by halving. */

/**
 * Seeks it.
 *
 * @param low - it does not hold there
 * @param high - it holds there, or is taken to; above `low`
 * @returns above `low`, `high` at most
 */
export function firstHolding(low: number, high: number, holds: (at: number) => boolean): number {
  let [before, first] = [low, high]
  while (first - before > 1) {
    const middle = Math.floor((before + first) / 2)
    if (holds(middle)) first = middle
    else before = middle
  }
  return first
}

/** As `firstHolding`, where it takes time to tell. */
export async function firstToHold(
  low: number,
  high: number,
  holds: (at: number) => Promise<boolean>,
): Promise<number> {
  let [before, first] = [low, high]
  while (first - before > 1) {
    const middle = Math.floor((before + first) / 2)
    if (await holds(middle)) first = middle
    else before = middle
  }
  return first
}

/**
 * Finds where a function first reaches a value: by a scan, then by halving. Only comparisons and `f` itself decide, so
 * that the result is the same wherever `f` is.
 */

/** Either the place where the target is reached, or the largest value seen on the way. */
export type Crossing =
  | { readonly kind: 'reached'; readonly at: number }
  | { readonly kind: 'missed'; readonly largest: number }

/**
 * @param f - continuous, below `target` just after 0; may fall again after its largest value
 * @param end - where the scan ends, above 0
 * @param steps - of the scan; a largest value is missed only if it is reached and left again within one step
 * @returns the first number at which f is at least `target`, to the last digit of it
 */
export function firstCrossing(
  f: (x: number) => number,
  target: number,
  end: number,
  steps: number,
): Crossing {
  let largest = Number.NEGATIVE_INFINITY
  for (let step = 1; step <= steps; step += 1) {
    const x = (end * step) / steps
    const value = f(x)
    if (value >= target) return { kind: 'reached', at: halve(f, target, (end * (step - 1)) / steps, x) }
    if (value > largest) largest = value
  }
  return { kind: 'missed', largest }
}

/** The lowest number between `low` (exclusive) and `high` at which f is at least `target`, if f increases. */
function halve(f: (x: number) => number, target: number, low: number, high: number): number {
  let [below, reached] = [low, high]
  for (
    let middle = (below + reached) / 2;
    middle > below && middle < reached;
    middle = (below + reached) / 2
  ) {
    if (f(middle) >= target) reached = middle
    else below = middle
  }
  return reached
}

/** Where numbers stand on an axis: to scale where that tells them apart, else one beside the other. */

/** Numbers this many times apart crush one another. */
const MAX_RATIO = 20

/**
 * The places of numbers.
 *
 * @param values - not negative, in increasing order
 */
export function numberPlaces(values: readonly number[]): (value: number) => number {
  const [least = 0] = values
  const most = values.at(-1) ?? 0
  const isToScale = most <= MAX_RATIO || most <= MAX_RATIO * least
  return isToScale ? (value) => value : (value) => values.indexOf(value)
}

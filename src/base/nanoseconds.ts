/**
 * Simulated time and lengths of time: an integer number of nanoseconds in a `number`, below 2^53.
 * 2^53 ns are 104 days; a horizon is at most 30 days, so that sums of times stay exact.
 */

/** An integer count of nanoseconds, 0 to 2^53 - 1. A brand, so that a plain number is never taken for a time. */
export type Nanoseconds = number & { readonly unit: 'ns' }

/** Nanoseconds in one microsecond, millisecond, second. */
export const NS_PER_US = 1_000
export const NS_PER_MS = 1_000_000
export const NS_PER_S = 1_000_000_000

/** No time at all. */
export const ZERO_NS = 0 as Nanoseconds

/**
 * Takes a number for a time.
 *
 * @param value - an integer, 0 to 2^53 - 1
 * @throws RangeError if it is anything else: such a value is a mistake of ours, never of the user
 */
export function nanoseconds(value: number): Nanoseconds {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a count of nanoseconds: ${value}`)
  return value as Nanoseconds
}

/** A figure with its interval: the mean over replications and half of the 95 % interval by Student's t. */
import { studentTQuantile } from '../base/special-functions.js'

/** `value` is null where no replication has the figure, `halfWidth95` where fewer than two have. */
export interface Estimate {
  readonly value: number | null
  readonly halfWidth95: number | null
}

/** @param values - one per replication, in the order of replications; null where the replication has no such figure */
export function estimate(values: readonly (number | null)[]): Estimate {
  const known = values.filter((value) => value !== null)
  const count = known.length
  if (count === 0) return { value: null, halfWidth95: null }
  const mean = known.reduce((total, value) => total + value, 0) / count
  if (count === 1) return { value: mean, halfWidth95: null }
  const squares = known.reduce((total, value) => total + (value - mean) * (value - mean), 0)
  const standardError = Math.sqrt(squares / (count - 1) / count)
  return { value: mean, halfWidth95: studentTQuantile(0.975, count - 1) * standardError }
}

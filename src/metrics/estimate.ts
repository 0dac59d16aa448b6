/**
 * A figure with its interval: the mean over replications and half of the 95 % interval by Student's t; for quantiles, the quantile of
 * all requests together in the place of the mean.
 */
import { studentTQuantile } from '../base/special-functions.js'

/** `value` is null where no replication has the figure, `halfWidth95` where fewer than two have. */
export interface Estimate {
  readonly value: number | null
  readonly halfWidth95: number | null
}

/** @param values - one per replication, in the order of replications; null where the replication has no such figure */
export function estimate(values: readonly (number | null)[]): Estimate {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return { value: null, halfWidth95: null }
  return around(known.reduce((total, value) => total + value, 0) / known.length, known)
}

/**
 * A quantile by sectioning: with Q that of all requests together and Q_j that of replication j of n, the interval is
 * Q ± t(0.975, n − 1) · √(Σ (Q_j − Q)² / (n − 1) / n). The quantile of a short replication is mostly too low, as it holds few of the
 * long busy periods that make it, and so is the mean of many; that of all requests together is not, and what the Q_j are off by widens
 * the interval.
 * Sources: S. Asmussen, P. W. Glynn, Stochastic Simulation, 2007, section III.5a; M. K. Nakayama, Confidence intervals for quantiles
 * using sectioning, ACM Transactions on Modeling and Computer Simulation 24 (2014).
 *
 * @param together - Q; null where no replication has it
 * @param values - Q_j, as for `estimate`
 */
export function quantileEstimate(together: number | null, values: readonly (number | null)[]): Estimate {
  if (together === null) return { value: null, halfWidth95: null }
  const known = values.filter((value) => value !== null)
  return around(together, known)
}

function around(value: number, known: readonly number[]): Estimate {
  const count = known.length
  if (count < 2) return { value, halfWidth95: null }
  const squares = known.reduce((total, each) => total + (each - value) * (each - value), 0)
  const standardError = Math.sqrt(squares / (count - 1) / count)
  return { value, halfWidth95: studentTQuantile(0.975, count - 1) * standardError }
}

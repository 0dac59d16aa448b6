/**
 * How much one alternative differs from another, with the 95 % interval of the difference and the two-sided t test.
 *
 * Paired, on common random numbers: with D_j the difference in replication j of n, mean D ± t(0.975, n − 1) · s_D / √n.
 * What both alternatives meet alike (the same arrivals, the same service times) falls out of D_j, which makes the interval
 * narrow. Source: A. M. Law, Simulation Modeling and Analysis, 5th ed. 2015, sections 10.2.1 and 11.2.
 *
 * Of a quantile D is the difference between the quantiles of all requests together, and s² = Σ (D_j − D)² / (n − 1): sectioning, as in
 * metrics/estimate.ts.
 *
 * Unpaired, by Welch: mean Y − mean X ± t(0.975, f) · √(a + b) with a = s²_X / n_X, b = s²_Y / n_Y and
 * f = (a + b)² / (a² / (n_X − 1) + b² / (n_Y − 1)). Source: the same, section 10.2.2; B. L. Welch, Biometrika 34 (1947).
 */
import { studentTQuantile, studentTTwoSided } from '../../base/special-functions.js'

/** What one alternative has of a figure. */
export interface Sample {
  /** Mean over replications, or quantile of all requests together; null where nothing was observed. */
  readonly mean: number | null
  /** By replication, where they were kept. */
  readonly values: readonly (number | null)[] | undefined
  /** Half of the 95 % interval of the mean; null where there is none. */
  readonly halfWidth95: number | null
  readonly replications: number
}

/** A difference; `pValue` and the ends of the interval are null where there is no interval. */
export interface MeasuredDifference {
  readonly difference: number | null
  readonly low95: number | null
  readonly high95: number | null
  readonly pValue: number | null
  /** Equal in every replication: nothing to test. */
  readonly isEqual: boolean
}

const UNKNOWN: MeasuredDifference = {
  difference: null,
  low95: null,
  high95: null,
  pValue: null,
  isEqual: false,
}

/**
 * Replication with replication; those in which either has no such figure are left out.
 *
 * @param baseline - by replication
 * @param alternative - by replication, as many
 * @param together - the difference where it is not the mean of those of replications
 */
export function pairedDifference(
  baseline: readonly (number | null)[],
  alternative: readonly (number | null)[],
  together?: number,
): MeasuredDifference {
  const differences = baseline.flatMap((value, index) => {
    const other = alternative[index]
    return value === null || other === null ? [] : [other - value]
  })
  if (differences.length === 0) return UNKNOWN
  const { mean, variance } = momentsOf(differences, together)
  if (differences.every((each) => each === 0)) return equalDifference()
  if (variance === null) return { ...UNKNOWN, difference: mean }
  return tested(mean, Math.sqrt(variance / differences.length), differences.length - 1)
}

/** Means of independent replications. */
export function unpairedDifference(baseline: Sample, alternative: Sample): MeasuredDifference {
  if (baseline.mean === null || alternative.mean === null) return UNKNOWN
  const difference = alternative.mean - baseline.mean
  const [left, right] = [meanVariance(baseline), meanVariance(alternative)]
  if (left === null || right === null) return { ...UNKNOWN, difference }
  const sum = left.variance + right.variance
  if (sum === 0) return difference === 0 ? equalDifference() : tested(difference, 0, 1)
  const freedom =
    (sum * sum) /
    ((left.variance * left.variance) / (left.count - 1) +
      (right.variance * right.variance) / (right.count - 1))
  return tested(difference, Math.sqrt(sum), Math.max(1, freedom))
}

function equalDifference(): MeasuredDifference {
  return { difference: 0, low95: 0, high95: 0, pValue: null, isEqual: true }
}

function tested(difference: number, standardError: number, freedom: number): MeasuredDifference {
  const half = studentTQuantile(0.975, freedom) * standardError
  // Without any variance a difference is certain.
  const t = standardError === 0 ? Number.POSITIVE_INFINITY : difference / standardError
  const pValue = Number.isFinite(t) ? studentTTwoSided(t, freedom) : 0
  return { difference, low95: difference - half, high95: difference + half, pValue, isEqual: false }
}

/** Variance of the mean over replications, and how many there are; null for fewer than two. */
function meanVariance(sample: Sample): { variance: number; count: number } | null {
  const known = sample.values?.filter((value) => value !== null)
  if (known !== undefined) {
    const { variance } = momentsOf(known, sample.mean ?? undefined)
    return variance === null ? null : { variance: variance / known.length, count: known.length }
  }
  const { halfWidth95, replications } = sample
  if (halfWidth95 === null || replications < 2) return null
  const standardError = halfWidth95 / studentTQuantile(0.975, replications - 1)
  return { variance: standardError * standardError, count: replications }
}

/** @param given - taken in the place of the mean */
function momentsOf(values: readonly number[], given?: number): { mean: number; variance: number | null } {
  const mean = given ?? values.reduce((sum, value) => sum + value, 0) / values.length
  if (values.length < 2) return { mean, variance: null }
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0)
  return { mean, variance: squares / (values.length - 1) }
}

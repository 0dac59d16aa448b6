/**
 * MSER: where the start of a series stops to differ from the rest, so that it can be cut off as the warm-up.
 *
 * Of the n batch means Z₁ … Z_n, cutting off d leaves MSER(d) = Σ_{i>d} (Z_i − mean of those left)² / (n − d)²: the squared
 * half width of an interval of the mean but for a constant. The d with the least of it wins: more are cut off as long as
 * they disturb more than their loss costs. Only the first half is looked at, as the last few batches are too few to tell.
 *
 * Sources: K. P. White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69 (1997);
 * K. P. White, M. J. Cobb, S. C. Spratt, A comparison of five steady-state truncation heuristics, WSC 2000 (MSER-5).
 */

/** Observations to a batch. */
export const MSER_BATCH = 5

/** What the rule says about a series. */
export interface Truncation {
  /** Batches to cut off: 0 to half of them. */
  readonly batchCount: number
  /** The least value stands at the end of the first half: the series is too short to tell. */
  readonly isAtBoundary: boolean
}

/** Means of five observations each, in order; a rest of fewer than five is left out. */
export function batchMeans(observations: readonly number[]): readonly number[] {
  const count = Math.floor(observations.length / MSER_BATCH)
  return Array.from({ length: count }, (_, batch) => {
    let sum = 0
    for (let at = batch * MSER_BATCH; at < (batch + 1) * MSER_BATCH; at++) sum += observations[at]
    return sum / MSER_BATCH
  })
}

/**
 * Applies the rule; of equal values the shortest cut wins.
 *
 * @param means - in the order of time
 * @remarks O(n): from the back, with Welford's recurrence for the sum of squares
 */
export function mserTruncation(means: readonly number[]): Truncation {
  const half = Math.floor(means.length / 2)
  let mean = 0
  let squares = 0
  let least = Number.POSITIVE_INFINITY
  let batchCount = 0
  for (let first = means.length - 1; first >= 0; first--) {
    const left = means.length - first
    const step = means[first] - mean
    mean += step / left
    squares += step * (means[first] - mean)
    const value = squares / left / left
    if (first <= half && value <= least) {
      least = value
      batchCount = first
    }
  }
  return { batchCount, isAtBoundary: batchCount > 0 && batchCount === half }
}

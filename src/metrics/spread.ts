/**
 * How evenly a number of connections or requests fell on the pods that could have got them.
 *
 * With counts n₁ … n_R: max/mean; coefficient of variation (population); Jain's index (Σn)² / (R·Σn²), 1 if even and 1/R
 * if one pod has all; χ² = Σ (n − mean)² / mean against an even spread, with R − 1 degrees of freedom.
 * Source: Jain, Chiu, Hawe, DEC-TR-301 (1984).
 */
import { chiSquareUpperTail } from '../base/special-functions.js'

/** Figures of one set of counts; null where there is nothing to divide by. */
export interface SpreadFigures {
  readonly maxOverMean: number | null
  readonly coefficientOfVariation: number | null
  readonly jainIndex: number | null
  readonly idlePods: number
}

/** @param counts - one for each eligible pod */
export function spreadOf(counts: readonly number[]): SpreadFigures {
  const total = sum(counts)
  const idlePods = counts.filter((count) => count === 0).length
  if (total === 0) return { maxOverMean: null, coefficientOfVariation: null, jainIndex: null, idlePods }
  const mean = total / counts.length
  const squares = sum(counts.map((count) => count * count))
  const variance = sum(counts.map((count) => (count - mean) * (count - mean))) / counts.length
  return {
    maxOverMean: counts.reduce((most, count) => Math.max(most, count), 0) / mean,
    coefficientOfVariation: Math.sqrt(variance) / mean,
    jainIndex: (total * total) / (counts.length * squares),
    idlePods,
  }
}

/** χ² against an even spread, and the chance of one at least as large if the spread were even. Null for fewer than two pods. */
export function evennessTest(counts: readonly number[]): { chiSquare: number | null; pValue: number | null } {
  const total = sum(counts)
  if (total === 0 || counts.length < 2) return { chiSquare: null, pValue: null }
  const mean = total / counts.length
  const chiSquare = sum(counts.map((count) => (count - mean) * (count - mean))) / mean
  return { chiSquare, pValue: chiSquareUpperTail(chiSquare, counts.length - 1) }
}

/** In the order given: floating-point sums depend on it. */
function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

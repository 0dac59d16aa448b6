/**
 * Which of many tests may be called significant, so that with chance alone at work the probability of any false call is
 * at most α: the k-th smallest of m p-values must not exceed α / (m − k + 1), nor any before it. Holds however the tests
 * depend on each other (p50 and p90 of the same requests do).
 * Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).
 */

/**
 * Applies the procedure.
 *
 * @returns for each p-value, in the order given, whether it is significant
 */
export function holmBonferroni(pValues: readonly number[], alpha: number): readonly boolean[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a] - pValues[b] || a - b)
  const isSignificant = pValues.map(() => false)
  for (const [rank, index] of order.entries()) {
    if (pValues[index] > alpha / (pValues.length - rank)) break
    isSignificant[index] = true
  }
  return isSignificant
}

/** Numbers of replicas at which alternatives are held against one another: few, closer together where they are small. */

const MOST_RUNGS = 7
/** Each is about one and a half times the one before. */
const RATIO = 1.5

/**
 * Chooses among numbers of replicas.
 *
 * @param counts - in increasing order
 * @param first - position of the first that is of interest
 * @param wanted - a number that is taken in any case
 * @returns in increasing order; the first and the last one included
 */
export function replicaRungs(
  counts: readonly number[],
  first: number,
  wanted: number | undefined,
): readonly number[] {
  const from = counts.slice(Math.min(first, counts.length - 1))
  const last = from[from.length - 1]
  const ratio = Math.max(RATIO, widthRatio(from[0], last))
  const rungs = new Set([from[0], last, ...(wanted === undefined ? [] : [wanted])])
  let next = from[0] * ratio
  for (const count of from) {
    if (count < next) continue
    rungs.add(count)
    next = count * ratio
  }
  return [...rungs].sort((left, right) => left - right)
}

/** The ratio that leads from one number to another in as many steps as there may be. */
function widthRatio(first: number, last: number): number {
  let ratio = RATIO
  while (reachedAfter(MOST_RUNGS - 1, first, ratio) < last) ratio += 0.125
  return ratio
}

function reachedAfter(steps: number, first: number, ratio: number): number {
  let reached = first
  for (let step = 0; step < steps; step++) reached *= ratio
  return reached
}

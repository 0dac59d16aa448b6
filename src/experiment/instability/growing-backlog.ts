/**
 * Does the number of requests under way grow without end? Known from measures: its averages over the quarters of the window,
 * in all replications.
 *
 * It does if a pod that serves them is busy 99 % of the time and the means over replications rise from quarter to quarter, and
 * from the second to the last
 * - by a fifth at least;
 * - by 10 requests and by 1 % of those issued in half a window at least: so much is a share of the demand that is never
 *   served, and not chance (a system of utilisation ρ piles up 1 − 1/ρ of it);
 * - with three replications or more, by a difference whose 95 % interval lies above 0.
 *
 * The first quarter is left out of the comparison because a system that begins empty grows at first. A queue that is full,
 * or a time-out, ends the growth: then the offered load tells (`offered-load.ts`). What waits because packets were lost on
 * the way to a pod (a full table of connections, an overloaded DNS server) is no queue: it shows in outcomes and drops, and
 * ends with its time-outs.
 */
import { estimate } from '../../metrics/estimate.js'

const MIN_GROWTH = 10
const MIN_SHARE_OF_ISSUED = 0.01
const MIN_RATIO = 1.2
const BUSY_FROM = 0.99
const MIN_REPLICATIONS_FOR_INTERVAL = 3

/** What is known of a call site. */
export interface BacklogEvidence {
  /** By replication: requests under way in each of four quarters. */
  readonly quarters: readonly (readonly number[])[]
  /** Requests issued in the window, mean over replications. */
  readonly issued: number
  /** Of the busiest pod that serves them, mean over replications. */
  readonly utilisation: number
}

/** The averages before and after, if there is growth without end. */
export function growingBacklog(
  evidence: BacklogEvidence,
): { secondQuarter: number; lastQuarter: number } | undefined {
  const { quarters, issued, utilisation } = evidence
  const means = [0, 1, 2, 3].map((quarter) => meanOf(quarters.map((each) => each[quarter])))
  const isRising = means.every((mean, quarter) => quarter === 0 || mean > means[quarter - 1])
  const [, second, , last] = means
  const growth = last - second
  const isLarge = growth >= MIN_GROWTH && growth >= (MIN_SHARE_OF_ISSUED * issued) / 2
  const isQueue = utilisation >= BUSY_FROM && last >= MIN_RATIO * second
  if (!isQueue || !isRising || !isLarge || !isCertain(quarters)) return undefined
  return { secondQuarter: second, lastQuarter: last }
}

function isCertain(quarters: BacklogEvidence['quarters']): boolean {
  if (quarters.length < MIN_REPLICATIONS_FOR_INTERVAL) return true
  const { value, halfWidth95 } = estimate(quarters.map(([, second, , last]) => last - second))
  return (value ?? 0) > (halfWidth95 ?? 0)
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

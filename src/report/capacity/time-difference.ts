/**
 * By how much the watched time of an alternative differs from that of the Service as written: replication by replication
 * where the results say so, else as if the two were independent, which is rather too wide.
 */
import type { CapacityAlternative } from '../../results/capacity-schema.js'
import type { Estimate, PointResult } from '../../results/results-schema.js'
import { type CapacityView, watchedAt } from './capacity-view.js'

/** A difference: the alternative less the Service as written. */
export interface TimeDifference {
  /** ns. */
  readonly estimate: Estimate
  /** Taken within each replication, on the same random numbers. */
  readonly isPaired: boolean
}

/** The difference; undefined where one of them has no such time. */
export function timeDifference(
  view: CapacityView,
  written: PointResult,
  other: PointResult,
  { meanChange, p99Change }: CapacityAlternative['points'][number],
): TimeDifference | undefined {
  const { path } = view.watched
  const paired =
    path === 'responseTime.p99' ? p99Change : path === 'responseTime.mean' ? meanChange : undefined
  if (paired !== undefined) return paired.value === null ? undefined : { estimate: paired, isPaired: true }
  const [before, after] = [watchedAt(view, written), watchedAt(view, other)]
  if (before === undefined || after === undefined) return undefined
  const isKnown = before.halfWidth95 !== null && after.halfWidth95 !== null
  const [one, two] = [before.halfWidth95 ?? 0, after.halfWidth95 ?? 0]
  const half = Math.sqrt(one * one + two * two)
  return {
    estimate: { value: after.value - before.value, halfWidth95: isKnown ? half : null },
    isPaired: false,
  }
}

/** Whether the difference is surely none of 0, and more than 2 % of the time that it is added to. */
export function isClear({ estimate }: TimeDifference, fromNs: number): boolean {
  const size = Math.abs(estimate.value ?? 0)
  return size > (estimate.halfWidth95 ?? 0) && size > 0.02 * fromNs
}

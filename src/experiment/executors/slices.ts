/**
 * A replication in slices that take about the same wall-clock time each, so that whoever runs it can look up between two of
 * them. Slices change no result.
 */
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import type { DesignPoint } from '../plan.js'
import { type ReplicationOptions, replicationInSlices } from '../run-replication.js'
import type { WorkInHand } from './executor.js'

/** How long a slice should take: long enough to cost nothing, short enough to hear a signal. */
const SLICE_MS = { least: 10, most: 40 }
const FIRST_SLICE_NS = 10_000_000

/**
 * Runs a replication.
 *
 * @returns yields after each slice how far it is; returns the measures
 * @throws as `runReplication`
 */
export function* evenSlices(
  point: DesignPoint,
  options: ReplicationOptions,
): Generator<WorkInHand, ReplicationMeasures, void> {
  const horizonNs = point.scenario.spec.horizon
  const slices = replicationInSlices(point, options, FIRST_SLICE_NS)
  let sliceNs = FIRST_SLICE_NS
  for (let untilNs = FIRST_SLICE_NS; ; ) {
    const startMs = performance.now()
    const slice = slices.next(untilNs)
    if (slice.done === true) return slice.value
    sliceNs = nextSliceNs(sliceNs, performance.now() - startMs)
    yield { share: slice.value.nowNs / horizonNs, eventCount: slice.value.eventCount }
    untilNs = slice.value.nowNs + sliceNs
  }
}

/** Simulated time per slice follows what the last one took; results do not depend on it. */
function nextSliceNs(sliceNs: number, tookMs: number): number {
  if (tookMs < SLICE_MS.least) return sliceNs * 2
  return tookMs > SLICE_MS.most ? Math.max(1, Math.floor(sliceNs / 2)) : sliceNs
}

/** A worker thread: takes requests, runs replications, keeps the last few points. Piscina calls the default export. */
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import type { WorkloadTrace } from '../../workload/workload-trace.js'
import type { DesignPoint } from '../plan.js'
import { encodeMeasures } from './encode-measures.js'
import { portableError } from './portable-error.js'
import { decodePoint } from './portable-point.js'
import { RecentValues } from './recent-values.js'
import { evenSlices } from './slices.js'
import type { ThreadAnswer, ThreadRequest } from './thread-messages.js'

/** Points that a thread keeps: tasks come point by point, so that few are in use at a time. */
const KEPT_POINTS = 4

interface KnownPoint {
  readonly point: DesignPoint
  readonly trace: WorkloadTrace | undefined
}

const points = new RecentValues<KnownPoint>(KEPT_POINTS)

/** Runs one replication. Never throws: errors are answers too. */
// Piscina looks for a default export.
// biome-ignore lint/style/noDefaultExport: the library asks for it
export default function work(request: ThreadRequest): ThreadAnswer {
  const known = pointOf(request)
  if (known === undefined) return { kind: 'unknownPoint' }
  try {
    return { kind: 'measures', bytes: encodeMeasures(replicate(known, request)) }
  } catch (error) {
    return { kind: 'error', error: portableError(error) }
  }
}

function pointOf({ pointKey, content }: ThreadRequest): KnownPoint | undefined {
  const known = points.get(pointKey)
  if (known !== undefined || content === undefined) return known
  const made = { point: decodePoint(content.bytes), trace: content.trace }
  points.set(pointKey, made)
  return made
}

function replicate(
  { point, trace }: KnownPoint,
  { seed, replication, gauges, gaugeAt }: ThreadRequest,
): ReplicationMeasures {
  const slices = evenSlices(point, { seed, replication, trace })
  for (;;) {
    const slice = slices.next()
    if (slice.done === true) return slice.value
    gauges[gaugeAt] = slice.value.share
    gauges[gaugeAt + 1] = slice.value.eventCount
  }
}

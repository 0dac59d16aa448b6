/** A worker thread: takes requests, runs replications, keeps what several have in common. Piscina calls the default export. */
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import type { WorkloadTrace } from '../../workload/workload-trace.js'
import type { DesignPoint } from '../plan.js'
import { encodeMeasures } from './encode-measures.js'
import { portableError } from './portable-error.js'
import { decodePoint, decodeRules, pointWith } from './portable-point.js'
import { evenSlices } from './slices.js'
import type { ThreadAnswer, ThreadRequest } from './thread-messages.js'
import { KeptParts } from './thread-parts.js'

const points = new KeptParts(decodePoint)
const rulesOfClusters = new KeptParts(decodeRules)
const traces = new KeptParts((trace: WorkloadTrace) => trace)

/** Runs one replication. Never throws: errors are answers too. */
// Piscina looks for a default export.
// biome-ignore lint/style/noDefaultExport: the library asks for it
export default function work(request: ThreadRequest): ThreadAnswer {
  const bare = points.valueOf(request.point)
  const rules = rulesOfClusters.valueOf(request.rules)
  const trace = request.trace && traces.valueOf(request.trace)
  const isMissing = request.trace !== undefined && trace === undefined
  if (bare === undefined || rules === undefined || isMissing) return { kind: 'unknownPart' }
  try {
    const measures = replicate(pointWith(bare, rules), trace, request)
    return { kind: 'measures', bytes: encodeMeasures(measures) }
  } catch (error) {
    return { kind: 'error', error: portableError(error) }
  }
}

function replicate(
  point: DesignPoint,
  trace: WorkloadTrace | undefined,
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

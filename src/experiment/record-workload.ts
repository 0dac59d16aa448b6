/**
 * Draws the requests of a scenario without running it, as `svcsim workload record` does: what clients want does not
 * depend on what becomes of it. Replayed, the trace gives the results of the run with the same seed and one replication.
 */
import { Streams } from '../engine/streams.js'
import { buildCallGraph, type CallRoot } from '../model/call-sites.js'
import { DrawnDemand } from '../workload/drawn-demand.js'
import { type RecordedGroup, recordGroup, type WorkloadTrace } from '../workload/workload-trace.js'
import type { DesignPoint } from './plan.js'

// The command line, which knows no folder below this one, reads and writes traces as bytes.
export { decodeTrace, encodeTrace } from '../workload/workload-trace.js'

/**
 * Records the demand of every client group up to the horizon.
 *
 * @param seed - streams are those of replication 0
 * @throws InputError as `buildCallGraph`
 * @remarks Memory grows with the number of requests: 12 bytes each, and 8 for every service time.
 */
export function recordWorkload({ cluster, scenario }: DesignPoint, seed: number): WorkloadTrace {
  const streams = new Streams(seed, 0)
  const { roots } = buildCallGraph(cluster, scenario)
  return {
    scenario: scenario.metadata.name,
    seed,
    groups: roots.map((root) => recordRoot(root, streams, scenario.spec.horizon)),
  }
}

function recordRoot({ group, demands }: CallRoot, streams: Streams, horizonNs: number): RecordedGroup {
  const source = new DrawnDemand(group, demands, streams)
  const slots = demands.map((slot) => slot.name)
  return recordGroup(source, { name: group.name, clientCount: group.count, slots }, horizonNs)
}

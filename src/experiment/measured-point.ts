/** From the measures of all replications of a design point to its place in the results. */

import { summariseOverTime } from '../metrics/over-time.js'
import type { ReplicationMeasures } from '../metrics/replication-collector.js'
import { summarise } from '../metrics/summarise.js'
import { buildCallGraph } from '../model/call-sites.js'
import type { PointResult } from '../results/results-schema.js'
import { pointResult } from './assemble-results.js'
import { findInstability } from './instability/find-instability.js'
import { overTimeResult } from './over-time-result.js'
import type { DesignPoint, ExperimentPlan } from './plan.js'
import { perReplicationOf } from './replication-figures.js'

/**
 * Sums up a point: its figures, what has no steady state, and, where the plan asks for it, single replications.
 *
 * @param measures - of every replication, in the order of their numbers
 */
export function measuredPoint(
  plan: Pick<ExperimentPlan, 'isKeepingReplications' | 'trace'>,
  point: DesignPoint,
  measures: readonly ReplicationMeasures[],
): PointResult {
  const result = pointResult(point, summarise(measures))
  const graph = buildCallGraph(point.cluster, point.scenario)
  const overTime = summariseOverTime(measures)
  const unstable = findInstability(point, graph, measures, plan.trace !== undefined)
  return {
    ...result,
    calls: result.calls.map((call, index) => {
      const instability = unstable[index]
      return instability === undefined ? call : { ...call, instability }
    }),
    ...(overTime === undefined ? {} : { overTime: overTimeResult(point.cluster, overTime) }),
    ...(plan.isKeepingReplications === true
      ? { perReplication: perReplicationOf(point.cluster, measures) }
      : {}),
    ...(point.pilotWarmUpNs === undefined ? {} : { pilotWarmUpNs: point.pilotWarmUpNs }),
  }
}

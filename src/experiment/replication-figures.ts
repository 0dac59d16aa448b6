/** The watched figures of every single replication, for comparisons of replication with replication. */
import { NS_PER_S } from '../base/nanoseconds.js'
import type { Cluster } from '../kubernetes/cluster.js'
import type { CallMeasures } from '../metrics/call-collector.js'
import type { ReplicationMeasures } from '../metrics/replication-collector.js'
import { spreadOf } from '../metrics/spread.js'
import { behaviourKey } from '../model/behaviours.js'
import { OUTCOMES } from '../model/records.js'
import type { PerReplication } from '../results/results-schema.js'
import { WATCHED_METRICS, type WatchedMetric } from '../results/watched-metrics.js'

/** Figures that agree with the means over replications that the results hold. */
export function perReplicationOf(cluster: Cluster, measures: readonly ReplicationMeasures[]): PerReplication {
  return {
    calls: measures[0].calls.map((_, index) => callFigures(measures, index)),
    workloads: workloadFigures(cluster, measures),
  }
}

function callFigures(
  measures: readonly ReplicationMeasures[],
  index: number,
): Record<string, (number | null)[]> {
  const figures = measures.map(({ calls, totals }) => figuresOf(calls[index], totals.windowNs))
  return Object.fromEntries(WATCHED_METRICS.map((name) => [name, figures.map((each) => each[name])]))
}

function figuresOf(call: CallMeasures, windowNs: number): Record<WatchedMetric, number | null> {
  const { responseTimes, outcomes, stickiness } = call
  const issued = OUTCOMES.reduce((sum, name) => sum + outcomes[name], 0)
  const failed = issued - outcomes.completed - outcomes.unfinished
  const { maxOverMean, coefficientOfVariation, jainIndex } = spreadOf(call.connections)
  return {
    'responseTime.mean': responseTimes.meanNs(),
    'responseTime.p50': responseTimes.quantileNs(0.5),
    'responseTime.p90': responseTimes.quantileNs(0.9),
    'responseTime.p99': responseTimes.quantileNs(0.99),
    'outcomes.failedRatio': issued === 0 ? null : failed / issued,
    completedPerSec: outcomes.completed / (windowNs / NS_PER_S),
    'connections.maxOverMean': maxOverMean,
    'connections.coefficientOfVariation': coefficientOfVariation,
    'connections.jainIndex': jainIndex,
    'stickiness.returnRatio': stickiness.returnRatio,
    'stickiness.brokenSessions': stickiness.brokenSessions,
  }
}

function workloadFigures(
  cluster: Cluster,
  measures: readonly ReplicationMeasures[],
): PerReplication['workloads'] {
  const podsOf = new Map<string, number[]>()
  for (const pod of cluster.pods) {
    const workload = behaviourKey(pod)
    podsOf.set(workload, [...(podsOf.get(workload) ?? []), pod.index])
  }
  return [...podsOf].map(([workload, pods]) => ({
    workload,
    utilisation: measures.map(({ totals }) => {
      const busyAreaNs = pods.reduce((sum, pod) => sum + totals.pods[pod].busyAreaNs, 0)
      const serverCount = pods.reduce((sum, pod) => sum + totals.pods[pod].serverCount, 0)
      return busyAreaNs / serverCount / totals.windowNs
    }),
  }))
}

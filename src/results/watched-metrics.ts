/** The figures of a call that comparisons watch, by their names in the catalogue; and that of a workload. */

export const WATCHED_METRICS = [
  'responseTime.mean',
  'responseTime.p50',
  'responseTime.p90',
  'responseTime.p99',
  'outcomes.failedRatio',
  'completedPerSec',
  'connections.maxOverMean',
  'connections.coefficientOfVariation',
  'connections.jainIndex',
  'stickiness.returnRatio',
  'stickiness.brokenSessions',
] as const
export type WatchedMetric = (typeof WATCHED_METRICS)[number]

/** Busy servers over all servers of the pods of a workload. */
export const UTILISATION = 'utilisation'

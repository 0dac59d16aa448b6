/** The results of one design point with its thresholds judged. */
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import { summarise } from '../../metrics/summarise.js'
import type { PointResult } from '../../results/results-schema.js'
import { pointResult } from '../assemble-results.js'
import { measuredPoint } from '../measured-point.js'
import type { DesignPoint, ExperimentPlan } from '../plan.js'
import { judgeReplications } from './verdict.js'

/**
 * Sums up the replications of a point, and judges its thresholds where there are any.
 *
 * @param measures - in the order of replications
 */
export function judgedPoint(
  plan: Pick<ExperimentPlan, 'thresholds' | 'isKeepingReplications' | 'trace'>,
  point: DesignPoint,
  measures: readonly ReplicationMeasures[],
): PointResult {
  const result = measuredPoint(plan, point, measures)
  const { thresholds = [] } = plan
  if (thresholds.length === 0) return result
  return { ...result, thresholds: judgeReplications(thresholds, singleResults(point, measures)) }
}

/** The results of each replication by itself, in which figures are looked up. */
export function singleResults(point: DesignPoint, measures: readonly ReplicationMeasures[]): PointResult[] {
  return measures.map((each) => pointResult(point, summarise([each])))
}

/** The value of a figure in the results of one point. */
import { estimate, quantileEstimate } from '../../metrics/estimate.js'
import { isQuantile, type Metric } from '../../results/metric-catalogue.js'
import type { CallResult, Estimate, PointResult } from '../../results/results-schema.js'
import { combineCalls } from './combine-calls.js'
import { type Figure, WATCHED_CALL_METRICS, WATCHED_NODE_METRICS, WATCHED_POD_METRICS } from './figure.js'

/**
 * The figure in the results of one replication, or of several where they have it.
 *
 * @returns with the interval that the results have; undefined where the point has no such Service, client, pod or node
 */
export function figureIn(figure: Figure, point: PointResult): Estimate | undefined {
  const { subject, metric } = figure
  switch (subject.kind) {
    case 'service':
    case 'client': {
      const calls = callsOf(figure, point)
      if (calls.length === 0) return undefined
      return WATCHED_CALL_METRICS.get(metric)?.of(combineCalls(calls))
    }
    case 'pods': {
      const pods = point.pods.filter(({ pod, workload }) => pod === subject.name || workload === subject.name)
      return overAll(WATCHED_POD_METRICS.get(metric), pods)
    }
    case 'nodes':
      return overAll(
        WATCHED_NODE_METRICS.get(metric),
        point.nodes.filter(({ node }) => node === subject.name),
      )
  }
}

/**
 * The figure over replications: mean, or quantile of all requests together, and 95 % interval. What reports add up over replications is a mean here too, so that it
 * does not grow with their number.
 *
 * @param replications - the results of the point, replication by replication
 * @returns undefined where the point has no such Service, client, pod or node
 */
export function figureOver(figure: Figure, replications: readonly PointResult[]): Estimate | undefined {
  const values = replications.flatMap((each) => figureIn(figure, each) ?? []).map(({ value }) => value)
  if (values.length === 0) return undefined
  if (!isQuantile(figure.metric)) return estimate(values)
  const calls = replications.flatMap((each) => callsOf(figure, each))
  return quantileEstimate(
    WATCHED_CALL_METRICS.get(figure.metric)?.of(combineCalls(calls)).value ?? null,
    values,
  )
}

/** A client group makes one call: the first of its name. */
function callsOf({ subject }: Figure, { calls }: PointResult): readonly CallResult[] {
  if (subject.kind === 'client') return calls.filter(({ caller }) => caller === subject.name).slice(0, 1)
  if (subject.kind !== 'service') return []
  return calls.filter(
    ({ service, port }) => service === subject.name && (subject.port === undefined || port === subject.port),
  )
}

/** Counts added up, other figures averaged; a single one keeps its interval. */
function overAll<T>(metric: Metric<T> | undefined, subjects: readonly T[]): Estimate | undefined {
  if (metric === undefined || subjects.length === 0) return undefined
  const estimates = subjects.map((subject) => metric.of(subject))
  if (estimates.length === 1) return estimates[0]
  const known = estimates.flatMap(({ value }) => value ?? [])
  if (known.length === 0) return { value: null, halfWidth95: null }
  const total = known.reduce((sum, value) => sum + value, 0)
  return { value: metric.unit === 'count' ? total : total / known.length, halfWidth95: null }
}

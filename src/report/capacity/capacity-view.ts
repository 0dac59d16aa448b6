/**
 * What reports on capacity read from results: the section itself, and the figures of the points that it names. Sentences,
 * tables and charts all ask here, so they agree.
 */
import type { CapacityCell, CapacityResult } from '../../results/capacity-schema.js'
import { callMetrics, type MetricUnit } from '../../results/metric-catalogue.js'
import type {
  CallResult,
  Estimate,
  PointResult,
  Results,
  ThresholdResult,
} from '../../results/results-schema.js'

/** The time that charts and tables show: that of the first objective on a time, else p99. */
export interface WatchedTime {
  /** `p99`. */
  readonly label: string
  /** Path of the metric of a call; undefined where the objective is on something else. */
  readonly path: string | undefined
  /** The objective that it is taken from; undefined where none is on a time. */
  readonly objective: ThresholdResult | undefined
}

/** Results with their section on capacity. */
export interface CapacityView {
  readonly results: Results
  readonly capacity: CapacityResult
  readonly watched: WatchedTime
}

const P99 = 'responseTime.p99'

/** Units of what the watched time is: always a time. */
export const TIME: MetricUnit = 'duration'

/** The view of results; undefined unless they are of `svcsim capacity`. */
export function capacityView(results: Results): CapacityView | undefined {
  const { capacity } = results
  if (capacity === undefined) return undefined
  const objectives = results.points.flatMap(({ thresholds }) => thresholds ?? [])
  const objective = objectives.find(({ unit }) => unit === TIME)
  if (objective === undefined) {
    return { results, capacity, watched: { label: 'p99', path: P99, objective } }
  }
  const path = pathOf(capacity, objective.metric)
  return { results, capacity, watched: { label: metricLabel(capacity, objective.metric), path, objective } }
}

/** The path of a figure in the catalogue; undefined unless it is of the call of the client group. */
function pathOf({ client }: CapacityResult, metric: string): string | undefined {
  const prefix = `client.${client}.`
  if (!metric.startsWith(prefix)) return undefined
  const path = metric.slice(prefix.length)
  return callMetrics.some((each) => each.path === path) ? path : undefined
}

/** `p99`, `mean response time`; in full where it is not of the call of the client group. */
export function metricLabel(capacity: CapacityResult, metric: string): string {
  const prefix = `client.${capacity.client}.`
  if (!metric.startsWith(prefix)) return metric
  const path = metric.slice(prefix.length)
  const label = callMetrics.find((each) => each.path === path)?.label ?? path
  return path.startsWith('responseTime.') && !/^p\d/.test(label) ? `${label} response time` : label
}

/** The call of the client group at a point; a client group makes one. */
export function clientCall({ capacity }: CapacityView, point: PointResult): CallResult | undefined {
  return point.calls.find(({ caller }) => caller === capacity.client)
}

/** The watched time at a point; undefined where it was not observed. */
export function watchedAt(
  view: CapacityView,
  point: PointResult,
): (Estimate & { value: number }) | undefined {
  const { path, objective } = view.watched
  const judged = point.thresholds?.find(({ metric }) => metric === objective?.metric)
  const call = clientCall(view, point)
  const ofCall = call === undefined ? undefined : callMetrics.find((each) => each.path === path)?.of(call)
  const found = judged ?? ofCall
  if (found === undefined || found.value === null) return undefined
  return { value: found.value, halfWidth95: found.halfWidth95 }
}

/** The point of that position; undefined without one. */
export function pointAt({ results }: CapacityView, position: number | undefined): PointResult | undefined {
  return position === undefined ? undefined : results.points.at(position)
}

/** What is known of a rate with a number of replicas, everything else as written. */
export function cellAt(
  { capacity }: CapacityView,
  ratePerSec: number,
  replicas: number,
): CapacityCell | undefined {
  return capacity.cells.find((cell) => cell.ratePerSec === ratePerSec && cell.replicas === replicas)
}

/** The number of replicas at a point, of which it is one setting. */
export function replicasAt(point: PointResult, { capacity }: CapacityView): number | undefined {
  const text = point.settings.find(({ axis }) => axis === capacity.replicasPath)?.value
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}

/** How busy the pods of the workload are: on average, and the busiest. */
export function utilisationAt(
  { capacity }: CapacityView,
  point: PointResult,
): { readonly mean: Estimate; readonly most: number | null } {
  const all = point.pods
    .filter(({ workload }) => workload === capacity.workload)
    .map(({ utilisation }) => utilisation)
  const values = all.flatMap(({ value }) => value ?? [])
  if (values.length === 0) return { mean: { value: null, halfWidth95: null }, most: null }
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length
  const most = values.reduce((left, right) => Math.max(left, right))
  return { mean: { value: mean, halfWidth95: all.length === 1 ? all[0].halfWidth95 : null }, most }
}

/** How many replications a point has. */
export function replicationsAt({ results }: CapacityView, point: PointResult): number {
  return point.replications ?? results.replications
}

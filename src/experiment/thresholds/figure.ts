/**
 * Figures by name (`service.counter-np.responseTime.p99`, `pods.web.utilisation`), and thresholds on them. Names of metrics are
 * those of the catalogue (src/results/metric-catalogue.ts), after what they are of. Plain data, so that it can be handed to
 * threads.
 */
import {
  callMetrics,
  exactly,
  failedCount,
  type Metric,
  type MetricUnit,
} from '../../results/metric-catalogue.js'
import type { CallResult } from '../../results/results-schema.js'
import { nodeMetrics, podMetrics } from '../../results/station-metrics.js'

/** What a figure is of. */
export type FigureSubject =
  /** All calls to a Service, whoever makes them; to one port of it if it is given. */
  | { readonly kind: 'service'; readonly name: string; readonly port?: number }
  /** The call of a client group. */
  | { readonly kind: 'client'; readonly name: string }
  /** One pod, or all pods of a workload: counts are added up, other figures averaged. */
  | { readonly kind: 'pods'; readonly name: string }
  | { readonly kind: 'nodes'; readonly name: string }

export type SubjectKind = FigureSubject['kind']

/** A figure by name. */
export interface Figure {
  /** In full, as it can be written again: `client.browsers.responseTime.p99`. */
  readonly name: string
  readonly subject: FigureSubject
  /** Path in the catalogue, or `errors`. */
  readonly metric: string
  readonly unit: MetricUnit
}

export type ThresholdOperator = '<' | '<=' | '>' | '>='

/** A threshold on one figure; plain data. */
export interface Threshold {
  readonly figure: Figure
  readonly operator: ThresholdOperator
  /** In the unit of the figure: ns, 0 to 1, per second, or a number. */
  readonly limit: number
  /** In full: `client.browsers.responseTime.p99 < 250ms`. */
  readonly text: string
}

/**
 * The share of requests that ended in anything but completion. What is still under way at the horizon has not ended: counting it
 * would add rate × response time / window to every share, about 0.1 % in a minute at 50 ms.
 */
const ERRORS: Metric = {
  path: 'errors',
  label: 'errors',
  unit: 'ratio',
  definition: 'Requests that were refused, timed out, reset or rejected, over those that ended.',
  of: (call: CallResult) => {
    const failed = failedCount(call)
    const ended = failed + call.outcomes.completed
    return exactly(ended === 0 ? null : failed / ended)
  },
}

/** Tests of all replications together: nothing that replications have a mean of. */
const isTest = ({ path }: Metric) => path.endsWith('.chiSquare') || path.endsWith('.pValue')

/** Metrics of calls that can be watched, by path. */
export const WATCHED_CALL_METRICS: ReadonlyMap<string, Metric> = new Map(
  [...callMetrics.filter((metric) => !isTest(metric)), ERRORS].map((metric) => [metric.path, metric]),
)

/** Those of pods and of nodes, without the word in front. */
export const WATCHED_POD_METRICS = new Map(
  podMetrics.map((metric) => [metric.path.slice('pod.'.length), metric]),
)
export const WATCHED_NODE_METRICS = new Map(
  nodeMetrics.map((metric) => [metric.path.slice('node.'.length), metric]),
)

/** Other ways to write a metric of a call. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['connections.jain', 'connections.jainIndex'],
  ['requests.jain', 'requests.jainIndex'],
  ['p99.9', 'responseTime.p999'],
  ['responseTime.p99.9', 'responseTime.p999'],
  ...['mean', 'min', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'].map((name): [string, string] => [
    name,
    `responseTime.${name}`,
  ]),
])

/** Every way to write a metric of a call, for proposals. */
export const CALL_METRIC_NAMES: readonly string[] = [...WATCHED_CALL_METRICS.keys(), ...SHORT_NAMES.keys()]

/** The path in the catalogue of a metric of a call as people write it: `p99`, `errors`, `connections.jain`. */
export function callMetricPath(written: string): string {
  return SHORT_NAMES.get(written) ?? written
}

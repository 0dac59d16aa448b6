/**
 * Every figure that svcsim measures for a call, by its path: what it is called, what it means, where it stands in a
 * result. Tables, CSV, thresholds and the documentation all read this one list, so a name means the same everywhere.
 * `station-metrics.ts` lists those of pods and nodes.
 */
import { closestName } from '../base/closest-name.js'
import { InputError, type SourcePlace } from '../base/diagnostics.js'
import type { CallResult, Estimate, Spread } from './results-schema.js'

/**
 * What the numbers of a metric are: `duration` ns; `ratio` 0 to 1, shown in percent; `count` things; `perSec` things
 * per simulated second; `number` anything without a unit.
 */
export type MetricUnit = 'duration' | 'ratio' | 'count' | 'perSec' | 'number'

/** One figure: of a call unless said otherwise. */
export interface Metric<Subject = CallResult> {
  /** The stable name, e.g. `responseTime.p99`. */
  readonly path: string
  /** A heading of one to three words, e.g. "p99". */
  readonly label: string
  readonly unit: MetricUnit
  /** What exactly is counted, one sentence. */
  readonly definition: string
  /** The figure. Counts and tests over all replications together have no interval. */
  readonly of: (subject: Subject) => Estimate
}

/** Shares of the mean time of a request, in the order in which a request meets them. */
export const PART_NAMES = [
  'dns',
  'connect',
  'rules',
  'network',
  'queue',
  'service',
  'downstream',
  'retry',
] as const
export type PartName = (typeof PART_NAMES)[number]

/** How a request can end other than well, in the order of the schema. */
export const FAILURE_NAMES = ['refused', 'timedOut', 'reset', 'rejected', 'unfinished'] as const

/** An exact figure as an estimate without an interval. */
export function exactly(value: number | null): Estimate {
  return { value, halfWidth95: null }
}

/** Connections or requests over all pods of a spread, all replications together. */
export function spreadTotal(spread: Spread): number {
  return spread.perPod.reduce((sum, each) => sum + each.count, 0)
}

const RESPONSE_TIMES: readonly [
  keyof CallResult['responseTime'] & ('mean' | 'min' | 'max' | `p${string}`),
  string,
  string,
][] = [
  ['mean', 'mean', 'Mean response time of completed requests, from the intended start to the last byte.'],
  ['p50', 'p50', 'Half of the completed requests took at most this long.'],
  ['p90', 'p90', '90 % of the completed requests took at most this long.'],
  ['p95', 'p95', '95 % of the completed requests took at most this long.'],
  ['p99', 'p99', '99 % of the completed requests took at most this long.'],
  ['p999', 'p99.9', '99.9 % of the completed requests took at most this long.'],
  ['min', 'min', 'The shortest response time of a completed request.'],
  ['max', 'max', 'The longest response time of a completed request.'],
]

const PARTS: Readonly<Record<PartName, string>> = {
  dns: 'resolving the name of the Service',
  connect: 'opening a connection: the handshake and its retransmissions, without the rules',
  rules: 'evaluating netfilter rules on nodes, waiting for the packet processor included',
  network: 'on links between client, load balancer, nodes and pod',
  queue: 'waiting in the pod for a free server',
  service:
    'being served by the pod, time throttled by its CPU limit included, its calls to other Services not',
  downstream: 'waiting for calls to other Services that the pod made',
  retry: 'in attempts that failed, and in the pauses after them',
}

const OUTCOMES: readonly [keyof CallResult['outcomes'], string, string][] = [
  ['issued', 'issued', 'Requests that clients wanted to make: the sum of the six outcomes.'],
  ['completed', 'completed', 'Requests whose last byte reached the client in time.'],
  ['refused', 'refused', 'Requests turned away by a REJECT rule or a closed port.'],
  ['timedOut', 'timed out', 'Requests given up after waiting: dropped packets, a lost host, overload.'],
  ['reset', 'reset', 'Requests whose connection broke because the pod went away.'],
  ['rejected', 'rejected', 'Requests that the pod turned away because its queue was full.'],
  ['unfinished', 'unfinished', 'Requests still under way at the horizon.'],
]

const CALL_METRICS: readonly Metric[] = [
  ...RESPONSE_TIMES.map(([name, label, definition]) =>
    metric(`responseTime.${name}`, label, 'duration', definition, (call) => call.responseTime[name]),
  ),
  ...PART_NAMES.map((name) =>
    metric(
      `parts.${name}`,
      name,
      'duration',
      `Mean time per completed request spent ${PARTS[name]}.`,
      (call) => call.parts[name],
    ),
  ),
  ...OUTCOMES.map(([name, label, definition]) =>
    metric(`outcomes.${name}`, label, 'count', definition, (call) => exactly(call.outcomes[name])),
  ),
  metric(
    'outcomes.completedRatio',
    'completed',
    'ratio',
    'Completed requests over issued requests.',
    (call) => exactly(share(call.outcomes.completed, call.outcomes.issued)),
  ),
  metric(
    'outcomes.failedRatio',
    'failed',
    'ratio',
    'Requests that were refused, timed out, reset or rejected, over issued requests; unfinished ones have not failed.',
    (call) => exactly(share(failedCount(call), call.outcomes.issued)),
  ),
  metric(
    'offeredPerSec',
    'offered',
    'perSec',
    'Requests issued per simulated second.',
    (call) => call.offeredPerSec,
  ),
  metric(
    'completedPerSec',
    'completed',
    'perSec',
    'Requests completed per simulated second.',
    (call) => call.completedPerSec,
  ),
  ...spreadMetrics('connections', 'Connections', (call) => call.connections),
  ...spreadMetrics('requests', 'Requests', (call) => call.requests),
  metric(
    'stickiness.clients',
    'clients',
    'count',
    'Clients that opened a connection, in the first replication.',
    (call) => exactly(call.stickiness.clients),
  ),
  metric(
    'stickiness.returningConnections',
    'returning',
    'count',
    'Connections by a client seen before, all replications together.',
    (call) => exactly(call.stickiness.returningConnections),
  ),
  metric(
    'stickiness.returnRatio',
    'return ratio',
    'ratio',
    "Of connections by a client seen before, the share that reached the same pod as that client's previous one.",
    (call) => call.stickiness.returnRatio,
  ),
  metric(
    'stickiness.modalShare',
    'modal share',
    'ratio',
    "Share of a client's connections at its most used pod, averaged over clients.",
    (call) => call.stickiness.modalShare,
  ),
  metric(
    'stickiness.brokenSessions',
    'broken sessions',
    'ratio',
    'Share of clients that saw more than one pod.',
    (call) => call.stickiness.brokenSessions,
  ),
  metric(
    'attemptsPerRequest',
    'attempts',
    'number',
    'Attempts per request, the first included; more than 1 where failed requests are retried.',
    (call) => call.attemptsPerRequest,
  ),
  metric(
    'dnsQueriesPerRequest',
    'DNS queries',
    'number',
    'Queries per request that were sent to resolve names, repeated ones included; nothing where look-ups take a given time.',
    (call) => call.dnsQueriesPerRequest ?? exactly(null),
  ),
  metric(
    'rulesPerConnection',
    'rules',
    'number',
    'Rules evaluated for the first packet of a connection, on all nodes that it passed.',
    (call) => call.rulesPerConnection,
  ),
]

/** Every metric of a call, in the order in which reports show them. */
export const callMetrics: readonly Metric[] = CALL_METRICS

/** The metrics that a call has: no DNS queries where look-ups take a given time. */
export function callMetricsOf(call: CallResult): readonly Metric[] {
  return call.dnsQueriesPerRequest === undefined
    ? callMetrics.filter(({ path }) => path !== 'dnsQueriesPerRequest')
    : callMetrics
}

const byPath: ReadonlyMap<string, Metric> = new Map(CALL_METRICS.map((each) => [each.path, each]))

/**
 * The metric of that name.
 *
 * @param path - as the user wrote it, e.g. `responseTime.p99`
 * @param place - where the user wrote it, for the message
 * @throws InputError METRIC_UNKNOWN, with the nearest name
 */
export function metricAt(path: string, place?: SourcePlace): Metric {
  const found = byPath.get(path)
  if (found !== undefined) return found
  const nearest = nearestPath(path)
  const hint =
    nearest === undefined ? 'e.g. responseTime.p99 or stickiness.returnRatio' : `did you mean "${nearest}"?`
  const message = `there is no metric "${path}"`
  const where = place === undefined ? {} : { place }
  throw new InputError([{ severity: 'error', code: 'METRIC_UNKNOWN', message, hint, ...where }])
}

/** The last part alone (`p99`) is taken for what it most likely means. */
function nearestPath(path: string): string | undefined {
  const paths = [...byPath.keys()]
  return paths.find((each) => path !== '' && each.endsWith(`.${path}`)) ?? closestName(path, paths)
}

/** Is the metric a quantile of response times? Over replications it is that of all requests together. */
export function isQuantile(path: string): boolean {
  return /^responseTime\.p\d+$/.test(path)
}

/** Refused, timed out, reset and rejected requests of a call, all replications together. */
export function failedCount(call: CallResult): number {
  const { refused, timedOut, reset, rejected } = call.outcomes
  return refused + timedOut + reset + rejected
}

function spreadMetrics(
  path: string,
  what: string,
  spreadOf: (call: CallResult) => Spread,
): readonly Metric[] {
  const of = (
    name: string,
    label: string,
    unit: MetricUnit,
    definition: string,
    value: (spread: Spread) => Estimate,
  ) => metric(`${path}.${name}`, label, unit, definition, (call) => value(spreadOf(call)))
  return [
    of('count', path, 'count', `${what} that reached a pod, all replications together.`, (spread) =>
      exactly(spreadTotal(spread)),
    ),
    of('pods', 'pods', 'count', 'Pods that were eligible.', (spread) => exactly(spread.perPod.length)),
    of(
      'maxOverMean',
      'max/mean',
      'number',
      `${what} at the busiest pod over the mean of all eligible pods; 1 is even.`,
      (spread) => spread.maxOverMean,
    ),
    of(
      'coefficientOfVariation',
      'variation',
      'number',
      `Standard deviation over mean of the ${path} per eligible pod; 0 is even.`,
      (spread) => spread.coefficientOfVariation,
    ),
    of(
      'jainIndex',
      "Jain's index",
      'number',
      `(sum of n)^2 / (R * sum of n^2) for the ${path} n of R eligible pods; 1 is even, 1/R is all at one pod.`,
      (spread) => spread.jainIndex,
    ),
    of('idlePods', 'idle pods', 'number', `Eligible pods that got no ${path}.`, (spread) => spread.idlePods),
    of(
      'chiSquare',
      'chi-square',
      'number',
      `Pearson's chi-square of the ${path} per pod against an even spread, all replications together.`,
      (spread) => exactly(spread.chiSquare),
    ),
    of(
      'pValue',
      'p-value',
      'number',
      'Chance of a chi-square at least as large if every pod were equally likely.',
      (spread) => exactly(spread.pValue),
    ),
  ]
}

function metric(path: string, label: string, unit: MetricUnit, definition: string, of: Metric['of']): Metric {
  return { path, label, unit, definition, of }
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

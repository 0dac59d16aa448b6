/** Figures that svcsim measures, from the catalogue, and how a threshold on each is written. */
import type { Explanation } from '../../results/explanation.js'
import { callMetrics, type MetricUnit } from '../../results/metric-catalogue.js'
import { callAtPodMetrics, nodeMetrics, podMetrics } from '../../results/station-metrics.js'
import {
  callMetricPath,
  WATCHED_CALL_METRICS,
  WATCHED_NODE_METRICS,
  WATCHED_POD_METRICS,
} from '../thresholds/figure.js'
import type { Topic } from './topic.js'

/** What a metric says of itself, whatever it is of. */
interface Described {
  readonly path: string
  readonly label: string
  readonly unit: MetricUnit
  readonly definition: string
}

const UNITS: Readonly<Record<MetricUnit, string>> = {
  duration: 'ns (duration)',
  ratio: '0 to 1, shown in percent (ratio)',
  count: 'things (count)',
  perSec: 'per simulated second (perSec)',
  number: 'none (number)',
}

/** A limit of each unit, as a threshold writes it. */
const LIMITS: Readonly<Record<MetricUnit, string>> = {
  duration: '< 250ms',
  ratio: '<= 5%',
  count: '>= 100',
  perSec: '>= 100/s',
  number: '<= 1.5',
}

const ALL: ReadonlyMap<string, Explanation> = new Map(
  [
    ...[...new Set([...callMetrics, ...WATCHED_CALL_METRICS.values()])].map((metric) =>
      explained(metric, 'a call', callThreshold(metric)),
    ),
    ...podMetrics.map((metric) =>
      explained(metric, 'a pod', stationThreshold('pods.web', 'pod', metric, WATCHED_POD_METRICS)),
    ),
    ...nodeMetrics.map((metric) =>
      explained(metric, 'a node', stationThreshold('nodes.node-a', 'node', metric, WATCHED_NODE_METRICS)),
    ),
  ].map((each) => [each.name, each]),
)

/** Short names are those of thresholds: `p99`, `connections.jain`; `utilisation` of pods and of nodes. */
export const METRIC_TOPIC: Topic = {
  kind: 'metric',
  description: 'figures of results: unit, definition, how a threshold is written',
  examples: ['responseTime.p99', 'connections.jain', 'pod.utilisation'],
  names: () => [...ALL.keys()],
  find: (written) => {
    const exact = ALL.get(callMetricPath(written))
    if (exact !== undefined) return [exact]
    return ['pod', 'node'].flatMap((station) => ALL.get(`${station}.${written}`) ?? [])
  },
}

function explained(metric: Described, of: string, threshold: string): Explanation {
  const { path, label, unit, definition } = metric
  return {
    kind: 'metric',
    name: path,
    description: definition,
    facts: { label, of, unit: UNITS[unit], threshold },
    parts: callAtPodMetrics
      .filter((each) => of === 'a call' && each.path === path)
      .map((each) => ({
        name: 'at one pod',
        facts: { label: each.label, unit: UNITS[each.unit] },
        description: each.definition,
      })),
  }
}

function callThreshold({ path, unit }: Described): string {
  if (!WATCHED_CALL_METRICS.has(path)) return 'none: replications have no mean of it'
  return `service.web.${path} ${LIMITS[unit]}`
}

function stationThreshold(
  subject: string,
  station: string,
  { path, unit }: Described,
  watched: ReadonlyMap<string, Described>,
): string {
  const name = path.slice(station.length + 1)
  return watched.has(name) ? `${subject}.${name} ${LIMITS[unit]}` : 'none'
}

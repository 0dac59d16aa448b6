/** Pods × time: how many requests are in each pod in each interval of the window, as a heat map. */
import { formatNumber, formatPercent } from '../../base/units.js'
import type { OverTime, Results } from '../../results/results-schema.js'
import type { Chart } from './chart.js'
import { HEAT_STEPS } from './palette.js'
import { intervalLabels, intervalPhrase } from './time-axis.js'

/** Pods that the map shows. */
const MAX_PODS = 24

type PodOverTime = OverTime['pods'][number]

/** One map of a run; none where results hold nothing over time, or no pod ever had a request. */
export function loadChart(results: Results): Chart | undefined {
  const overTime = results.points[0].overTime
  if (overTime === undefined) return undefined
  const all = overTime.pods.filter(({ requests }) => total(requests) > 0)
  const pods = fullestOf(all)
  const [fullest] = [...pods].sort((left, right) => mostOf(right) - mostOf(left))
  if (fullest === undefined) return undefined
  const most = mostOf(fullest)
  const labels = intervalLabels(results, overTime)
  const when = intervalPhrase(results, overTime, fullest.requests.indexOf(most))
  const mean = total(fullest.requests) / fullest.requests.length
  const title = `${fullest.pod} is fullest: ${formatNumber(most)} requests in it ${when}, ${formatNumber(mean)} over the whole window`
  const shown = pods.length < all.length ? `; the ${pods.length} fullest of ${all.length} pods` : ''
  return {
    name: 'load-over-time',
    title,
    subtitle: `requests in each pod, served or waiting, on average over each interval; steps of colour are equal${shown}`,
    alt: `Heat map of requests in the pod, ${pods.length} pods by ${labels.length} intervals of time. ${title}. The numbers are in the table below it.`,
    table: {
      headers: ['from, s', ...pods.map(({ pod }) => `${pod}: requests (busy)`)],
      rows: labels.map((label, at) => [
        label,
        ...pods.map(
          ({ requests, utilisation }) => `${formatNumber(requests[at])} (${formatPercent(utilisation[at])})`,
        ),
      ]),
    },
    picture: {
      kind: 'heat',
      x: { name: 'simulated time, s', labels },
      y: { name: 'pod', labels: pods.map(({ pod }) => pod) },
      cells: pods.flatMap(({ requests, utilisation }, y) =>
        requests.map((value, x) => ({
          x,
          y,
          step: Math.min(HEAT_STEPS - 1, Math.floor((HEAT_STEPS * value) / most)),
          text: formatNumber(value),
          note: formatPercent(utilisation[x]),
        })),
      ),
      least: '0',
      most: formatNumber(most),
      what: 'requests in the pod',
      noteName: 'servers busy',
      isDense: true,
    },
  }
}

/** In their own order. */
function fullestOf(pods: readonly PodOverTime[]): readonly PodOverTime[] {
  const bySize = [...pods].sort((left, right) => total(right.requests) - total(left.requests))
  const kept = new Set(bySize.slice(0, MAX_PODS))
  return pods.filter((pod) => kept.has(pod))
}

function mostOf({ requests }: PodOverTime): number {
  return requests.reduce((most, value) => Math.max(most, value), 0)
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

/** What a design point is like over time, with the names of its pods and nodes, in numbers short enough for a file. */

import { qualifiedName } from '../base/qualified-name.js'
import type { Cluster } from '../kubernetes/cluster.js'
import type { OverTimeSummary } from '../metrics/over-time.js'
import type { OverTime } from '../results/results-schema.js'

/** Pods, and nodes, that results hold over time: those with most in them. */
const MOST_HELD = 64

/** Significant digits of averages; peaks are integers. */
const DIGITS = 6

/** @param cluster - of the point */
export function overTimeResult(cluster: Cluster, summary: OverTimeSummary): OverTime {
  const { intervalNs, pods, nodes, clientPortsPeak, clientPortsMax } = summary
  return {
    intervalNs,
    pods: fullest(pods, ({ requests }) => total(requests)).map((index) => {
      const { utilisation, requests, placesPeak, places } = pods[index]
      return {
        pod: qualifiedName(cluster.pods[index]),
        utilisation: utilisation.map(short),
        requests: requests.map(short),
        placesPeak: [...placesPeak],
        places,
      }
    }),
    nodes: fullest(nodes, ({ conntrackPeak }) => total(conntrackPeak)).map((index) => ({
      node: cluster.nodes[index].name,
      conntrackPeak: [...nodes[index].conntrackPeak],
      masqueradePortsPeak: [...nodes[index].masqueradePortsPeak],
      masqueradePortsMax: nodes[index].masqueradePortsMax,
      backlogPeak: [...nodes[index].backlogPeak],
      backlogMax: nodes[index].backlogMax,
    })),
    clientPortsPeak: [...clientPortsPeak],
    clientPortsMax,
  }
}

/** Positions of those with most, in their own order. */
function fullest<T>(items: readonly T[], amountOf: (item: T) => number): readonly number[] {
  const amounts = items.map(amountOf)
  return [...amounts.keys()]
    .sort((a, b) => amounts[b] - amounts[a] || a - b)
    .slice(0, MOST_HELD)
    .sort((a, b) => a - b)
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}

function short(value: number): number {
  return Number(value.toPrecision(DIGITS))
}

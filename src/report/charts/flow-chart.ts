/**
 * Where the connections of a run go: from the caller by its way in to a zone, a node and a pod, as streams. Left out:
 * the zone of the client and the node that a packet enters by, which results do not hold.
 */
import { formatPercent } from '../../base/units.js'
import { spreadTotal } from '../../results/metric-catalogue.js'
import type { CallResult, Results } from '../../results/results-schema.js'
import { callFileName, serviceName } from '../calls.js'
import { figureText } from '../figures.js'
import type { Chart, FlowPicture } from './chart.js'

/** Calls of a run that have such a chart, and pods that one can show. */
const MAX_CALLS = 3
const MAX_PODS = 24

const COLUMNS = ['caller', 'way in', 'zone', 'node', 'pod'] as const

/** One chart for each call that reaches pods on more than one node. */
export function flowCharts(results: Results): readonly Chart[] {
  const [point] = results.points
  const zones = new Map(point.nodes.map(({ node, zone }) => [node, zone]))
  return point.calls
    .filter(isSpread)
    .slice(0, MAX_CALLS)
    .map((call) => flowChart(call, zones))
}

function isSpread({ connections }: CallResult): boolean {
  const reached = connections.perPod.filter(({ count }) => count > 0)
  return connections.perPod.length <= MAX_PODS && new Set(reached.map(({ node }) => node)).size > 1
}

function flowChart(call: CallResult, zones: ReadonlyMap<string, string>): Chart {
  const total = spreadTotal(call.connections)
  const who = `${call.caller} → ${serviceName(call)}`
  const ways = call.connections.perPod
    .filter(({ count }) => count > 0)
    .map(({ pod, node, count }) => ({
      path: [call.caller, `${serviceName(call)} by ${call.via}`, zones.get(node) || 'no zone', node, pod],
      count,
    }))
  const [busiest] = [...ways].sort((left, right) => right.count - left.count)
  const perNode = new Map<string, number>()
  for (const { path, count } of ways) perNode.set(path[3], (perNode.get(path[3]) ?? 0) + count)
  const [node, count] = [...perNode].sort((left, right) => right[1] - left[1])[0]
  const title = `${formatPercent(count / total, 2)} of the connections of ${who} end on ${node}, ${formatPercent(busiest.count / total, 2)} on ${busiest.path[4]}`
  return {
    name: `flow-${callFileName(call)}`,
    title,
    subtitle: 'connections from caller to pod; widths are counts, all replications together',
    alt: `Streams of connections from ${call.caller} by zone and node to ${ways.length} pods. ${title}. The numbers are in the table below it.`,
    table: {
      headers: ['pod', 'node', 'zone', 'connections', 'share'],
      rows: ways.map(({ path, count: connections }) => [
        path[4],
        path[3],
        path[2],
        figureText('count', connections),
        formatPercent(connections / total),
      ]),
    },
    picture: flowPicture(ways),
  }
}

function flowPicture(
  ways: readonly { readonly path: readonly string[]; readonly count: number }[],
): FlowPicture {
  const places = new Map<string, FlowPicture['places'][number]>()
  const streams = new Map<string, { from: string; to: string; count: number }>()
  for (const { path, count } of ways) {
    for (const [column, label] of path.entries()) {
      // A node may be called as a zone is; the column keeps them apart.
      const name = `${column} ${label}`
      places.set(name, { name, label, colourIndex: column })
      if (column === 0) continue
      const from = `${column - 1} ${path[column - 1]}`
      const key = JSON.stringify([from, name])
      const stream = streams.get(key) ?? { from, to: name, count: 0 }
      stream.count += count
      streams.set(key, stream)
    }
  }
  const names = [...places.keys()]
  return {
    kind: 'flow',
    places: [...places.values()],
    streams: [...streams.values()].map(({ from, to, count }) => ({
      from: names.indexOf(from),
      to: names.indexOf(to),
      count,
    })),
    columns: COLUMNS,
    what: 'connections',
  }
}

/**
 * Where the connections of a run go, as streams: from the zone of the client by the load balancer and the node that they enter by
 * to the node and the pod. Results of old, which hold no ways, give zone, node and pod only.
 */
import { formatPercent } from '../../base/units.js'
import { spreadTotal } from '../../results/metric-catalogue.js'
import type { CallResult, CallWays, NodeResult, Results } from '../../results/results-schema.js'
import { callFileName, serviceName } from '../calls.js'
import { figureText } from '../figures.js'
import type { Chart, FlowPicture } from './chart.js'

/** Calls of a run that have such a chart; pods, and nodes that connections enter by, that one can show. */
const MAX_CALLS = 3
const MAX_PODS = 24
const MAX_ENTRIES = 24

/** Connections that take the same places. */
interface Way {
  /** A label for each column. */
  readonly path: readonly string[]
  readonly count: number
}

/** All ways of a call. */
interface Ways {
  readonly columns: readonly string[]
  readonly ways: readonly Way[]
}

/** One chart for each call that reaches pods on more than one node. */
export function flowCharts(results: Results): readonly Chart[] {
  const [{ calls, nodes }] = results.points
  return calls
    .filter(isSpread)
    .slice(0, MAX_CALLS)
    .map((call) => flowChart(call, nodes))
}

function isSpread({ connections, ways }: CallResult): boolean {
  const reached = connections.perPod.filter(({ count }) => count > 0)
  const entries = new Set(ways?.counts.map(([, , entry]) => entry))
  return (
    connections.perPod.length <= MAX_PODS &&
    entries.size <= MAX_ENTRIES &&
    new Set(reached.map(({ node }) => node)).size > 1
  )
}

function flowChart(call: CallResult, nodes: readonly NodeResult[]): Chart {
  const total = spreadTotal(call.connections)
  const who = `${call.caller} → ${serviceName(call)}`
  const { columns, ways } = call.ways === undefined ? pathsOf(call, nodes) : waysOf(call, call.ways, nodes)
  const title = `${who}: ${entryPhrase(ways, columns, total)}${busiestPhrase(ways, total)}`
  return {
    name: `flow-${callFileName(call)}`,
    title,
    subtitle: `connections by ${columns.join(', ')}; widths are counts, all replications together`,
    alt: `Streams of connections of ${who} from left to right: ${columns.join(', ')}. ${title}. The numbers are in the table below it.`,
    table: {
      headers: [...columns, 'connections', 'share'],
      rows: ways.map(({ path, count }) => [
        ...path,
        figureText('count', count),
        formatPercent(count / total),
      ]),
    },
    picture: flowPicture(columns, ways),
  }
}

/** `66.7 % enter by another node than that of their pod; `: what a second node costs. Nothing where no way says so. */
function entryPhrase(ways: readonly Way[], columns: readonly string[], total: number): string {
  const entry = columns.indexOf('entry node')
  const node = columns.indexOf('node')
  if (entry < 0) return ''
  const others = ways.filter(({ path }) => path[entry] !== path[node])
  const share = others.reduce((sum, { count }) => sum + count, 0) / total
  const text = share === 0 ? 'none enter' : share === 1 ? 'all enter' : `${formatPercent(share, 2)} enter`
  return `${text} by another node than that of their pod; `
}

function busiestPhrase(ways: readonly Way[], total: number): string {
  const perPod = new Map<string, number>()
  for (const { path, count } of ways) {
    const pod = path.at(-1) ?? ''
    perPod.set(pod, (perPod.get(pod) ?? 0) + count)
  }
  const [[pod, count]] = [...perPod].sort((left, right) => right[1] - left[1])
  return `${formatPercent(count / total, 2)} end on ${pod}`
}

/** From client zone to pod, with the load balancer where there is one. */
function waysOf(call: CallResult, { from, machines, counts }: CallWays, nodes: readonly NodeResult[]): Ways {
  const hasBalancer = machines.length > 0
  const ways = counts.map(([zone, machine, entry, position, count]) => {
    const { pod, node } = call.connections.perPod[position]
    const balancer = machine < 0 ? 'none' : [call.service, machines[machine]].join(' ').trim()
    const path = [from[zone] || 'no zone', ...(hasBalancer ? [balancer] : []), nodes[entry].node, node, pod]
    return { path, count }
  })
  const columns = ['client zone', ...(hasBalancer ? ['load balancer'] : []), 'entry node', 'node', 'pod']
  return { columns, ways }
}

function pathsOf(call: CallResult, nodes: readonly NodeResult[]): Ways {
  const zones = new Map(nodes.map(({ node, zone }) => [node, zone]))
  const ways = call.connections.perPod
    .filter(({ count }) => count > 0)
    .map(({ pod, node, count }) => ({
      path: [call.caller, `${serviceName(call)} by ${call.via}`, zones.get(node) || 'no zone', node, pod],
      count,
    }))
  return { columns: ['caller', 'way in', 'zone', 'node', 'pod'], ways }
}

function flowPicture(columns: readonly string[], ways: readonly Way[]): FlowPicture {
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
    columns,
    what: 'connections',
  }
}

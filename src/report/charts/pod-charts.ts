/** Connections and requests per pod beside each other, each with its even share: a chart for each call of a run. */
import { spreadTotal } from '../../results/metric-catalogue.js'
import type { CallResult, Results } from '../../results/results-schema.js'
import { callFileName, callTitle, serviceName } from '../calls.js'
import { figureText, spreadVerdict, timesText } from '../figures.js'
import { allSpreadRows } from '../spread-rows.js'
import type { Chart } from './chart.js'
import { spreadPanel } from './spread-chart.js'

const MAX_CALLS = 7

/** None for calls that have no choice of pods. */
export function podCharts(results: Results): readonly Chart[] {
  return results.points[0].calls
    .filter(({ connections }) => connections.perPod.length > 1 && spreadTotal(connections) > 0)
    .slice(0, MAX_CALLS)
    .map(podChart)
}

function podChart(call: CallResult): Chart {
  const { connections, requests } = call
  const who = `${call.caller} → ${serviceName(call)}`
  const ratio = timesText(connections.maxOverMean.value ?? 1)
  const requestRatio = timesText(requests.maxOverMean.value ?? 1)
  const verdict = spreadVerdict(connections.pValue)
  const title = `${who}: the busiest pod gets ${ratio} times the even share of connections and ${requestRatio} times that of requests${verdict === undefined ? '' : ` (${verdict})`}`
  const pods = allSpreadRows(call)
  const spreads = [
    ['connections', connections],
    ['requests', requests],
  ] as const
  const panels = spreads
    .filter(([, spread]) => spreadTotal(spread) > 0 && spread.perPod.length > 0)
    .map(([what, spread]) => spreadPanel(what, spread))
  return {
    name: `pods-${callFileName(call)}`,
    title,
    subtitle: `dashed: what each pod would get if all got the same${pods.length > 40 ? '; many pods: busiest first' : ''}`,
    alt: `Bars of connections and requests per pod of ${callTitle(call)}. ${title}. The numbers are in the table below it.`,
    table: {
      headers: ['pod', 'node', 'connections', 'requests'],
      rows: pods.map((row) => [
        row.pod,
        row.node,
        figureText('count', row.connections),
        figureText('count', row.requests),
      ]),
    },
    picture: { kind: 'panels', y: { name: '' }, panels },
  }
}

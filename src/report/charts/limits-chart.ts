/** How much of each limit is used over time: tables of connections, ports, backlogs of nodes; ports of clients; places of pods. */
import { formatCount, formatNumber, formatPercent } from '../../base/units.js'
import type { OverTime, Results } from '../../results/results-schema.js'
import { MAX_SERIES } from '../sweep-series.js'
import type { Chart, LinePicture } from './chart.js'
import { intervalPhrase, intervalStartS, timeTicks } from './time-axis.js'

/** Limits in the table of the chart. */
const MAX_IN_TABLE = 24

/** From this share of a limit on, the chart goes up to all of it. */
const NEAR = 0.5

/** A limit counts as used up from here: what does not fit is turned away below the last one, too. */
const FULL = 0.999

/** One limit of one thing. */
interface LimitUse {
  /** `tracked connections of node-a`. */
  readonly label: string
  readonly max: number
  /** Most in use, by interval. */
  readonly peaks: readonly number[]
  /** The greatest of them. */
  readonly most: number
}

/** One chart of a run; none where results hold nothing over time, or no limit is touched. */
export function limitsChart(results: Results): Chart | undefined {
  const overTime = results.points[0].overTime
  if (overTime === undefined) return undefined
  const uses = limitUses(results, overTime)
  const [fullest] = uses
  if (fullest === undefined) return undefined
  const title = finding(fullest, results, overTime)
  const drawn = uses.slice(0, MAX_SERIES)
  const listed = uses.slice(0, MAX_IN_TABLE)
  const rest = uses.length > drawn.length ? `; the ${drawn.length} fullest of ${uses.length}` : ''
  return {
    name: 'limits-over-time',
    title,
    subtitle: `most in use at once in each interval, as a share of the limit${rest}`,
    alt: `Curves of the use of ${drawn.length === 1 ? 'one limit' : `${drawn.length} limits`} over time. ${title}. The numbers are in the table below it.`,
    table: {
      headers: ['to, s', ...listed.map(({ label, max }) => `${label}, of ${formatCount(max)}`)],
      rows: fullest.peaks.map((_, at) => [
        formatNumber(intervalStartS(results, overTime, at + 1), 6),
        ...listed.map(({ peaks, max }) => `${formatCount(peaks[at])} (${formatPercent(peaks[at] / max)})`),
      ]),
    },
    picture: limitsPicture(drawn, results, overTime),
  }
}

function finding({ label, most, peaks, max }: LimitUse, results: Results, overTime: OverTime): string {
  const isFull = (peak: number) => peak >= FULL * max
  const first = peaks.findIndex(isFull)
  const name = label.charAt(0).toUpperCase() + label.slice(1)
  if (first >= 0) {
    const often = `${peaks.filter(isFull).length} of ${peaks.length} intervals`
    return `${name} are at their limit of ${formatCount(max)} in ${often}, first ${intervalPhrase(results, overTime, first)}`
  }
  const when = intervalPhrase(results, overTime, peaks.indexOf(most))
  return `No limit is used up; nearest to it are ${label}, ${formatPercent(most / max)} of ${formatCount(max)} ${when}`
}

/** Those that are used at all, the fullest first. */
function limitUses({ points: [{ nodes }] }: Results, overTime: OverTime): readonly LimitUse[] {
  const maxOf = new Map(nodes.map(({ node, conntrackMax }) => [node, conntrackMax]))
  const ofNodes = overTime.nodes.flatMap((each) => [
    limitUse(`tracked connections of ${each.node}`, maxOf.get(each.node) ?? 0, each.conntrackPeak),
    limitUse(
      `masquerade ports of ${each.node} to one endpoint`,
      each.masqueradePortsMax,
      each.masqueradePortsPeak,
    ),
    limitUse(`packets waiting for processors of ${each.node}`, each.backlogMax, each.backlogPeak),
  ])
  const ofPods = overTime.pods.map((each) => limitUse(`places of ${each.pod}`, each.places, each.placesPeak))
  const ofClients = limitUse('ports of one client', overTime.clientPortsMax, overTime.clientPortsPeak)
  return [...ofNodes, ofClients, ...ofPods]
    .filter(({ most, max }) => most > 0 && max > 0)
    .sort((left, right) => right.most / right.max - left.most / left.max)
}

function limitUse(label: string, max: number, peaks: readonly number[]): LimitUse {
  const most = peaks.reduce((left, right) => Math.max(left, right), 0)
  return { label, max, peaks, most }
}

function limitsPicture(uses: readonly LimitUse[], results: Results, overTime: OverTime): LinePicture {
  const count = overTime.clientPortsPeak.length
  const startS = intervalStartS(results, overTime, 0)
  const endS = intervalStartS(results, overTime, count)
  const isNear = uses[0].most >= NEAR * uses[0].max
  return {
    kind: 'lines',
    x: {
      name: 'simulated time, s',
      isContinuous: true,
      ticks: timeTicks(startS, endS),
      unit: 's',
    },
    y: { name: 'share of the limit, %', unit: '%', ...(isNear ? { max: 100 } : {}) },
    series: uses.map(({ label, max, peaks }, styleIndex) => ({
      label,
      styleIndex,
      isCompanion: false,
      points: peaks.map((peak, at) => ({
        x: intervalStartS(results, overTime, at + 1),
        y: (100 * peak) / max,
        half: 0,
        text: '',
      })),
    })),
    endLabels: [],
  }
}

/** The watched time against replicas at the rate of the details, and against the rate for each number of replicas. */
import { formatCount, formatNumber } from '../../base/units.js'
import type { Chart, LinePicture, LineSeries } from '../charts/chart.js'
import { numberPlaces } from '../charts/number-places.js'
import { estimateText, figureText, NO_VALUE } from '../figures.js'
import { MAX_SERIES } from '../sweep-series.js'
import { UNSTABLE_MARK } from '../unstable.js'
import { type CapacityView, cellAt, TIME } from './capacity-view.js'
import { limitText, listed, objectiveText, rateText, replicasText } from './capacity-words.js'
import { gridSteps, type ReplicaStep, replicaSteps, stepText } from './replica-steps.js'
import { type TimeScale, timeScale } from './time-scale.js'

/** Rates that make a curve. */
const MIN_RATES = 3

/** The time against replicas; undefined where nothing was simulated at that rate. */
export function replicaChart(view: CapacityView): Chart | undefined {
  const { capacity, watched } = view
  const steps = replicaSteps(view)
  if (steps.length === 0) return undefined
  const scale = timeScale(
    steps.map(({ time }) => time),
    watched.objective?.limit,
  )
  const replicas = steps.map((step) => step.replicas)
  const place = numberPlaces(replicas)
  const finding = replicaFinding(view, steps)
  return {
    name: 'time-by-replicas',
    title: finding,
    subtitle: `${watched.label} at ${rateText(capacity.details.ratePerSec)}, band: 95 % interval${crossPhrase(steps)}${overloadedPhrase(view)}`,
    alt: `Chart of ${watched.label} against replicas with the objective as a line. ${finding}. The numbers are in the table below it.`,
    table: {
      headers: ['replicas', watched.label, 'objectives'],
      rows: steps.map((step) => [formatCount(step.replicas), stepText(step), step.verdict ?? NO_VALUE]),
    },
    picture: {
      ...linesOf(view, scale),
      x: {
        name: 'replicas',
        isContinuous: true,
        ticks: replicas.map((count) => ({ at: place(count), label: formatCount(count) })),
      },
      hasBands: true,
      series: [seriesOf(watched.label, 0, steps, (step) => place(step.replicas), scale)],
    },
  }
}

/** The time against the rate, a line for each number of replicas with enough rates; undefined where none has. */
export function rateChart(view: CapacityView): Chart | undefined {
  const { watched } = view
  const steps = gridSteps(view)
  const curves = shownReplicas(view, steps)
  if (curves.length === 0) return undefined
  const shown = steps.filter(({ replicas }) => curves.includes(replicas))
  const rates = [...new Set(shown.map(({ ratePerSec }) => ratePerSec))].sort((left, right) => left - right)
  const place = numberPlaces(rates)
  const scale = timeScale(
    shown.map(({ time }) => time),
    watched.objective?.limit,
  )
  const finding = rateFinding(view, curves)
  const ofCurve = (replicas: number) => shown.filter((step) => step.replicas === replicas)
  return {
    name: 'time-by-rate',
    title: finding,
    subtitle: `${watched.label} against the rate, for ${listed(curves.map(formatCount), 'and')} replicas, with 95 % intervals${crossPhrase(shown)}`,
    alt: `Chart of ${watched.label} against the rate, ${curves.length === 1 ? 'one line' : `${curves.length} lines`}. ${finding}. The numbers are in the table below it.`,
    table: {
      headers: ['requests/s', ...curves.map(replicasText)],
      rows: rates.map((rate) => [
        formatNumber(rate),
        ...curves.map((replicas) => {
          const step = ofCurve(replicas).find(({ ratePerSec }) => ratePerSec === rate)
          return step === undefined ? NO_VALUE : stepText(step)
        }),
      ]),
    },
    picture: {
      ...linesOf(view, scale),
      x: {
        name: 'requests/s',
        isContinuous: true,
        ticks: rates.map((rate) => ({ at: place(rate), label: formatNumber(rate) })),
      },
      series: curves.map((replicas, index) =>
        seriesOf(replicasText(replicas), index, ofCurve(replicas), (step) => place(step.ratePerSec), scale),
      ),
    },
  }
}

/** Those with enough rates; where they are too many, some of them, that of the details among them. */
function shownReplicas({ capacity }: CapacityView, steps: readonly ReplicaStep[]): readonly number[] {
  const all = capacity.replicas.filter(
    (replicas) => steps.filter((step) => step.replicas === replicas).length >= MIN_RATES,
  )
  if (all.length <= MAX_SERIES) return all
  const every = (all.length - 1) / (MAX_SERIES - 1)
  const picked = Array.from({ length: MAX_SERIES }, (_, index) => all[Math.round(index * every)])
  const { replicas } = capacity.details
  if (replicas === null || picked.includes(replicas) || !all.includes(replicas)) return picked
  const nearest = picked.reduce((left, right) =>
    Math.abs(right - replicas) < Math.abs(left - replicas) ? right : left,
  )
  return picked.map((each) => (each === nearest ? replicas : each))
}

/** What both charts share: the vertical axis and the objective. */
function linesOf(
  { watched }: CapacityView,
  scale: TimeScale,
): Pick<LinePicture, 'kind' | 'y' | 'limits' | 'endLabels'> {
  const { objective } = watched
  return {
    kind: 'lines',
    y: {
      name: `${watched.label}, ${scale.unit}`,
      unit: scale.unit,
      ...(scale.ticks === undefined ? {} : { ticks: scale.ticks }),
    },
    limits:
      objective === undefined
        ? []
        : [{ at: scale.place(objective.limit), label: `objective: ${limitText(objective)}` }],
    endLabels: [],
  }
}

function seriesOf(
  label: string,
  styleIndex: number,
  steps: readonly ReplicaStep[],
  place: (step: ReplicaStep) => number,
  scale: TimeScale,
): LineSeries {
  const points = steps.map((step) => {
    const { value, halfWidth95 } = step.time
    const half = halfWidth95 ?? 0
    return {
      x: place(step),
      y: scale.place(value),
      half: scale.ticks === undefined ? half / scale.size : half > 0 ? 1 : 0,
      text: scale.ticks === undefined ? figureText(TIME, value) : estimateText(TIME, step.time),
      ...(step.isUnstable ? { isUnstable: true } : {}),
      ...(scale.ticks === undefined
        ? {}
        : { interval: [scale.place(value - half), scale.place(value + half)] as const }),
    }
  })
  return { label, styleIndex, isCompanion: false, points }
}

function replicaFinding(view: CapacityView, steps: readonly ReplicaStep[]): string {
  const { capacity, watched } = view
  const rate = rateText(capacity.details.ratePerSec)
  const least = steps.find(({ replicas }) => replicas === capacity.details.replicas)
  if (least !== undefined)
    return `${replicasText(least.replicas)} ${least.replicas === 1 ? 'is' : 'are the fewest that are'} enough at ${rate}, with a ${watched.label} of ${estimateText(TIME, least.time)}`
  const [first] = steps
  const last = steps.at(-1) ?? first
  const goal =
    watched.objective === undefined ? '' : `, the objective is ${objectiveText(capacity, watched.objective)}`
  return `At ${rate} ${watched.label} is ${estimateText(TIME, last.time)} with ${replicasText(last.replicas)}${goal}`
}

/** `With 3 replicas the objectives are kept up to 400 requests/s, at 700 they are not`. */
function rateFinding({ capacity }: CapacityView, curves: readonly number[]): string {
  const { replicas: needed } = capacity.details
  const replicas = needed !== null && curves.includes(needed) ? needed : (curves.at(-1) ?? 0)
  const row = capacity.greatestRates.find((each) => each.replicas === replicas)
  const holds = row?.holdsPerSec ?? null
  const fails = row?.failsPerSec ?? null
  const start = `With ${replicasText(replicas)} the objectives are kept`
  if (holds === null) return `${start} at none of these rates`
  return `${start} up to ${rateText(holds)}${fails === null ? '' : `, at ${formatNumber(fails)} they are not`}`
}

/** Says what a cross is, where there is one. */
function crossPhrase(steps: readonly ReplicaStep[]): string {
  return steps.some(({ isUnstable }) => isUnstable)
    ? `; × (${UNSTABLE_MARK}): no steady state, so it depends on how long the run is`
    : ''
}

/** Which numbers of replicas can not be shown. */
function overloadedPhrase(view: CapacityView): string {
  const { capacity } = view
  const { ratePerSec } = capacity.details
  const most = capacity.replicas
    .filter((replicas) => cellAt(view, ratePerSec, replicas)?.basis === 'overloaded')
    .at(-1)
  return most === undefined ? '' : `; up to ${replicasText(most)} can not do so much at all`
}

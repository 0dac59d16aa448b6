/** What settings of the Service do at each number of replicas: returns to the same pod, spread, and time. */
import { formatCount, formatNumber } from '../../base/units.js'
import { type Metric, metricAt } from '../../results/metric-catalogue.js'
import type { Estimate } from '../../results/results-schema.js'
import type { Chart, LinePicture, LineSeries } from '../charts/chart.js'
import { numberPlaces } from '../charts/number-places.js'
import { estimateText, figureText, NO_VALUE } from '../figures.js'
import { MAX_SERIES } from '../sweep-series.js'
import { type AlternativeStep, alternativeSteps, verdictWord } from './alternative-table.js'
import { type CapacityView, clientCall, TIME, watchedAt } from './capacity-view.js'
import { rateText, replicasText } from './capacity-words.js'
import { timeScale } from './time-scale.js'

/** What one chart shows. */
interface Subject {
  readonly name: string
  readonly unit: Metric['unit']
  /** On the vertical axis. */
  readonly axis: string
  /** What stands before and after the range of figures in the finding. */
  readonly before: string
  readonly after: string
  readonly how: string
  readonly of: (step: AlternativeStep) => Estimate | undefined
  /** How many of the stored unit make one of the axis. */
  readonly size: number
  readonly max?: number
  /** A dashed line to compare with. */
  readonly byReplicas?: { readonly label: string; readonly at: (replicas: number) => number }
}

/** An alternative and its points. */
interface Line {
  readonly name: string
  readonly steps: readonly AlternativeStep[]
}

/** Three charts; none where alternatives were tried at one number of replicas only. */
export function alternativeCharts(view: CapacityView): readonly Chart[] {
  const lines = view.capacity.alternatives.map((alternative) => ({
    name: alternative.name,
    steps: alternativeSteps(view, alternative),
  }))
  const replicas = [...new Set(lines.flatMap(({ steps }) => steps.map((step) => step.replicas)))].sort(
    (left, right) => left - right,
  )
  if (lines.length === 0 || replicas.length < 2) return []
  return subjectsOf(view, lines).flatMap((subject) => {
    const isKnown = lines.some(({ steps }) => steps.some((step) => figureOf(subject, step) !== undefined))
    return isKnown ? [chartOf(view, subject, lines, replicas)] : []
  })
}

function subjectsOf(view: CapacityView, lines: readonly Line[]): readonly Subject[] {
  const times = lines.flatMap(({ steps }) => steps.flatMap(({ point }) => watchedAt(view, point) ?? []))
  const scale = timeScale(times, undefined)
  const ofCall = (path: string) => (step: AlternativeStep) => {
    const call = clientCall(view, step.point)
    return call === undefined ? undefined : metricAt(path).of(call)
  }
  return [
    {
      name: 'stickiness',
      unit: 'ratio',
      axis: 'return ratio, %',
      before: '',
      after: ' of returning connections reach the same pod again',
      how: 'share of returning connections that reach the same pod again; dashed: by chance, one in as many as there are replicas',
      of: ofCall('stickiness.returnRatio'),
      size: 0.01,
      max: 100,
      byReplicas: { label: 'by chance', at: (replicas) => 100 / replicas },
    },
    {
      name: 'spread',
      unit: 'number',
      axis: 'busiest pod over mean',
      before: 'the busiest pod gets ',
      after: ' times the mean of connections',
      how: 'connections of the busiest pod over the mean of all; dashed: an even spread',
      of: ofCall('connections.maxOverMean'),
      size: 1,
      byReplicas: { label: 'even', at: () => 1 },
    },
    {
      name: 'cost',
      unit: TIME,
      axis: `${view.watched.label}, ${scale.unit}`,
      before: `${view.watched.label} is `,
      after: '',
      how: view.watched.label,
      of: (step) => watchedAt(view, step.point),
      size: scale.size,
    },
  ]
}

function chartOf(
  view: CapacityView,
  subject: Subject,
  lines: readonly Line[],
  replicas: readonly number[],
): Chart {
  const finding = findingOf(view, subject, lines, replicas)
  const drawn = lines.slice(0, MAX_SERIES)
  const rest =
    lines.length > drawn.length
      ? `; ${formatCount(lines.length - drawn.length)} more settings in the table`
      : ''
  return {
    name: `${subject.name}-by-replicas`,
    title: finding,
    subtitle: `${subject.how}, at ${rateText(view.capacity.details.ratePerSec)}, with 95 % intervals${rest}`,
    alt: `Chart against replicas, a line for each of ${drawn.length} settings of the Service. ${finding}. The numbers are in the table below it.`,
    table: {
      headers: ['replicas', ...lines.map(({ name }) => name)],
      rows: replicas.map((count) => [
        formatCount(count),
        ...lines.map(({ steps }) => {
          const step = steps.find((each) => each.replicas === count)
          const estimate = step === undefined ? undefined : subject.of(step)
          return estimate === undefined ? NO_VALUE : estimateText(subject.unit, estimate)
        }),
      ]),
    },
    picture: pictureOf(subject, drawn, replicas),
  }
}

function pictureOf(subject: Subject, lines: readonly Line[], replicas: readonly number[]): LinePicture {
  const place = numberPlaces(replicas)
  const { byReplicas } = subject
  const compared: readonly LineSeries[] =
    byReplicas === undefined
      ? []
      : [
          {
            label: byReplicas.label,
            styleIndex: 6,
            isCompanion: true,
            points: replicas.map((count) => ({
              x: place(count),
              y: byReplicas.at(count),
              half: 0,
              text: formatNumber(byReplicas.at(count)),
            })),
          },
        ]
  return {
    kind: 'lines',
    x: {
      name: 'replicas',
      isContinuous: true,
      ticks: replicas.map((count) => ({ at: place(count), label: formatCount(count) })),
    },
    y: {
      name: subject.axis,
      unit: subject.axis.split(', ')[1] ?? '',
      ...(subject.max === undefined ? {} : { max: subject.max }),
    },
    series: [...lines.map((line, index) => seriesOf(subject, line, index, place)), ...compared],
    endLabels: [],
  }
}

function seriesOf(
  subject: Subject,
  { name, steps }: Line,
  styleIndex: number,
  place: (value: number) => number,
): LineSeries {
  const points = steps.flatMap((step) => {
    const value = figureOf(subject, step)
    if (value === undefined) return []
    const half = (subject.of(step)?.halfWidth95 ?? 0) / subject.size
    const text = figureText(subject.unit, value)
    return [{ x: place(step.replicas), y: value / subject.size, half, text }]
  })
  return { label: name, styleIndex, isCompanion: false, points }
}

function figureOf({ of }: Subject, step: AlternativeStep): number | undefined {
  return of(step)?.value ?? undefined
}

/** `With 3 replicas 33.3 % (as written) to 100 % (sessionAffinity: ClientIP) of …`. */
function findingOf(
  { capacity }: CapacityView,
  subject: Subject,
  lines: readonly Line[],
  replicas: readonly number[],
): string {
  const { replicas: needed } = capacity.details
  const at = needed !== null && replicas.includes(needed) && needed > 1 ? needed : (replicas.at(-1) ?? 0)
  const readings = lines.flatMap(({ name, steps }) => {
    const step = steps.find((each) => each.replicas === at)
    const value = step === undefined ? undefined : figureOf(subject, step)
    if (step === undefined || value === undefined) return []
    const isFailing = verdictWord(step.point) === 'failed'
    const label = isFailing ? `${name}, which fails` : name
    return [{ name: label, value, text: figureText(subject.unit, value) }]
  })
  const start = `With ${replicasText(at)}`
  if (readings.length === 0) return `${start} nothing was observed`
  const least = readings.reduce((left, right) => (right.value < left.value ? right : left))
  const most = readings.reduce((left, right) => (right.value > left.value ? right : left))
  const { before, after } = subject
  if (least.text === most.text) return `${start} ${before}${least.text}${after}, whatever the setting`
  return `${start} ${before}${least.text} (${least.name}) to ${most.text} (${most.name})${after}`
}

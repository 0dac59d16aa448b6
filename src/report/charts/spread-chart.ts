/** Connections per pod against the even share: a panel for each call of a run, or for each setting of a sweep. */
import { spreadTotal } from '../../results/metric-catalogue.js'
import type { CallResult, Results, Spread } from '../../results/results-schema.js'
import { callFileName, callTitle } from '../calls.js'
import { counted, figureText, NO_VALUE, pValueText, spreadVerdict, timesText } from '../figures.js'
import { settingPhrase } from '../sweep-axes.js'
import { sweepLines } from '../sweep-series.js'
import type { Chart, PanelPicture } from './chart.js'

/** Panels of one chart. */
const MAX_PANELS = 12

/** Calls of a run that have a chart. */
const MAX_CALLS = 7

/** Bars of one panel; of more pods every so-manieth is drawn. */
const MAX_BARS = 200

/** Pods that are drawn in their own order, so that they can be found; more are sorted. */
const MAX_UNSORTED = 40

/** What one panel shows. */
interface Panel {
  readonly title: string
  readonly call: CallResult
}

/** The charts: one for each call of a run, one for all settings of a sweep; none where nobody had a choice of pods. */
export function spreadCharts(results: Results): readonly Chart[] {
  if (results.sweep !== undefined) {
    const { panels, where } = sweepPanels(results)
    return spreadChart('connections-per-pod', panels, where)
  }
  return runPanels(results).flatMap((panel) =>
    spreadChart(`connections-${callFileName(panel.call)}`, [panel], ''),
  )
}

function spreadChart(name: string, all: readonly Panel[], where: string): readonly Chart[] {
  const panels = all.filter(
    ({ call }) => call.connections.perPod.length > 1 && spreadTotal(call.connections) > 0,
  )
  if (panels.length === 0) return []
  const shown = panels.slice(0, MAX_PANELS)
  const rest = panels.length - shown.length
  const title = finding(shown, where)
  const sorted = shown.some(({ call }) => call.connections.perPod.length > MAX_UNSORTED)
    ? '; many pods: busiest first'
    : ''
  return [
    {
      name,
      title,
      subtitle: `dashed: even share${sorted}${rest > 0 ? `; ${counted(rest, 'further case')} not drawn` : ''}`,
      alt: `Bars of connections per pod${shown.length === 1 ? ` of ${shown[0].title}` : `, ${shown.length} panels`}. ${title}. The numbers are in the table below it.`,
      table: {
        headers: ['case', 'pods', 'fewest', 'even share', 'most', 'max/mean', "Jain's index", 'spread'],
        rows: panels.map(tableRow),
      },
      picture: {
        kind: 'panels',
        y: { name: 'connections' },
        panels: shown.map(picturePanel),
      },
    },
  ]
}

function runPanels(results: Results): readonly Panel[] {
  return results.points[0].calls.slice(0, MAX_CALLS).map((call) => ({ title: callTitle(call), call }))
}

/** The calls at the last value of a numeric main factor (most replicas); at all values of one that is none. */
function sweepPanels(results: Results): {
  panels: readonly Panel[]
  where: string
} {
  const lines = sweepLines(results)
  if (lines === undefined) return { panels: runPanels(results), where: '' }
  const { axis, series } = lines
  if (axis.numbers === undefined) {
    const panels = series.flatMap(({ label, steps }) =>
      steps.map(({ value, call }) => ({
        title: [value, label].filter((text) => text !== '').join(', '),
        call,
      })),
    )
    return { panels, where: '' }
  }
  const last = axis.values[axis.numbers.indexOf(axis.numbers.reduce((left, right) => Math.max(left, right)))]
  const panels = series.flatMap(({ label, steps }) =>
    steps
      .filter(({ value }) => value === last)
      .map(({ call }) => ({
        title: label === '' ? callTitle(call) : label,
        call,
      })),
  )
  return { panels, where: ` at ${settingPhrase(axis, last)}` }
}

function finding(panels: readonly Panel[], where: string): string {
  const ratios = panels
    .map(({ call }) => call.connections.maxOverMean.value)
    .filter((value) => value !== null)
  if (ratios.length === 0) return `Connections per pod${where}`
  const texts = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => timesText(ratio))
  const range = texts[0] === texts[1] ? texts[0] : texts.join(' to ')
  const verdicts = panels.map(({ call }) => spreadVerdict(call.connections.pValue))
  const uneven = verdicts.filter((verdict) => verdict === 'uneven').length
  const verdict =
    uneven === 0 ? '' : panels.length === 1 ? ' (uneven)' : ` (uneven in ${uneven} of ${panels.length} cases)`
  return `The busiest pod gets ${range} times the even share of connections${where}${verdict}`
}

function picturePanel({ title, call }: Panel): PanelPicture['panels'][number] {
  return spreadPanel(title, call.connections)
}

/** Bars of one spread, in the order of the pods; of many pods, the busiest first. */
export function spreadPanel(title: string, spread: Spread): PanelPicture['panels'][number] {
  const pods = spread.perPod
  const prefix = commonPrefix(pods.map(({ pod }) => pod))
  const bars = pods.map(({ pod, count }) => ({
    label: pod.slice(prefix.length),
    name: pod,
    value: count,
  }))
  const even = spreadTotal(spread) / pods.length
  if (bars.length <= MAX_UNSORTED)
    return {
      title,
      xName: prefix === '' ? 'pod' : `pod ${prefix}…`,
      bars,
      even,
    }
  const sorted = [...bars].sort((left, right) => right.value - left.value)
  const step = Math.ceil(sorted.length / MAX_BARS)
  const drawn = sorted
    .filter((_, index) => index % step === 0)
    .map(({ value, name }) => ({ label: '', value, name }))
  const xName =
    step === 1 ? counted(bars.length, 'pod') : `${counted(bars.length, 'pod')}, every ${step}th drawn`
  return { title, xName, bars: drawn, even }
}

/** What all names begin with, up to a hyphen. */
function commonPrefix(names: readonly string[]): string {
  const [first] = names
  let end = first.lastIndexOf('-') + 1
  while (end > 0 && !names.every((name) => name.startsWith(first.slice(0, end))))
    end = first.lastIndexOf('-', end - 2) + 1
  return first.slice(0, end)
}

function tableRow({ title, call }: Panel): readonly string[] {
  const { connections } = call
  const counts = connections.perPod.map(({ count }) => count)
  const least = counts.reduce((left, right) => Math.min(left, right))
  const most = counts.reduce((left, right) => Math.max(left, right))
  const figures = [counts.length, least, spreadTotal(connections) / counts.length, most].map((value) =>
    figureText('count', value),
  )
  const ratios = [connections.maxOverMean, connections.jainIndex].map((each) =>
    figureText('number', each.value),
  )
  return [title, ...figures, ...ratios, verdictText(connections)]
}

function verdictText({ pValue }: Spread): string {
  return pValue === null ? NO_VALUE : `${pValueText(pValue)}, ${spreadVerdict(pValue)}`
}

/**
 * The lines of a chart over a sweep: what one call of a client group does along the main factor, for each setting of
 * the other factors; and how they are shared out among charts that can still be read.
 */
import type { CallResult, Results } from '../results/results-schema.js'
import { type CallSeries, callSeries } from './calls.js'
import { mainAxisIndex, type SweepAxis, settingAt, settingLabel, sweepAxes } from './sweep-axes.js'

/** One line. */
export interface SweepSeries {
  /** What tells it from the other lines of the sweep; empty if it is the only one. */
  readonly label: string
  /** The parts of the label, one for each thing that varies, in a fixed order. */
  readonly keys: readonly string[]
  /** Along the main factor, in the order of the points. */
  readonly steps: readonly SweepStep[]
}

/** One point of a line. */
export interface SweepStep {
  readonly value: string
  /** The value as a number; undefined if the factor is not numeric. */
  readonly number: number | undefined
  readonly call: CallResult
}

/** The lines of one sweep. */
export interface SweepLines {
  readonly axis: SweepAxis
  /** The factor that each key of a series is a value of; empty for the call. */
  readonly keyNames: readonly string[]
  readonly series: readonly SweepSeries[]
}

/** Lines that one chart can hold apart. */
export const MAX_SERIES = 7

/**
 * The lines of a sweep; undefined if nothing varies or nothing was called.
 *
 * @param mainIndex - the factor that they run along; by default the main one
 */
export function sweepLines(
  results: Results,
  mainIndex = mainAxisIndex(sweepAxes(results)),
): SweepLines | undefined {
  const axes = sweepAxes(results)
  if (mainIndex === undefined) return undefined
  const calls = clientSeries(results)
  const otherIndexes = axes
    .map((_, index) => index)
    .filter((index) => index !== mainIndex && axes[index].values.length > 1)
  const keyNames = [...(calls.length > 1 ? [''] : []), ...otherIndexes.map((index) => axes[index].name)]
  const byKey = new Map<string, { keys: readonly string[]; steps: SweepStep[] }>()
  for (const call of calls) {
    for (const [pointIndex, point] of results.points.entries()) {
      const result = call.calls[pointIndex]
      if (result === undefined) continue
      const labels = otherIndexes.map((index) => settingLabel(axes[index], settingAt(point, index)))
      const keys = [...(calls.length > 1 ? [call.title] : []), ...labels]
      const line = byKey.get(JSON.stringify(keys)) ?? { keys, steps: [] }
      const value = settingAt(point, mainIndex)
      const number = axes[mainIndex].numbers?.[axes[mainIndex].values.indexOf(value)]
      line.steps.push({ value, number, call: result })
      byKey.set(JSON.stringify(keys), line)
    }
  }
  const series = [...byKey.values()].map(({ keys, steps }) => ({
    label: keys.join(' · '),
    keys,
    steps: inOrder(steps),
  }))
  return series.length === 0 ? undefined : { axis: axes[mainIndex], keyNames, series }
}

/** A factor with two values, by which the lines of a chart are solid or dashed. */
export interface Pairing {
  /** Its name, e.g. `affinity`. */
  readonly factor: string
  readonly solid: string
  readonly dashed: string
  /** The lines of each kind, labelled by the rest of what tells them apart; one order of labels for both. */
  readonly solidSeries: readonly SweepSeries[]
  readonly dashedSeries: readonly SweepSeries[]
}

/** What switches something off is drawn dashed. */
const OFF = /^(?:.* )?(?:none|off|false|no|0)$/i

/**
 * Pairs lines that are too many for one chart: those that differ in a factor of two values share colour and marker.
 *
 * @returns undefined if they are few, or no factor has two values, or there are too many pairs
 */
export function pairedUp({ series, keyNames }: SweepLines): Pairing | undefined {
  if (series.length <= MAX_SERIES || series.length > 2 * MAX_SERIES) return undefined
  for (let index = series[0].keys.length - 1; index >= 0; index -= 1) {
    const values = [...new Set(series.map(({ keys }) => keys[index]))]
    if (values.length !== 2 || series[0].keys.length < 2 || keyNames[index] === '') continue
    const [dashed, solid] = OFF.test(values[1]) ? [values[1], values[0]] : values
    const of = (value: string) =>
      grouped(series, [index]).find(({ common }) => common === value)?.series ?? []
    const [solidSeries, dashedSeries] = [of(solid), of(dashed)]
    const isPaired = solidSeries.every(({ label }, at) => label === dashedSeries[at]?.label)
    if (isPaired && solidSeries.length === dashedSeries.length)
      return { factor: keyNames[index], solid, dashed, solidSeries, dashedSeries }
  }
  return undefined
}

/**
 * Shares lines out among charts of at most seven.
 *
 * @returns each with what its lines have in common (empty for a single chart); lines keep their order
 */
export function sharedOut(lines: SweepLines): readonly {
  readonly common: string
  readonly series: readonly SweepSeries[]
}[] {
  const keyCount = lines.series[0].keys.length
  // The way in is what readers compare most, so the lines of a chart differ in it as long as they can.
  const order = Array.from({ length: keyCount }, (_, index) => index).sort(
    (left, right) => Number(isWayIn(lines, left)) - Number(isWayIn(lines, right)),
  )
  for (let splitCount = 0; splitCount < keyCount; splitCount += 1) {
    const groups = grouped(
      lines.series,
      order.slice(0, splitCount).sort((left, right) => left - right),
    )
    if (groups.every((group) => group.series.length <= MAX_SERIES)) return groups
  }
  return grouped(lines.series, order.slice(0, -1)).flatMap(chunks)
}

/** Calls of client groups; calls of pods only if there are no others. */
function clientSeries(results: Results): readonly CallSeries[] {
  const workloads = new Set(results.points.flatMap((point) => point.pods.map((pod) => pod.workload)))
  const all = callSeries(results)
  const clients = all.filter((series) => !workloads.has(series.caller))
  return clients.length === 0 ? all : clients
}

function inOrder(steps: readonly SweepStep[]): readonly SweepStep[] {
  return [...steps].sort((left, right) => (left.number ?? 0) - (right.number ?? 0))
}

/** Whether lines with different n-th keys use different ways in. */
function isWayIn({ series }: SweepLines, keyIndex: number): boolean {
  const waysByKey = new Map<string, Set<string>>()
  for (const { keys, steps } of series) {
    const ways = waysByKey.get(keys[keyIndex]) ?? new Set<string>()
    for (const step of steps) ways.add(step.call.via)
    waysByKey.set(keys[keyIndex], ways)
  }
  const each = [...waysByKey.values()]
  return each.every((ways) => ways.size === 1) && new Set(each.map((ways) => [...ways].join(''))).size > 1
}

function grouped(
  series: readonly SweepSeries[],
  keyIndexes: readonly number[],
): { common: string; series: SweepSeries[] }[] {
  const groups = new Map<string, { common: string; series: SweepSeries[] }>()
  for (const each of series) {
    const common = keyIndexes.map((index) => each.keys[index]).join(' · ')
    const rest = each.keys.filter((_, index) => !keyIndexes.includes(index)).join(' · ')
    const group = groups.get(common) ?? { common, series: [] }
    group.series.push({ ...each, label: rest })
    groups.set(common, group)
  }
  return [...groups.values()]
}

function chunks(group: {
  common: string
  series: readonly SweepSeries[]
}): { common: string; series: readonly SweepSeries[] }[] {
  const count = Math.ceil(group.series.length / MAX_SERIES)
  return Array.from({ length: count }, (_, index) => ({
    common: [group.common, count > 1 ? `part ${index + 1} of ${count}` : '']
      .filter((text) => text !== '')
      .join(', '),
    series: group.series.slice(index * MAX_SERIES, (index + 1) * MAX_SERIES),
  }))
}

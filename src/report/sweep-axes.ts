/** The factors of a sweep as readers see them: which one is the horizontal axis of charts, and how values are named. */
import { parseDuration, parseRate } from '../base/units.js'
import type { PointResult, Results } from '../results/results-schema.js'

/** One factor. */
export interface SweepAxis {
  readonly name: string
  /** Its values in order of first appearance. */
  readonly values: readonly string[]
  /** The same as numbers (ns for times, per second for rates); undefined unless all are numbers of one kind. */
  readonly numbers: readonly number[] | undefined
}

/** Every factor of a sweep, in its order. */
export function sweepAxes(results: Results): readonly SweepAxis[] {
  const names = results.sweep?.axes ?? []
  return names.map((name, index) => {
    const values = [...new Set(results.points.map((point) => settingAt(point, index)))]
    return { name, values, numbers: asNumbers(values) }
  })
}

/** The value of the n-th factor in a point. */
export function settingAt(point: PointResult, axisIndex: number): string {
  return point.settings[axisIndex]?.value ?? ''
}

/**
 * The factor that figures are drawn against: replicas if they vary, else the numeric factor with most values, else
 * the first that varies.
 *
 * @returns its index; undefined if nothing varies
 */
export function mainAxisIndex(axes: readonly SweepAxis[]): number | undefined {
  const candidates = axes.map((axis, index) => ({ axis, index })).filter(({ axis }) => axis.values.length > 1)
  const numeric = candidates.filter(({ axis }) => axis.numbers !== undefined)
  const replicas = numeric.find(({ axis }) => isReplicas(axis.name))
  const widest = [...numeric].sort((left, right) => right.axis.values.length - left.axis.values.length)[0]
  return (replicas ?? widest ?? candidates[0])?.index
}

/** `3 replicas`, `rate = 40/s`: a value of a factor within a sentence. */
export function settingPhrase(axis: SweepAxis, value: string): string {
  if (!isReplicas(axis.name)) return `${axis.name} = ${value}`
  return value === '1' ? '1 replica' : `${value} replicas`
}

/** A value of a factor as a label: by itself where it says what it is, else with the name of the factor. */
export function settingLabel(axis: SweepAxis, value: string): string {
  const isBare = axis.numbers !== undefined || value === 'true' || value === 'false' || value === ''
  return isBare ? `${axis.name} ${value}` : value
}

/** `100/s`: how often something is asked for, not just any number. */
export function isRate(value: string): boolean {
  return value.includes('/') && parseRate(value) !== undefined
}

function isReplicas(name: string): boolean {
  return /(?:^|[. ])replicas$/i.test(name)
}

function asNumbers(values: readonly string[]): readonly number[] | undefined {
  for (const parse of [plainNumber, parseRate, parseDuration]) {
    const numbers = values.map(parse).filter((number) => number !== undefined)
    if (numbers.length === values.length && new Set(numbers).size === numbers.length) return numbers
  }
  return undefined
}

function plainNumber(text: string): number | undefined {
  return /^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$/.test(text) ? Number(text) : undefined
}

/** The main factor and the next numeric one with most values, by their indexes; undefined unless both are numeric. */
export function numericPair(
  results: Results,
): { readonly main: number; readonly second: number } | undefined {
  const axes = sweepAxes(results)
  const main = mainAxisIndex(axes)
  if (main === undefined || axes[main].numbers === undefined) return undefined
  const others = axes
    .map((axis, index) => ({ axis, index }))
    .filter(({ axis, index }) => index !== main && axis.numbers !== undefined && axis.values.length > 1)
    .sort((left, right) => right.axis.values.length - left.axis.values.length)
  return others.length === 0 ? undefined : { main, second: others[0].index }
}

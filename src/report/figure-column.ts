/** A column of figures that are compared with one another: one unit in the header, decimal points below each other. */
import { formatCount, formatDuration, formatNumber } from '../base/units.js'
import type { MetricUnit } from '../results/metric-catalogue.js'
import type { Estimate } from '../results/results-schema.js'
import { NO_VALUE } from './figures.js'
import { padded, textWidth } from './text-layout.js'

/** A column in its unit. */
export interface FigureColumn {
  /** `ms`, `%`, `/s`; empty for numbers without a unit. */
  readonly unit: string
  /** One text for each estimate. */
  readonly values: readonly string[]
  /** Half of each interval, with the decimals of the values: `±1.24`; empty where there is none. */
  readonly halves: readonly string[]
}

const TIME_UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['µs', 1_000],
  ['ms', 1_000_000],
  ['s', 1_000_000_000],
  ['min', 60_000_000_000],
  ['h', 3_600_000_000_000],
])

const POWERS_OF_TEN = [1, 10, 100, 1_000]

/**
 * Writes estimates as a column.
 *
 * @param estimates - undefined and null values become a dash
 */
export function figureColumn(unit: MetricUnit, estimates: readonly (Estimate | undefined)[]): FigureColumn {
  const sizes = estimates.map((each) => Math.abs(each?.value ?? 0)).filter((size) => size > 0)
  const least = sizes.reduce((left, right) => Math.min(left, right), sizes[0] ?? 0)
  const most = sizes.reduce((left, right) => Math.max(left, right), 0)
  const scale = scaleOf(unit, Math.sqrt(least) * Math.sqrt(most))
  const decimals = unit === 'ratio' ? ratioDecimals(estimates) : decimalsOf(unit, least / scale.size)
  const text = (value: number | null | undefined) =>
    value === null || value === undefined ? undefined : fixed(value / scale.size, decimals)
  return {
    unit: scale.name,
    values: estimates.map((each) => text(each?.value) ?? NO_VALUE),
    halves: estimates.map((each) => {
      const half = each?.halfWidth95 === 0 ? undefined : text(each?.halfWidth95)
      return half === undefined ? '' : `±${half}`
    }),
  }
}

/** The unit that suits a value in the middle of the column. */
function scaleOf(unit: MetricUnit, middle: number): { readonly name: string; readonly size: number } {
  if (unit === 'ratio') return { name: '%', size: 0.01 }
  if (unit === 'perSec') return { name: '/s', size: 1 }
  if (unit !== 'duration') return { name: '', size: 1 }
  const name = formatDuration(middle).split(' ')[1] ?? ''
  const size = middle === 0 ? undefined : TIME_UNITS.get(name)
  return size === undefined ? { name: 'ms', size: 1_000_000 } : { name, size }
}

/** Three significant digits for the least value, but no more than three decimals. */
function decimalsOf(unit: MetricUnit, least: number): number {
  if (unit === 'count') return 0
  const decimals = POWERS_OF_TEN.findIndex((power) => Math.round(least * power) >= 100)
  return decimals < 0 ? 3 : decimals
}

/** As few, up to six, as keep what is not the whole from reading 100. */
function ratioDecimals(estimates: readonly (Estimate | undefined)[]): number {
  const parts = estimates.map((each) => each?.value ?? 0).filter((value) => value < 1)
  const isSeen = (decimals: number) =>
    parts.every((value) => !(100 * value).toFixed(decimals).startsWith('100'))
  return [1, 2, 3, 4, 5].find(isSeen) ?? 6
}

/** Each value with its half interval beside it, the halves of equal width; the values alone if there are no halves. */
export function besideHalves(values: readonly string[], halves: readonly string[]): readonly string[] {
  const width = Math.max(0, ...halves.map(textWidth))
  return width === 0
    ? values
    : values.map((value, index) => `${value} ${padded(halves[index], width, 'right')}`)
}

/** Decimal text with commas between thousands. */
function fixed(value: number, decimals: number): string {
  if (Math.abs(value) >= 1e15) return formatNumber(value)
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.')
  const text = formatCount(Number(whole)) + (fraction === undefined ? '' : `.${fraction}`)
  return value < 0 ? `-${text}` : text
}

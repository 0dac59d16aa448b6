/** The vertical axis of charts of times: in the unit of a table of the same figures, by decades where they are far apart. */
import { formatNumber } from '../../base/units.js'
import type { Estimate } from '../../results/results-schema.js'
import { decadesOf, LOG_FROM, roundNumbers } from '../charts/log-scale.js'
import { figureColumn } from '../figure-column.js'

/** An axis. */
export interface TimeScale {
  readonly unit: string
  /** ns in one of the unit. */
  readonly size: number
  /** Height of a time in ns; of times of 0 and less the lowest. */
  readonly place: (ns: number) => number
  /** Labelled heights of decades; undefined: to scale. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[] | undefined
}

const SIZES: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9, min: 6e10, h: 3.6e12 }

/** The axis for these times, and for the objective, which belongs to them. */
export function timeScale(times: readonly Estimate[], limit: number | undefined): TimeScale {
  const unit = figureColumn('duration', times).unit
  const size = SIZES[unit] ?? 1
  const ends = times.flatMap(({ value, halfWidth95 }) =>
    value === null ? [] : [value - (halfWidth95 ?? 0), value, value + (halfWidth95 ?? 0)],
  )
  const positive = [...ends, ...(limit === undefined ? [] : [limit])].filter((each) => each > 0)
  const values = times.flatMap(({ value }) => (value !== null && value > 0 ? [value] : []))
  const least = values.reduce((left, right) => Math.min(left, right), values[0] ?? 0)
  const most = positive.reduce((left, right) => Math.max(left, right), 0)
  if (least <= 0 || most < LOG_FROM * least) return { unit, size, place: (ns) => ns / size, ticks: undefined }
  const numbers = roundNumbers(Math.min(least, limit ?? least) / size, most / size)
  const [floor] = numbers
  return {
    unit,
    size,
    place: (ns) => decadesOf(Math.max(floor, ns / size)),
    ticks: numbers.map((value) => ({ at: decadesOf(value), label: formatNumber(value) })),
  }
}

/** What a page tells its script, and how charts travel: without what is said by default, numbers to eight digits. */
import type { DrawnChart } from '../../charts/chart.js'

/** Charts by name; their places in the page are `figure[data-chart=NAME]`. */
export interface PageData {
  readonly charts: readonly DrawnChart[]
}

const DIGITS = 8

/** A chart as it stands in the page. */
export function packedChart({ name, title, subtitle, alt, picture }: DrawnChart): unknown {
  return packed({ name, title, subtitle, alt, picture })
}

/** The chart that it stands for. */
export function unpackedChart(chart: DrawnChart): DrawnChart {
  const { picture } = chart
  if (picture.kind === 'verdicts') {
    const cells = picture.cells.map((cell) => ({ ...cell, text: cell.text ?? '' }))
    return { ...chart, picture: { ...picture, cells } }
  }
  if (picture.kind !== 'lines') return chart
  const series = picture.series.map((each) => ({
    ...each,
    points: each.points.map((point) => ({ ...point, half: point.half ?? 0, text: point.text ?? '' })),
  }))
  return { ...chart, picture: { ...picture, series } }
}

function packed(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(DIGITS))
  if (Array.isArray(value)) return value.map(packed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(
    ([key, each]) => !(key === 'half' && each === 0) && !(key === 'text' && each === ''),
  )
  return Object.fromEntries(entries.map(([key, each]) => [key, packed(each)]))
}

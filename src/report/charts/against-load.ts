/** A figure against the load: flat for long, then steep. Lines that are drawn so that both can be read. */
import type { Metric } from '../../results/metric-catalogue.js'
import { figureText } from '../figures.js'
import type { LinePicture } from './chart.js'
import { decadesOf, LOG_FROM, roundNumbers } from './log-scale.js'

/**
 * The same with bands, and on a scale of equal factors if figures spread so far that the low ones would be one line.
 *
 * @param unitSize - how many of the unit of the metric make one of the vertical axis
 */
export function againstLoad(picture: LinePicture, unit: Metric['unit'], unitSize: number): LinePicture {
  const banded: LinePicture = { ...picture, hasBands: picture.x.isContinuous }
  const heights = [
    ...picture.series.flatMap(({ points }) => points.map(({ y }) => y)),
    ...(picture.limits ?? []).map(({ at }) => at),
  ].filter((y) => y > 0)
  const least = heights.reduce((left, right) => Math.min(left, right), heights[0] ?? 1)
  const most = heights.reduce((left, right) => Math.max(left, right), least)
  if (most < LOG_FROM * least) return banded
  const numbers = roundNumbers(least, most)
  const floor = numbers[0]
  const height = (value: number) => decadesOf(Math.max(floor, value))
  return {
    ...banded,
    y: {
      name: `${picture.y.name.replace(/,[^,]*$/, '')}, each step the same factor`,
      ticks: numbers.map((value) => ({ at: decadesOf(value), label: figureText(unit, value * unitSize) })),
    },
    series: picture.series.map((series) => ({
      ...series,
      points: series.points.map((point) => ({
        ...point,
        y: height(point.y),
        ...(point.half > 0
          ? { interval: [height(point.y - point.half), height(point.y + point.half)] as const }
          : {}),
      })),
    })),
    ...(picture.limits === undefined
      ? {}
      : { limits: picture.limits.map(({ at, label }) => ({ at: height(at), label })) }),
  }
}

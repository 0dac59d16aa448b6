/** What a pointer over lines is told: the figure of every line at the place that it points to. */
import { pow } from '../../base/exact-math.js'
import { formatNumber } from '../../base/units.js'
import { UNSTABLE_MARK } from '../unstable.js'
import type { LinePicture, LinePoint, LineSeries } from './chart.js'
import { type Drawing, type TipRow, tipOption } from './drawing.js'

/** Of all that echarts tells of a place on the axis. */
interface AtPlace {
  readonly axisValue: number
}

/** Lines with more points than this are curves, read at any place between their ends. */
const CURVE_FROM = 40

/** The settings of tips. */
export function lineTips(picture: LinePicture, drawing: Drawing): object {
  return tipOption<AtPlace | readonly AtPlace[]>(drawing, 'axis', (params) => {
    const at = Array.isArray(params) ? params[0]?.axisValue : (params as AtPlace).axisValue
    if (at === undefined) return undefined
    const rows = picture.series.flatMap((series) => rowAt(series, Number(at), picture))
    return { title: `${picture.x.name}: ${placeText(picture, Number(at))}`, rows }
  })
}

function rowAt(series: LineSeries, at: number, { y }: LinePicture): readonly TipRow[] {
  const point = series.points.length > CURVE_FROM ? curvePoint(series, at) : nearest(series, at)
  if (point === undefined) return []
  const { styleIndex, isCompanion, label } = series
  const mark = point.isUnstable === true ? ` ${UNSTABLE_MARK}` : ''
  const value = `${y.ticks === undefined ? figureAt(point, y.unit) : point.text}${mark}`
  return [{ colourIndex: styleIndex, isDashed: isCompanion, label, value }]
}

function figureAt({ y, half }: LinePoint, unit = ''): string {
  const halfText = half > 0 ? ` ± ${formatNumber(half, 2)}` : ''
  return `${formatNumber(y)}${halfText} ${unit}`.trim()
}

/** The point at the place itself. */
function nearest({ points }: LineSeries, at: number): LinePoint | undefined {
  return points.find(({ x }) => Math.abs(x - at) < 1e-9)
}

/** The step that the place is on. */
function curvePoint({ points }: LineSeries, at: number): LinePoint | undefined {
  const last = points.at(-1)
  if (last === undefined || at > last.x + 1e-9) return undefined
  return points.findLast(({ x }) => x <= at + 1e-9)
}

/** The label of a labelled place; `99.2 %` on an axis of percentiles. */
function placeText({ x, series }: LinePicture, at: number): string {
  const tick = x.ticks.find((each) => Math.abs(each.at - at) < 1e-9)
  if (tick !== undefined) return tick.label
  if (x.unit !== undefined) return `${formatNumber(at)} ${x.unit}`
  const isCurve = series.some(({ points }) => points.length > CURVE_FROM)
  return isCurve ? percentileText(at) : formatNumber(at)
}

/** 2.3 decades are 99.5 %. */
function percentileText(decades: number): string {
  const percent = 100 * (1 - pow(10, -decades))
  return `${Number(percent.toFixed(Math.min(8, Math.floor(decades) + 2)))} %`
}

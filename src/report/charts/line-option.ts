/** A line picture as a setting of echarts: lines with markers, intervals as error bars, a legend below the title. */
import type { CustomSeriesRenderItem } from 'echarts'
import type { EChartsCoreOption } from 'echarts/core'
import type { DrawnChart, LinePicture, LinePoint, LineSeries } from './chart.js'
import { type Drawing, NARROW } from './drawing.js'
import { lineTips } from './line-tips.js'
import { MARKERS } from './palette.js'
import { drawn, FONT, frameOf, MARGIN, textPixels } from './svg-frame.js'

const PLOT_HEIGHT = 260
const LEGEND_LINE = 22
const AXIS_SPACE = 58
const LEFT_SPACE = 64
const END_LABEL_SPACE = 226

/** Points that can carry their figure without covering one another. */
const MAX_LABELLED = 8

/** A limit higher above all figures than this factor would press them flat: it is left out of sight. */
const IN_SIGHT = 4

/** Characters of a legend entry. */
const LEGEND_CHARACTERS = 60

/** Marks a point without a steady state, whatever the marker of its line. */
const CROSS = 'path://M0,2L2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5Z'

/** The option and the height of the picture. */
export function lineOption(
  chart: DrawnChart,
  given: LinePicture,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  // Beside a narrow plot there is no room; the tips say which line is which.
  const picture = drawing.width < NARROW ? { ...given, endLabels: [] } : given
  const frame = frameOf(chart, drawing)
  const main = picture.series.filter((series) => !series.isCompanion)
  const legendLines = main.length > 1 ? legendLineCount(main, drawing.width) : 0
  const plotTop = frame.top + legendLines * LEGEND_LINE + 34
  const right = picture.endLabels.length === 0 ? 34 : END_LABEL_SPACE
  const height = plotTop + PLOT_HEIGHT + AXIS_SPACE
  const option: EChartsCoreOption = {
    ...frame.option,
    ...(legendLines === 0 ? {} : { legend: legendOption(main, frame.top, drawing) }),
    ...lineTips(picture, drawing),
    grid: { left: LEFT_SPACE, right, top: plotTop, height: PLOT_HEIGHT },
    xAxis: xAxisOption(picture, drawing),
    yAxis: yAxisOption(picture, drawing),
    series: [
      ...(picture.limits === undefined ? [] : [limitSeries(picture, drawing)]),
      ...marks(picture, drawing),
      ...(picture.endLabels.length === 0 ? [] : [endLabelSeries(picture, drawing)]),
    ],
  }
  return { option, height }
}

/** Lines over their intervals. The legend takes its colours from the first series of a name, which must be the line. */
function marks(picture: LinePicture, drawing: Drawing): readonly EChartsCoreOption[] {
  const intervals = picture.hasBands === true ? intervalBand : errorBars
  const bars = picture.series.map((series) => intervals(series, drawing))
  const lines = picture.series.map((series) => lineSeries(series, picture, drawing))
  return drawing.showTip === undefined ? [...bars, ...lines] : [...lines, ...bars]
}

function legendLineCount(series: readonly LineSeries[], width: number): number {
  let lines = 1
  let used = 0
  for (const { label } of series) {
    const entry = 46 + textPixels(drawn(label, LEGEND_CHARACTERS))
    if (used > 0 && used + entry > width - 2 * MARGIN) {
      lines += 1
      used = 0
    }
    used += entry
  }
  return lines
}

function legendOption(series: readonly LineSeries[], top: number, { palette }: Drawing): EChartsCoreOption {
  return {
    left: MARGIN - 5,
    right: MARGIN,
    top,
    itemGap: 16,
    itemWidth: 24,
    data: series.map(seriesName),
    textStyle: { fontFamily: FONT, fontSize: 12, color: palette.ink },
  }
}

/** Names are the identity of a series in echarts, so the index keeps equal labels apart (invisibly, at the end). */
function seriesName({ label, styleIndex }: LineSeries): string {
  return drawn(label, LEGEND_CHARACTERS) + ' '.repeat(styleIndex)
}

function xAxisOption({ x }: LinePicture, { palette }: Drawing): EChartsCoreOption {
  const places = x.ticks.map(({ at }) => at)
  const labels = new Map(x.ticks.map(({ at, label }) => [at, drawn(label, x.isContinuous ? 12 : 24)]))
  const padding = x.isContinuous ? 0 : 0.5
  return {
    type: 'value',
    min: Math.min(...places) - padding,
    max: x.isContinuous ? 'dataMax' : Math.max(...places) + padding,
    name: drawn(x.name, 60),
    nameLocation: 'middle',
    nameGap: 30,
    nameTextStyle: { fontFamily: FONT, fontSize: 12, color: palette.faintInk },
    axisLine: { onZero: false, lineStyle: { color: palette.faintInk } },
    axisTick: { customValues: places },
    axisLabel: {
      customValues: places,
      hideOverlap: true,
      fontFamily: FONT,
      color: palette.ink,
      formatter: (at: number) => labels.get(at) ?? '',
    },
    splitLine: { show: false },
  }
}

function yAxisOption({ y }: LinePicture, { palette }: Drawing): EChartsCoreOption {
  const yMax = y.max ?? y.ticks?.at(-1)?.at
  return {
    type: 'value',
    min: y.ticks?.[0].at ?? 0,
    ...(yMax === undefined ? {} : { max: yMax }),
    name: y.name,
    nameLocation: 'end',
    nameGap: 12,
    nameTextStyle: {
      fontFamily: FONT,
      fontSize: 12,
      color: palette.faintInk,
      align: 'left',
      padding: [0, 0, 0, MARGIN - LEFT_SPACE],
    },
    axisLine: { show: false },
    // Lines across the plot stand where marks would, which are not shown.
    axisTick: { show: false, ...yPlaces(y) },
    axisLabel: { fontFamily: FONT, color: palette.ink, ...yLabels(y) },
    splitLine: { lineStyle: { color: palette.gridLine } },
  }
}

function yLabels({ ticks }: LinePicture['y']): object {
  if (ticks === undefined) return {}
  const labels = new Map(ticks.map(({ at, label }) => [at, label]))
  return { ...yPlaces({ name: '', ticks }), formatter: (at: number) => labels.get(at) ?? '' }
}

function yPlaces({ ticks }: LinePicture['y']): object {
  return ticks === undefined ? {} : { customValues: ticks.map(({ at }) => at) }
}

/** Lines across the plot, each with its name at the left beside it. */
function limitSeries({ limits = [], series, x }: LinePicture, { palette }: Drawing): EChartsCoreOption {
  const most = series
    .flatMap(({ points }) => points.map(({ y }) => y))
    .reduce((left, right) => Math.max(left, right), 0)
  const near = limits.filter(({ at }) => at <= IN_SIGHT * most)
  return {
    type: 'line',
    silent: true,
    // Points that are not seen: the axis goes up to a limit that is near.
    showSymbol: false,
    lineStyle: { width: 0 },
    data: near.map(({ at }) => [x.ticks[0]?.at ?? 0, at]),
    markLine: {
      silent: true,
      symbol: 'none',
      lineStyle: { color: palette.ink, width: 1.5, type: [2, 3] },
      data: limits.map(({ at, label }) => ({
        yAxis: at,
        label: {
          // The name of the axis stands above the plot.
          position: at >= most ? 'insideStartBottom' : 'insideStartTop',
          formatter: () => drawn(label, 40),
          fontFamily: FONT,
          fontSize: 12,
          color: palette.ink,
          textBorderColor: palette.ground,
          textBorderWidth: 3,
        },
      })),
    },
    z: 5,
  }
}

function lineSeries(
  series: LineSeries,
  { x, series: all }: LinePicture,
  { palette, showTip }: Drawing,
): EChartsCoreOption {
  const colour = palette.colours[series.styleIndex % palette.colours.length]
  const isDense = series.points.length > 40
  const isLabelled = all.every(({ styleIndex }) => styleIndex === 0) && series.points.length <= MAX_LABELLED
  return {
    type: 'line',
    name: showTip === undefined && series.isCompanion ? '' : seriesName(series),
    silent: true,
    emphasis: { disabled: true },
    symbol: MARKERS[series.styleIndex % MARKERS.length],
    symbolSize: series.isCompanion ? 5 : 8,
    showSymbol: !isDense,
    itemStyle: { color: colour },
    lineStyle: {
      color: colour,
      width: x.isContinuous ? (series.isCompanion ? 1.5 : 2.5) : 0,
      type: series.isCompanion ? [5, 4] : 'solid',
    },
    label: {
      show: isLabelled,
      position: series.isCompanion ? 'bottom' : 'top',
      distance: 7,
      fontFamily: FONT,
      fontSize: 11,
      color: palette.ink,
      textBorderColor: palette.ground,
      textBorderWidth: 3,
      formatter: ({ dataIndex }: { dataIndex: number }) => series.points[dataIndex].text,
    },
    data: series.points.map(({ x: at, y, isUnstable }) =>
      isUnstable === true ? { value: [at, y], symbol: CROSS, symbolSize: 11 } : [at, y],
    ),
    z: series.isCompanion ? 3 : 4,
  }
}

/** The interval along a line, as a band. */
function intervalBand(series: LineSeries, { palette, showTip }: Drawing): EChartsCoreOption {
  const { points, styleIndex } = series
  const ends = points.map(endsOf)
  const renderItem: CustomSeriesRenderItem = (_, api) => ({
    type: 'polygon',
    shape: {
      points: [
        ...points.map(({ x }, index) => api.coord([x, ends[index][1]])),
        ...points.map(({ x }, index) => api.coord([x, ends[index][0]])).reverse(),
      ],
    },
    style: { fill: palette.colours[styleIndex % palette.colours.length], opacity: 0.16 },
  })
  const places = points.flatMap(({ x }, index) => ends[index].map((end) => [x, end]))
  return {
    type: 'custom',
    ...(showTip === undefined ? {} : { name: seriesName(series) }),
    silent: true,
    renderItem,
    // One item, of which every end has a say in the extent of the axes.
    data: points.some(({ half }) => half > 0) ? [places.flat()] : [],
    encode: { x: places.map((_, index) => 2 * index), y: places.map((_, index) => 2 * index + 1) },
    z: 2,
    clip: true,
  }
}

function endsOf({ y, half, interval }: LinePoint): readonly [number, number] {
  return interval ?? [Math.max(0, y - half), y + half]
}

/** Texts without marks, to the right of the last place. */
function endLabelSeries({ x, endLabels }: LinePicture, { palette }: Drawing): EChartsCoreOption {
  const at = Math.max(...x.ticks.map((tick) => tick.at))
  return {
    type: 'line',
    silent: true,
    clip: false,
    symbol: 'circle',
    symbolSize: 0.01,
    lineStyle: { width: 0 },
    label: {
      show: true,
      position: 'right',
      distance: 12,
      align: 'left',
      fontFamily: FONT,
      fontSize: 12,
      lineHeight: 15,
      color: palette.ink,
      formatter: ({ dataIndex }: { dataIndex: number }) =>
        endLabels[dataIndex].text
          .split('\n')
          .map((line) => drawn(line, 36))
          .join('\n'),
    },
    data: endLabels.map((label) => [at, label.at]),
  }
}

/** A vertical line with caps over each interval. */
function errorBars(series: LineSeries, { palette, showTip }: Drawing): EChartsCoreOption {
  const { points, styleIndex } = series
  const colour = palette.colours[styleIndex % palette.colours.length]
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [x, low] = api.coord([api.value(0), api.value(1)])
    const [, high] = api.coord([api.value(0), api.value(2)])
    const stroke = { stroke: colour, lineWidth: 1.2, fill: 'none' }
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style: stroke,
    })
    return {
      type: 'group',
      children: [line(x, low, x, high), line(x - 4, low, x + 4, low), line(x - 4, high, x + 4, high)],
    }
  }
  const data = points.filter(({ half }) => half > 0).map((point) => [point.x, ...endsOf(point)])
  return {
    type: 'custom',
    // Of the same name as its line, it goes with it when the legend is pressed.
    ...(showTip === undefined ? {} : { name: seriesName(series) }),
    silent: true,
    renderItem,
    data,
    encode: { x: 0, y: [1, 2] },
    z: 2,
    clip: true,
  }
}

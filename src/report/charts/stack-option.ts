/** Horizontal bars of 100 % as a setting of echarts: a row for each call, a colour for each part. */
import type { EChartsCoreOption } from 'echarts/core'
import { formatPercent } from '../../base/units.js'
import type { DrawnChart, StackPicture } from './chart.js'
import { type Drawing, NARROW, tipOption } from './drawing.js'
import { drawn, FONT, frameOf, MARGIN, textPixels } from './svg-frame.js'

const ROW_HEIGHT = 50
const LABEL_SPACE = 210
const LEGEND_SPACE = 34
const AXIS_SPACE = 44

/** Shares from here on have room for their number. */
const LABELLED_FROM = 0.06

/** Names of rows above their bars, where there is no room beside them. */
const ABOVE = {
  inside: true,
  margin: 0,
  align: 'left',
  verticalAlign: 'bottom',
  padding: [0, 0, 13, 0],
} as const

/** The option and the height of the picture. */
export function stackOption(
  chart: DrawnChart,
  picture: StackPicture,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  const { palette } = drawing
  const isNarrow = drawing.width < NARROW
  const frame = frameOf(chart, drawing)
  const top = frame.top + (drawing.hasTitle ? LEGEND_SPACE : legendHeight(picture, drawing.width))
  const plotHeight = picture.rows.length * ROW_HEIGHT
  const option: EChartsCoreOption = {
    ...frame.option,
    ...stackTips(picture, drawing),
    legend: {
      left: MARGIN - 5,
      right: MARGIN,
      top: frame.top,
      itemGap: 16,
      itemWidth: 14,
      data: picture.segments.map(({ label }) => label),
      textStyle: { fontFamily: FONT, fontSize: 12, color: palette.ink },
    },
    grid: { left: isNarrow ? MARGIN : MARGIN + LABEL_SPACE, right: 34, top, height: plotHeight },
    xAxis: {
      type: 'value',
      min: 0,
      max: 100,
      axisLabel: { fontFamily: FONT, color: palette.ink, formatter: '{value} %' },
      axisLine: { show: false },
      splitLine: { show: false },
      axisTick: { show: true, lineStyle: { color: palette.faintInk } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: picture.rows.map(({ label, note }) => `${drawn(label, 30)}${isNarrow ? ': ' : '\n'}${note}`),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        fontFamily: FONT,
        fontSize: 12,
        lineHeight: 16,
        color: palette.ink,
        ...(isNarrow ? ABOVE : {}),
      },
      ...(isNarrow ? { z: 5 } : {}),
    },
    series: picture.segments.map((segment) => segmentSeries(segment, drawing)),
  }
  return { option, height: top + plotHeight + AXIS_SPACE }
}

function segmentSeries(
  { label, colourIndex, shares }: StackPicture['segments'][number],
  { palette, width, showTip }: Drawing,
): EChartsCoreOption {
  const place = colourIndex % palette.colours.length
  const colour = palette.colours[place]
  const labelledFrom = LABELLED_FROM * Math.max(1, 520 / width)
  return {
    type: 'bar',
    name: label,
    stack: 'whole',
    silent: showTip === undefined,
    emphasis: { disabled: true },
    barWidth: width < NARROW ? 22 : 28,
    itemStyle: { color: colour, borderColor: palette.ground, borderWidth: 1 },
    label: {
      show: true,
      fontFamily: FONT,
      fontSize: 11,
      color: palette.inkOn[place],
      formatter: ({ dataIndex }: { dataIndex: number }) =>
        shares[dataIndex] >= labelledFrom ? formatPercent(shares[dataIndex], 2) : '',
    },
    data: shares.map((share) => 100 * share),
  }
}

function legendHeight({ segments }: StackPicture, width: number): number {
  const pixels = segments.reduce((sum, { label }) => sum + 36 + textPixels(label), 0)
  return LEGEND_SPACE + 20 * Math.floor(pixels / (width - 2 * MARGIN))
}

function stackTips({ rows, segments }: StackPicture, drawing: Drawing): object {
  return tipOption<{ seriesIndex: number; dataIndex: number }>(
    drawing,
    'item',
    ({ seriesIndex, dataIndex }) => {
      const [row, segment] = [rows[dataIndex], segments[seriesIndex]]
      if (row === undefined || segment === undefined) return undefined
      const { label, colourIndex, shares } = segment
      return {
        title: row.label,
        rows: [
          { colourIndex, label, value: formatPercent(shares[dataIndex]) },
          { label: 'of', value: row.note },
        ],
      }
    },
  )
}

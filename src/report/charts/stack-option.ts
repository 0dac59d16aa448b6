/** Horizontal bars of 100 % as a setting of echarts: a row for each call, a colour for each part. */
import type { EChartsCoreOption } from 'echarts/core'
import { formatPercent } from '../../base/units.js'
import type { Chart, StackPicture } from './chart.js'
import { COLOURS, FAINT_INK, GROUND, INK, inkOn } from './palette.js'
import { drawn, FONT, frameOf, MARGIN } from './svg-frame.js'

const ROW_HEIGHT = 50
const LABEL_SPACE = 210
const LEGEND_SPACE = 34
const AXIS_SPACE = 44

/** Shares from here on have room for their number. */
const LABELLED_FROM = 0.06

/** The option and the height of the picture. */
export function stackOption(
  chart: Chart,
  picture: StackPicture,
): { option: EChartsCoreOption; height: number } {
  const frame = frameOf(chart)
  const top = frame.top + LEGEND_SPACE
  const plotHeight = picture.rows.length * ROW_HEIGHT
  const option: EChartsCoreOption = {
    ...frame.option,
    legend: {
      left: MARGIN - 5,
      right: MARGIN,
      top: frame.top,
      itemGap: 16,
      itemWidth: 14,
      data: picture.segments.map(({ label }) => label),
      textStyle: { fontFamily: FONT, fontSize: 12, color: INK },
    },
    grid: { left: MARGIN + LABEL_SPACE, right: 34, top, height: plotHeight },
    xAxis: {
      type: 'value',
      min: 0,
      max: 100,
      axisLabel: { fontFamily: FONT, color: INK, formatter: '{value} %' },
      axisLine: { show: false },
      splitLine: { show: false },
      axisTick: { show: true, lineStyle: { color: FAINT_INK } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: picture.rows.map(({ label, note }) => `${drawn(label, 30)}\n${note}`),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { fontFamily: FONT, fontSize: 12, lineHeight: 16, color: INK },
    },
    series: picture.segments.map(segmentSeries),
  }
  return { option, height: top + plotHeight + AXIS_SPACE }
}

function segmentSeries({ label, colourIndex, shares }: StackPicture['segments'][number]): EChartsCoreOption {
  const colour = COLOURS[colourIndex % COLOURS.length]
  return {
    type: 'bar',
    name: label,
    stack: 'whole',
    silent: true,
    barWidth: 28,
    itemStyle: { color: colour, borderColor: GROUND, borderWidth: 1 },
    label: {
      show: true,
      fontFamily: FONT,
      fontSize: 11,
      color: inkOn(colour),
      formatter: ({ dataIndex }: { dataIndex: number }) =>
        shares[dataIndex] >= LABELLED_FROM ? formatPercent(shares[dataIndex], 2) : '',
    },
    data: shares.map((share) => 100 * share),
  }
}

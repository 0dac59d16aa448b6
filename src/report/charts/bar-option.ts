/** How full things are as a setting of echarts: a horizontal bar for each, with a line where they are full. */
import type { EChartsCoreOption } from 'echarts/core'
import type { BarPicture, DrawnChart } from './chart.js'
import { type Drawing, NARROW, tipOption } from './drawing.js'
import { drawn, FONT, frameOf, MARGIN } from './svg-frame.js'

const ROW_HEIGHT = 46
const LABEL_SPACE = 226
const AXIS_SPACE = 44

/** Names of rows above their bars, where there is no room beside them. */
const ABOVE = {
  inside: true,
  margin: 0,
  align: 'left',
  verticalAlign: 'bottom',
  padding: [0, 0, 11, 0],
} as const

/** The option and the height of the picture. */
export function barOption(
  chart: DrawnChart,
  picture: BarPicture,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  const { palette, width, showTip } = drawing
  const { rows } = picture
  const isNarrow = width < NARROW
  const frame = frameOf(chart, drawing)
  const top = frame.top + 24
  const plotHeight = rows.length * ROW_HEIGHT
  const most = rows.reduce((left, { ratio }) => Math.max(left, ratio), 1)
  const labelStyle = { fontFamily: FONT, fontSize: 12, color: palette.ink }
  const option: EChartsCoreOption = {
    ...frame.option,
    ...barTips(picture, drawing),
    grid: { left: isNarrow ? MARGIN : MARGIN + LABEL_SPACE, right: 70, top, height: plotHeight },
    xAxis: {
      type: 'value',
      min: 0,
      max: 100 * most,
      axisLabel: {
        ...labelStyle,
        formatter: (value: number) => `${Math.round(value)} %`,
        showMaxLabel: most <= 1,
      },
      axisLine: { show: false },
      splitLine: { lineStyle: { color: palette.gridLine } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ label, note }) => `${drawn(label, 32)}${isNarrow ? ': ' : '\n'}${drawn(note, 34)}`),
      axisLine: { lineStyle: { color: palette.faintInk } },
      axisTick: { show: false },
      axisLabel: { ...labelStyle, lineHeight: 16, ...(isNarrow ? ABOVE : {}) },
      ...(isNarrow ? { z: 5 } : {}),
    },
    series: [
      {
        type: 'bar',
        silent: showTip === undefined,
        emphasis: { disabled: true },
        barWidth: isNarrow ? 16 : 24,
        label: {
          show: true,
          position: 'right',
          ...labelStyle,
          formatter: ({ dataIndex }: { dataIndex: number }) => rows[dataIndex].text,
        },
        data: rows.map(({ ratio }) => ({
          value: 100 * ratio,
          itemStyle: { color: palette.colours[ratio < 1 ? 0 : 1] },
        })),
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: palette.colours[1], width: 2, type: [6, 4] },
          label: { ...labelStyle, position: 'start', formatter: () => drawn(picture.full, 20) },
          data: [{ xAxis: 100 }],
        },
      },
    ],
  }
  return { option, height: top + plotHeight + AXIS_SPACE }
}

function barTips({ rows }: BarPicture, drawing: Drawing): object {
  return tipOption<{ dataIndex: number }>(drawing, 'item', ({ dataIndex }) => {
    const row = rows[dataIndex]
    if (row === undefined) return undefined
    return {
      title: row.label,
      rows: [
        { colourIndex: row.ratio < 1 ? 0 : 1, label: 'in use', value: row.text },
        { label: row.note, value: '' },
      ],
    }
  })
}

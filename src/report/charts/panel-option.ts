/** Panels of bars as a setting of echarts: up to three beside each other, each with the line of the even share. */
import type { EChartsCoreOption } from 'echarts/core'
import { formatCount, formatNumber } from '../../base/units.js'
import type { DrawnChart, PanelPicture } from './chart.js'
import { type Drawing, NARROW, tipOption } from './drawing.js'
import { drawn, FONT, frameOf, MARGIN } from './svg-frame.js'

const PLOT_HEIGHT = 150
const TITLE_SPACE = 46
const AXIS_SPACE = 52
const LEFT_SPACE = 52
const GAP = 18

/** Panels whose highest bars differ by no more than this factor have the same scale, so that they can be compared. */
const SAME_SCALE_WITHIN = 4

/** The option and the height of the picture. */
export function panelOption(
  chart: DrawnChart,
  picture: PanelPicture,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  const { width, palette } = drawing
  const frame = frameOf(chart, drawing)
  const columns = columnCount(picture, width)
  const panelHeight = TITLE_SPACE + PLOT_HEIGHT + AXIS_SPACE
  const panelWidth = (width - 2 * MARGIN - (columns - 1) * GAP) / columns
  const scale = commonScale(picture)
  const places = picture.panels.map((panel, index) => ({
    panel,
    index,
    left: Math.round(MARGIN + (index % columns) * (panelWidth + GAP)),
    top: frame.top + Math.floor(index / columns) * panelHeight,
  }))
  const characters = Math.floor(panelWidth / 7)
  const option: EChartsCoreOption = {
    ...frame.option,
    ...panelTips(picture, drawing),
    title: [
      ...(drawing.hasTitle ? [frame.option.title] : []),
      ...places.map(({ panel, left, top }) => ({
        text: drawn(panel.title, characters),
        left: left - 5,
        top: top + 6,
        textStyle: {
          fontFamily: FONT,
          fontSize: 12,
          fontWeight: 'bold',
          color: palette.ink,
        },
      })),
    ],
    grid: places.map(({ left, top }) => ({
      left: left + LEFT_SPACE,
      top: top + TITLE_SPACE,
      width: Math.round(panelWidth - LEFT_SPACE - 4),
      height: PLOT_HEIGHT,
    })),
    xAxis: places.map(({ panel, index }) => ({
      type: 'category',
      gridIndex: index,
      data: panel.bars.map(({ label }) => drawn(label, 14)),
      name: drawn(panel.xName, characters - 8),
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { fontFamily: FONT, fontSize: 12, color: palette.faintInk },
      axisLine: { lineStyle: { color: palette.faintInk } },
      axisTick: { show: false },
      axisLabel: {
        hideOverlap: true,
        fontFamily: FONT,
        fontSize: 11,
        color: palette.ink,
      },
    })),
    yAxis: places.map(({ index }) => ({
      type: 'value',
      gridIndex: index,
      min: 0,
      ...(scale === undefined ? {} : { max: scale }),
      ...(scale === undefined || drawing.hasTitle ? {} : { interval: scale / partCount(scale) }),
      splitNumber: 4,
      name: index % columns === 0 ? picture.y.name : '',
      nameGap: 10,
      nameTextStyle: {
        fontFamily: FONT,
        fontSize: 12,
        color: palette.faintInk,
        align: 'center',
      },
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { fontFamily: FONT, fontSize: 11, color: palette.ink },
      splitLine: { lineStyle: { color: palette.gridLine } },
    })),
    series: places.map(({ panel, index }) => ({
      type: 'bar',
      silent: drawing.showTip === undefined,
      emphasis: { disabled: true },
      xAxisIndex: index,
      yAxisIndex: index,
      barMaxWidth: 46,
      barCategoryGap: panel.bars.length > 40 ? '5%' : '30%',
      itemStyle: { color: palette.colours[0] },
      data: panel.bars.map(({ value }) => value),
      markLine: {
        silent: true,
        symbol: 'none',
        label: { show: false },
        lineStyle: { color: palette.colours[1], width: 2, type: [6, 4] },
        data: [{ yAxis: panel.even }],
      },
    })),
  }
  return {
    option,
    height: frame.top + Math.ceil(picture.panels.length / columns) * panelHeight,
  }
}

/** Two rows of two for four panels; below one another where it is narrow. */
function columnCount({ panels }: PanelPicture, width: number): number {
  if (width < NARROW) return 1
  return panels.length === 4 ? 2 : Math.min(3, panels.length)
}

function panelTips({ panels, y }: PanelPicture, drawing: Drawing): object {
  return tipOption<{ seriesIndex: number; dataIndex: number }>(
    drawing,
    'item',
    ({ seriesIndex, dataIndex }) => {
      const panel = panels[seriesIndex]
      const bar = panel?.bars[dataIndex]
      if (panel === undefined || bar === undefined) return undefined
      return {
        title: bar.name ?? bar.label,
        rows: [
          { colourIndex: 0, label: y.name === '' ? panel.title : y.name, value: formatCount(bar.value) },
          { colourIndex: 1, isDashed: true, label: 'even share', value: formatNumber(panel.even) },
          ...(panel.even > 0
            ? [{ label: 'of the even share', value: `${formatNumber(bar.value / panel.even)} ×` }]
            : []),
        ],
      }
    },
  )
}

/** Into how many equal and round parts a round number is cut: 15 into 3, 10 and 5 into 5, 20, 40 and 80 into 4. */
function partCount(scale: number): number {
  let lead = scale
  while (lead > 10) lead /= 10
  if (lead === 10 || lead === 5) return 5
  return lead === 3 || lead === 6 || lead === 1.5 ? 3 : 4
}

/** A round number above all bars; undefined if the panels are too different for one scale. */
function commonScale({ panels }: PanelPicture): number | undefined {
  const tops = panels.map(({ bars, even }) => bars.reduce((most, { value }) => Math.max(most, value), even))
  const most = Math.max(...tops)
  if (panels.length === 1 || most > SAME_SCALE_WITHIN * Math.min(...tops)) return undefined
  let step = 1
  while (step * 10 < most) step *= 10
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * step).find((top) => top >= most)
}

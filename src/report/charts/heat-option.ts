/** A heat map as a setting of echarts: a cell for each pair of settings, with its figure where there is room for it. */
import type { CustomSeriesRenderItem } from 'echarts'
import type { EChartsCoreOption } from 'echarts/core'
import type { DrawnChart, HeatPicture } from './chart.js'
import { type Drawing, tipOption } from './drawing.js'
import { drawn, FONT, frameOf, MARGIN, textPixels } from './svg-frame.js'

const ROW_HEIGHT = 38
const AXIS_SPACE = 92
const LABEL_CHARACTERS = 16

/** Cells narrower than their text by more than this many pixels are without it. */
const TEXT_SLACK = 4

/** The option and the height of the picture. */
export function heatOption(
  chart: DrawnChart,
  picture: HeatPicture,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  const { palette, width } = drawing
  const frame = frameOf(chart, drawing)
  const top = frame.top + 24
  const labels = picture.y.labels.map((label) => drawn(label, LABEL_CHARACTERS))
  const left = MARGIN + 14 + Math.max(24, ...labels.map(textPixels))
  const cellWidth = (width - left - MARGIN) / Math.max(1, picture.x.labels.length)
  const plotHeight = picture.y.labels.length * ROW_HEIGHT
  const nameStyle = { fontFamily: FONT, fontSize: 12, color: palette.faintInk }
  const axis = {
    type: 'category',
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { hideOverlap: true, fontFamily: FONT, fontSize: 12, color: palette.ink },
    nameTextStyle: nameStyle,
  }
  const option: EChartsCoreOption = {
    ...frame.option,
    ...heatTips(picture, drawing),
    grid: { left, right: MARGIN, top, height: plotHeight },
    xAxis: {
      ...axis,
      data: picture.x.labels.map((label) => drawn(label, LABEL_CHARACTERS)),
      name: drawn(picture.x.name, 40),
      nameLocation: 'middle',
      nameGap: 28,
    },
    yAxis: {
      ...axis,
      data: labels,
      inverse: true,
      name: drawn(picture.y.name, 40),
      nameLocation: 'start',
      nameGap: 10,
      nameTextStyle: { ...nameStyle, align: 'right' },
    },
    series: [cellSeries(picture, drawing, cellWidth), scaleSeries(picture, drawing, top + plotHeight + 58)],
  }
  return { option, height: top + plotHeight + AXIS_SPACE }
}

function cellSeries({ cells }: HeatPicture, drawing: Drawing, cellWidth: number): EChartsCoreOption {
  const { palette } = drawing
  const renderItem: CustomSeriesRenderItem = ({ dataIndex }, api) => {
    const { step, text } = cells[dataIndex]
    const [middleX, middleY] = api.coord([api.value(0), api.value(1)])
    const width = Math.max(1, cellWidth - 2)
    const height = ROW_HEIGHT - 2
    const isRoom = textPixels(text) <= cellWidth + TEXT_SLACK
    return {
      type: 'rect',
      shape: { x: middleX - width / 2, y: middleY - height / 2, width, height, r: 2 },
      style: { fill: palette.heat[step] },
      textContent: {
        type: 'text',
        style: {
          text: isRoom ? text : '',
          fill: palette.inkOnHeat[step],
          fontFamily: FONT,
          fontSize: 12,
        },
      },
      textConfig: { position: 'inside' },
    }
  }
  return {
    type: 'custom',
    silent: drawing.showTip === undefined,
    emphasis: { disabled: true },
    renderItem,
    data: cells.map(({ x, y }) => [x, y]),
    encode: { x: 0, y: 1 },
  }
}

/** The steps of colour below the cells, from the least figure to the greatest. */
function scaleSeries({ least, most }: HeatPicture, { palette }: Drawing, top: number): EChartsCoreOption {
  const text = (content: string, x: number, align: 'left' | 'right') => ({
    type: 'text' as const,
    x,
    y: top,
    style: {
      text: content,
      fill: palette.ink,
      align,
      fontFamily: FONT,
      fontSize: 12,
      verticalAlign: 'top' as const,
    },
  })
  const left = MARGIN + textPixels(least) + 8
  const renderItem: CustomSeriesRenderItem = () => ({
    type: 'group',
    children: [
      text(least, MARGIN, 'left'),
      ...palette.heat.map((fill, step) => ({
        type: 'rect' as const,
        shape: { x: left + 24 * step, y: top, width: 24, height: 12 },
        style: { fill },
      })),
      text(most, left + 24 * palette.heat.length + 8, 'left'),
    ],
  })
  return { type: 'custom', silent: true, coordinateSystem: 'none', renderItem, data: [0] }
}

function heatTips({ cells, x, y, what }: HeatPicture, drawing: Drawing): object {
  return tipOption<{ dataIndex: number }>(drawing, 'item', ({ dataIndex }) => {
    const cell = cells[dataIndex]
    if (cell === undefined) return undefined
    return {
      title: `${x.name} ${x.labels[cell.x]}, ${y.name} ${y.labels[cell.y]}`,
      rows: [{ label: what, value: cell.text }],
    }
  })
}

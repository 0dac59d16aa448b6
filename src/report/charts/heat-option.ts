/** A heat map as a setting of echarts: a cell for each pair of settings, with its figure where there is room for it. */
import type { CustomSeriesRenderItem } from 'echarts'
import type { EChartsCoreOption } from 'echarts/core'
import type { DrawnChart, HeatPicture } from './chart.js'
import { type Drawing, tipOption } from './drawing.js'
import { drawn, FONT, frameOf, MARGIN, textPixels } from './svg-frame.js'

const ROW_HEIGHT = 38
const DENSE_ROW_HEIGHT = 20
const AXIS_SPACE = 92
const LABEL_CHARACTERS = 16

/** Between cells, pixels; less where they are narrow. */
const GAP = 2
const NARROW_CELL = 8

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
  const rowHeight = picture.isDense === true ? DENSE_ROW_HEIGHT : ROW_HEIGHT
  const plotHeight = picture.y.labels.length * rowHeight
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
    // The name of an axis may be longer than its labels: it stands above them and moves nothing.
    grid: { left, right: MARGIN, top, height: plotHeight, outerBoundsMode: 'none' },
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
      nameTextStyle: { ...nameStyle, align: 'left', padding: [0, 0, 0, MARGIN - left] },
    },
    series: [
      cellSeries(picture, drawing, cellWidth, rowHeight),
      scaleSeries(picture, drawing, top + plotHeight + 58),
    ],
  }
  return { option, height: top + plotHeight + AXIS_SPACE }
}

function cellSeries(
  { cells, isDense }: HeatPicture,
  drawing: Drawing,
  cellWidth: number,
  rowHeight: number,
): EChartsCoreOption {
  const { palette } = drawing
  const gap = cellWidth < NARROW_CELL ? GAP / 4 : GAP
  const renderItem: CustomSeriesRenderItem = ({ dataIndex }, api) => {
    const { step, text } = cells[dataIndex]
    const [middleX, middleY] = api.coord([api.value(0), api.value(1)])
    const width = Math.max(1, cellWidth - gap)
    const height = rowHeight - GAP
    const isRoom = isDense !== true && textPixels(text) <= cellWidth + TEXT_SLACK
    return {
      type: 'rect',
      shape: { x: middleX - width / 2, y: middleY - height / 2, width, height, r: isDense === true ? 0 : 2 },
      style: { fill: palette.heat[step] },
      ...(isDense === true ? {} : cellText(isRoom ? text : '', palette.inkOnHeat[step])),
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

function cellText(text: string, fill: string) {
  return {
    textContent: { type: 'text' as const, style: { text, fill, fontFamily: FONT, fontSize: 12 } },
    textConfig: { position: 'inside' as const },
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

function heatTips({ cells, x, y, what, noteName = '' }: HeatPicture, drawing: Drawing): object {
  return tipOption<{ dataIndex: number }>(drawing, 'item', ({ dataIndex }) => {
    const cell = cells[dataIndex]
    if (cell === undefined) return undefined
    return {
      title: `${x.name} ${x.labels[cell.x]}, ${y.name} ${y.labels[cell.y]}`,
      rows: [
        { label: what, value: cell.text },
        ...(cell.note === undefined ? [] : [{ label: noteName, value: cell.note }]),
      ],
    }
  })
}

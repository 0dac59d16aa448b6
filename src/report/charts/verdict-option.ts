/**
 * A map of verdicts as a setting of echarts: a cell for each pair of settings, lighter where it was not simulated, with its
 * figure or a sign; and the line above which objectives are kept. Nothing depends on colour alone.
 */
import type { CustomSeriesRenderItem } from 'echarts'
import type { EChartsCoreOption } from 'echarts/core'
import type { DrawnChart, VerdictPicture } from './chart.js'
import { type Drawing, tipOption } from './drawing.js'
import type { Palette } from './palette.js'
import { drawn, FONT, frameOf, MARGIN, textPixels } from './svg-frame.js'

const ROW_HEIGHT = 30
const LOW_ROW_HEIGHT = 22

/** From this many rows on they are lower. */
const MANY_ROWS = 12

const AXIS_SPACE = 56
const LEGEND_LINE = 20
const LABEL_CHARACTERS = 16

/** Of cells that were not simulated. */
const IMPLIED_OPACITY = 0.3

type Verdict = VerdictPicture['cells'][number]['verdict']

/** Places in the palette: blue, vermilion and orange, which people with any colour vision can tell apart. */
const COLOUR: Readonly<Record<Verdict, number>> = { passed: 0, failed: 1, undecided: 4 }

const WORDS: Readonly<Record<Verdict, string>> = {
  passed: 'kept',
  failed: 'not kept',
  undecided: 'undecided',
}

/** The option and the height of the picture. */
export function verdictOption(
  chart: DrawnChart,
  picture: VerdictPicture,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  const { palette, width } = drawing
  const frame = frameOf(chart, drawing)
  const top = frame.top + 26
  const rowHeight = picture.y.labels.length > MANY_ROWS ? LOW_ROW_HEIGHT : ROW_HEIGHT
  const labels = picture.y.labels.map((label) => drawn(label, LABEL_CHARACTERS))
  const left = MARGIN + 14 + Math.max(24, ...labels.map(textPixels))
  const cellWidth = (width - left - MARGIN) / Math.max(1, picture.x.labels.length)
  const plotHeight = labels.length * rowHeight
  const legend = legendOf(picture, width)
  const nameTextStyle = { fontFamily: FONT, fontSize: 12, color: palette.faintInk }
  const axis = {
    type: 'category',
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { hideOverlap: true, fontFamily: FONT, fontSize: 12, color: palette.ink },
  }
  const option: EChartsCoreOption = {
    ...frame.option,
    ...verdictTips(picture, drawing),
    grid: { left, right: MARGIN, top, height: plotHeight },
    xAxis: {
      ...axis,
      data: picture.x.labels.map((label) => drawn(label, LABEL_CHARACTERS)),
      name: drawn(picture.x.name, 60),
      nameLocation: 'middle',
      nameGap: 28,
      nameTextStyle,
    },
    yAxis: {
      ...axis,
      data: labels,
      name: drawn(picture.y.name, 40),
      nameLocation: 'end',
      nameGap: 10,
      nameTextStyle: { ...nameTextStyle, align: 'left', padding: [0, 0, 0, MARGIN - left] },
    },
    series: [
      cellSeries(picture, drawing, cellWidth, rowHeight),
      frontierSeries(picture, drawing, cellWidth, rowHeight),
      legendSeries(legend, drawing, top + plotHeight + AXIS_SPACE),
    ],
  }
  const lines = 1 + Math.max(0, ...legend.map(({ line }) => line))
  return { option, height: top + plotHeight + AXIS_SPACE + lines * LEGEND_LINE + 8 }
}

function cellSeries(
  { cells }: VerdictPicture,
  drawing: Drawing,
  cellWidth: number,
  rowHeight: number,
): EChartsCoreOption {
  const { palette, showTip } = drawing
  const renderItem: CustomSeriesRenderItem = ({ dataIndex }, api) => {
    const { verdict, isImplied, text } = cells[dataIndex]
    const [x, y] = api.coord([api.value(0), api.value(1)])
    const width = Math.max(1, cellWidth - 2)
    const height = rowHeight - 2
    const colour = COLOUR[verdict]
    const isRoom = text !== '' && textPixels(text) <= cellWidth
    const ink = isImplied ? palette.colours[colour] : palette.inkOn[colour]
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: { x: x - width / 2, y: y - height / 2, width, height, r: 2 },
          style: { fill: palette.colours[colour], opacity: isImplied ? IMPLIED_OPACITY : 1 },
        },
        ...(isRoom ? [label(text, x, y, ink)] : signOf(verdict, x, y, ink)),
      ],
    }
  }
  return {
    type: 'custom',
    silent: showTip === undefined,
    emphasis: { disabled: true },
    renderItem,
    data: cells.map(({ x, y }) => [x, y]),
    encode: { x: 0, y: 1 },
  }
}

function label(text: string, x: number, y: number, fill: string) {
  const style = {
    text,
    x,
    y,
    fill,
    fontFamily: FONT,
    fontSize: 12,
    align: 'center' as const,
    verticalAlign: 'middle' as const,
  }
  return { type: 'text' as const, silent: true, style }
}

/** A tick, a cross or a question mark, drawn: not every font has them. */
function signOf(verdict: Verdict, x: number, y: number, stroke: string) {
  if (verdict === 'undecided') return [label('?', x, y, stroke)]
  const line = (points: readonly (readonly [number, number])[]) => ({
    type: 'polyline' as const,
    silent: true,
    shape: { points: points.map(([dx, dy]) => [x + dx, y + dy]) },
    style: { stroke, fill: 'none', lineWidth: 1.6 },
  })
  if (verdict === 'passed')
    return [
      line([
        [-4, 0],
        [-1, 3],
        [4, -4],
      ]),
    ]
  return [
    line([
      [-3, -3],
      [3, 3],
    ]),
    line([
      [-3, 3],
      [3, -3],
    ]),
  ]
}

/** A line in steps: objectives are kept above it. */
function frontierSeries(
  { frontier, x, y }: VerdictPicture,
  { palette }: Drawing,
  cellWidth: number,
  rowHeight: number,
): EChartsCoreOption {
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const points = frontier.flatMap((row, column) => {
      const [middle, height] = api.coord([column, row ?? y.labels.length - 1])
      const edge = height + (row === null ? -rowHeight / 2 : rowHeight / 2)
      return [
        [middle - cellWidth / 2, edge],
        [middle + cellWidth / 2, edge],
      ]
    })
    return {
      type: 'polyline',
      shape: { points },
      style: { stroke: palette.ink, fill: 'none', lineWidth: 2.5 },
    }
  }
  return {
    type: 'custom',
    silent: true,
    renderItem,
    data: x.labels.length === 0 ? [] : [[0, 0]],
    encode: { x: 0, y: 1 },
    z: 4,
  }
}

/** One entry of the legend and its place. */
interface LegendEntry {
  readonly text: string
  /** Undefined for the line. */
  readonly patch: { readonly verdict: Verdict; readonly isImplied: boolean } | undefined
  readonly x: number
  readonly line: number
}

/** What is there to see, in as many lines as it takes. */
function legendOf({ cells, frontierName }: VerdictPicture, width: number): readonly LegendEntry[] {
  const kinds = (['passed', 'failed', 'undecided'] as const).flatMap((verdict) =>
    [false, true].flatMap((isImplied) => {
      const isThere = cells.some((cell) => cell.verdict === verdict && cell.isImplied === isImplied)
      const text = `${WORDS[verdict]}${isImplied ? ', not simulated' : ''}`
      return isThere ? [{ text, patch: { verdict, isImplied } }] : []
    }),
  )
  let line = 0
  let x = MARGIN
  return [...kinds, { text: frontierName, patch: undefined }].map((entry) => {
    const size = 26 + textPixels(entry.text) + 14
    if (x > MARGIN && x + size > width) {
      line += 1
      x = MARGIN
    }
    const place = { ...entry, x, line }
    x += size
    return place
  })
}

function legendSeries(entries: readonly LegendEntry[], { palette }: Drawing, top: number): EChartsCoreOption {
  const renderItem: CustomSeriesRenderItem = () => ({
    type: 'group',
    children: entries.flatMap(({ text, patch, x, line }) => {
      const y = top + line * LEGEND_LINE
      return [
        ...legendMark(patch, x, y, palette),
        {
          type: 'text' as const,
          style: {
            text,
            x: x + 24,
            y: y + 6,
            fill: palette.ink,
            fontFamily: FONT,
            fontSize: 12,
            verticalAlign: 'middle' as const,
          },
        },
      ]
    }),
  })
  return { type: 'custom', silent: true, coordinateSystem: 'none', renderItem, data: [0] }
}

function legendMark(patch: LegendEntry['patch'], x: number, y: number, palette: Palette) {
  if (patch === undefined)
    return [
      {
        type: 'line' as const,
        shape: { x1: x, y1: y + 6, x2: x + 18, y2: y + 6 },
        style: { stroke: palette.ink, lineWidth: 2.5 },
      },
    ]
  const colour = COLOUR[patch.verdict]
  const ink = patch.isImplied ? palette.colours[colour] : palette.inkOn[colour]
  return [
    {
      type: 'rect' as const,
      shape: { x, y: y - 1, width: 18, height: 14, r: 2 },
      style: { fill: palette.colours[colour], opacity: patch.isImplied ? IMPLIED_OPACITY : 1 },
    },
    ...signOf(patch.verdict, x + 9, y + 6, ink),
  ]
}

function verdictTips({ cells, x, y }: VerdictPicture, drawing: Drawing): object {
  return tipOption<{ dataIndex: number }>(drawing, 'item', ({ dataIndex }) => {
    const cell = cells[dataIndex]
    if (cell === undefined) return undefined
    return {
      title: `${x.labels[cell.x]} ${x.name}, ${y.labels[cell.y]} ${y.name}`,
      rows: [{ colourIndex: COLOUR[cell.verdict], label: WORDS[cell.verdict], value: cell.note }],
    }
  })
}

/** Streams as a setting of echarts: a Sankey diagram, its columns from left to right in the order of the places. */
import type { EChartsCoreOption } from 'echarts/core'
import { formatCount, formatPercent } from '../../base/units.js'
import type { DrawnChart, FlowPicture } from './chart.js'
import { type Drawing, NARROW, tipOption } from './drawing.js'
import { drawn, FONT, frameOf, MARGIN } from './svg-frame.js'

const LEAST_HEIGHT = 150
const PLACE_HEIGHT = 34
const PLACE_WIDTH = 14

/** Room for the names of columns. */
const HEADING_SPACE = 32

/** Room for the names of the last column. */
const LAST_LABEL = 150
const LAST_LABEL_NARROW = 92

/** What echarts tells of a place or of a stream. */
interface Pointed {
  readonly dataType: 'node' | 'edge'
  readonly dataIndex: number
}

/** The option and the height of the picture. */
export function flowOption(
  chart: DrawnChart,
  picture: FlowPicture,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  const { palette, width, showTip } = drawing
  const frame = frameOf(chart, drawing)
  const isNarrow = width < NARROW
  const right = isNarrow ? LAST_LABEL_NARROW : LAST_LABEL
  const plotTop = frame.top + HEADING_SPACE
  const plotHeight = Math.max(LEAST_HEIGHT, widestColumn(picture) * PLACE_HEIGHT)
  const option: EChartsCoreOption = {
    ...frame.option,
    ...flowTips(picture, drawing),
    title: [
      ...(drawing.hasTitle ? [frame.option.title] : []),
      ...headings(picture, frame.top, right, drawing),
    ],
    series: [
      {
        type: 'sankey',
        silent: showTip === undefined,
        emphasis: { disabled: true },
        left: MARGIN,
        right,
        top: plotTop,
        height: plotHeight,
        nodeGap: 10,
        nodeWidth: PLACE_WIDTH,
        draggable: false,
        // The order given is that of the results, so that equal results are equal pictures.
        layoutIterations: 0,
        label: {
          fontFamily: FONT,
          fontSize: isNarrow ? 11 : 12,
          color: palette.ink,
          textBorderColor: palette.ground,
          textBorderWidth: 3,
          formatter: ({ dataIndex }: { dataIndex: number }) =>
            drawn(picture.places[dataIndex]?.label ?? '', isNarrow ? 13 : 24),
        },
        lineStyle: { color: palette.faintInk, opacity: 0.22, curveness: 0.5 },
        data: picture.places.map(({ name, colourIndex }) => ({
          name,
          itemStyle: { color: palette.colours[colourIndex % palette.colours.length], borderWidth: 0 },
        })),
        links: picture.streams.map(({ from, to, count }) => ({
          source: picture.places[from].name,
          target: picture.places[to].name,
          value: count,
        })),
      },
    ],
  }
  return { option, height: plotTop + plotHeight + 20 }
}

/** The name of each column above it; where it is narrow, only of the first and the last. */
function headings(
  { columns }: FlowPicture,
  top: number,
  right: number,
  { width, palette }: Drawing,
): readonly object[] {
  const step = (width - MARGIN - right - PLACE_WIDTH) / Math.max(1, columns.length - 1)
  return columns.flatMap((text, column) => {
    const isShown = width >= NARROW || column === 0 || column === columns.length - 1
    const textStyle = { fontFamily: FONT, fontSize: 12, fontWeight: 'normal', color: palette.faintInk }
    return isShown ? [{ text, left: Math.round(MARGIN + column * step) - 5, top: top + 2, textStyle }] : []
  })
}

/** Places that stand below one another: as many as have a stream from the same column. */
function widestColumn({ places, columns }: FlowPicture): number {
  const counts = columns.map((_, column) => places.filter(({ colourIndex }) => colourIndex === column).length)
  return Math.max(1, ...counts)
}

function flowTips({ places, streams, what }: FlowPicture, drawing: Drawing): object {
  return tipOption<Pointed>(drawing, 'item', ({ dataType, dataIndex }) => {
    if (dataType === 'edge') {
      const stream = streams[dataIndex]
      if (stream === undefined) return undefined
      const leaving = total(streams.filter(({ from }) => from === stream.from))
      const share = formatPercent(stream.count / Math.max(1, leaving))
      const title = `${places[stream.from].label} → ${places[stream.to].label}`
      return {
        title,
        rows: [
          { label: what, value: formatCount(stream.count) },
          { label: 'of what leaves', value: share },
        ],
      }
    }
    const place = places[dataIndex]
    if (place === undefined) return undefined
    const through = Math.max(
      total(streams.filter(({ to }) => to === dataIndex)),
      total(streams.filter(({ from }) => from === dataIndex)),
    )
    return {
      title: place.label,
      rows: [{ colourIndex: place.colourIndex, label: what, value: formatCount(through) }],
    }
  })
}

function total(streams: FlowPicture['streams']): number {
  return streams.reduce((sum, { count }) => sum + count, 0)
}

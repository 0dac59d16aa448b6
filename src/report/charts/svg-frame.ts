/** What all pictures share: size, type, title and the distances between them. Lengths are CSS pixels. */
import type { EChartsCoreOption } from 'echarts/core'
import { textWidth, wrapped } from '../text-layout.js'
import { printable } from '../xml-text.js'
import type { DrawnChart } from './chart.js'
import type { Drawing } from './drawing.js'

export const MARGIN = 20

/** Found on every system, or with metrics close to one that is. Without quotes: echarts does not escape attributes. */
export const FONT = 'Helvetica, Arial, Liberation Sans, sans-serif'

const TITLE_SIZE = 16
const TITLE_LINE = 21
const SUBTITLE_LINE = 18

/** Characters of the title that surely fit into one line of the picture. */
const TITLE_CHARACTERS = 84

/** A text as it is drawn: printable, and cut in the middle if it is long. */
export function drawn(text: string, limit: number): string {
  const characters = [...printable(text)]
  if (characters.length <= limit) return characters.join('')
  const tail = Math.floor((limit - 1) / 2)
  return `${characters.slice(0, limit - 1 - tail).join('')}…${characters.slice(characters.length - tail).join('')}`
}

/** Width of a text of 12 px, roughly and rather too wide. */
export function textPixels(text: string): number {
  return textWidth(text) * 6.6
}

/** Title and subtitle, and where the space below them begins. A page has its title above the drawing. */
export function frameOf(
  chart: DrawnChart,
  { palette, hasTitle }: Drawing,
): {
  readonly option: EChartsCoreOption
  readonly top: number
} {
  const { ink, faintInk, ground } = palette
  const textStyle = { fontFamily: FONT, fontSize: 12, color: ink }
  if (!hasTitle) return { option: { animation: false, textStyle }, top: 4 }
  const lines = wrapped(drawn(chart.title, 2 * TITLE_CHARACTERS), TITLE_CHARACTERS)
  const option: EChartsCoreOption = {
    animation: false,
    backgroundColor: ground,
    textStyle,
    title: {
      text: lines.join('\n'),
      subtext: drawn(chart.subtitle, 120),
      left: MARGIN - 5,
      top: 11,
      itemGap: 6,
      textStyle: {
        fontFamily: FONT,
        fontSize: TITLE_SIZE,
        fontWeight: 'bold',
        lineHeight: TITLE_LINE,
        color: ink,
      },
      subtextStyle: { fontFamily: FONT, fontSize: 12, color: faintInk },
    },
  }
  return { option, top: 16 + lines.length * TITLE_LINE + 6 + SUBTITLE_LINE }
}

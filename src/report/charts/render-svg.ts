/**
 * Draws charts as SVG with echarts, without a DOM. The same chart gives the same bytes: no animation, no clock, ids
 * named after the chart in place of echarts' running numbers, and no styles or marks that only a live page would use.
 * A title and a description inside the picture say the same as the alternative text beside it.
 */
import { BarChart, CustomChart, LineChart, SankeyChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TitleComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { InvariantError } from '../../base/diagnostics.js'
import { xmlText } from '../xml-text.js'
import type { Chart } from './chart.js'
import { chartOption } from './chart-option.js'
import { type Drawing, FILE_DRAWING } from './drawing.js'

use([
  LineChart,
  BarChart,
  CustomChart,
  SankeyChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  SVGRenderer,
])

/**
 * Draws one chart.
 *
 * @returns an SVG document, 760 px wide, on a white ground; no scripts, styles, links or fonts of its own
 */
export function renderSvg(chart: Chart, target: Drawing = FILE_DRAWING): string {
  const { option, height } = chartOption(chart, target)
  const drawing = init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: target.width,
    height,
  })
  drawing.setOption(option)
  const svg = drawing.renderToSVGString()
  drawing.dispose()
  return settled(svg, chart)
}

/** In SVG from echarts a quote or `<` within text is escaped, so these patterns meet markup only. */
function settled(svg: string, chart: Chart): string {
  const plain = svg
    .replaceAll(/<style ?>.*?<\/style>/gs, '')
    .replaceAll(/ (?:class|ecmeta_[a-z_]+)="[^"]*"/g, '')
    .replaceAll(/ (id="|[a-z-]+="url\(#|xlink:href="#)zr\d+-/g, ` $1${chart.name}-`)
    .replaceAll(/\n{2,}/g, '\n')
  const [, open, rest] = /^<svg ([^>]*)>(.*)$/s.exec(plain) ?? []
  if (open === undefined || rest === undefined) {
    throw new InvariantError('echarts has drawn no SVG', { chart: chart.name })
  }
  const id = (what: string) => `${chart.name}-${what}`
  const title = `<title id="${id('title')}">${xmlText(chart.title)}</title>`
  const description = `<desc id="${id('desc')}">${xmlText(chart.alt)}</desc>`
  const labels = `role="img" aria-labelledby="${id('title')} ${id('desc')}"`
  return `<svg ${labels} ${open}>\n${title}\n${description}${rest.trimEnd()}\n`
}

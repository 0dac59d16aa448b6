/** A chart in a page: its finding, how to read it, the drawing, and its numbers behind a click. */
import type { Chart } from '../charts/chart.js'
import { pageDrawing } from '../charts/drawing.js'
import { renderSvg } from '../charts/render-svg.js'
import { html, type Markup, trustedHtml } from './html-text.js'
import { columnsOf, pageTable } from './page-table.js'

/** Drawings in the page are as wide as its column. */
const STILL_WIDTH = 820

/** The figure; its script finds it by the name of the chart. */
export function pageFigure(chart: Chart): Markup {
  const { name, title, subtitle, table } = chart
  const [first = '', ...others] = table.headers
  const columns = [...columnsOf('name', [first]), ...columnsOf('figure', others)]
  return html`<figure data-chart="${name}">
<figcaption><h3>${title}</h3><p class="how">${capitalised(subtitle)}</p></figcaption>
<div class="plot"><div class="still">${trustedHtml(stillSvg(chart))}</div></div>
<details><summary>Numbers of this chart</summary>
${pageTable({ columns, rows: table.rows })}</details>
</figure>
`
}

/**
 * The drawing with attributes in place of styles, which the policy of the page forbids: each property that echarts sets
 * on a text is a presentation attribute as well.
 */
function stillSvg(chart: Chart): string {
  const svg = renderSvg(chart, pageDrawing(STILL_WIDTH))
  return svg.trimEnd().replaceAll(/ style="([^"]*)"/g, (_, style: string) => {
    const properties = style.split(';').filter((each) => each !== '')
    return properties
      .map((each) => ` ${each.slice(0, each.indexOf(':'))}="${each.slice(each.indexOf(':') + 1).trim()}"`)
      .join('')
  })
}

/** With a capital letter, unless it begins with the name of something. */
function capitalised(text: string): string {
  return /^[a-z]+[ ;:,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text
}

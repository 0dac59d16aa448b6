/**
 * The script of a page: draws each chart anew in the width of its place, with tips and a legend that can be pressed. The
 * drawing that came with the page stays beneath it, for print and for readers without scripts.
 */
import { BarChart, CustomChart, LineChart, SankeyChart } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
} from 'echarts/components'
import { type EChartsType, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { DrawnChart } from '../../charts/chart.js'
import { chartOption } from '../../charts/chart-option.js'
import { pageDrawing } from '../../charts/drawing.js'
import { type PageData, unpackedChart } from './page-data.js'
import { tipElement } from './tip-element.js'

use([
  LineChart,
  BarChart,
  CustomChart,
  SankeyChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  SVGRenderer,
])

/** A chart in its place. */
class LiveChart {
  readonly #place = document.createElement('div')
  readonly #chart: DrawnChart
  #drawing: EChartsType | undefined
  #width = 0

  constructor(
    readonly figure: HTMLElement,
    chart: DrawnChart,
  ) {
    this.#chart = unpackedChart(chart)
    this.#place.className = 'live'
    this.#place.setAttribute('role', 'img')
    this.#place.setAttribute('aria-label', chart.alt)
    figure.querySelector('.still')?.after(this.#place)
    figure.classList.add('is-live')
  }

  /** Draws it, unless it is drawn in this width. */
  fit(): void {
    const width = Math.floor(this.figure.querySelector('.plot')?.clientWidth ?? 0)
    if (width < 120 || width === this.#width) return
    this.#width = width
    const { option, height } = chartOption(this.#chart, pageDrawing(width, tipElement))
    this.#drawing ??= init(this.#place, null, { renderer: 'svg', width, height })
    this.#drawing.resize({ width, height })
    this.#drawing.setOption(option, { notMerge: true })
  }
}

function pageData(): PageData {
  return JSON.parse(document.getElementById('charts')?.textContent ?? '{"charts":[]}')
}

/** Charts are drawn when they come near the window, so that a long page opens at once. */
function start(): void {
  const byName = new Map(pageData().charts.map((chart) => [chart.name, chart]))
  const lives = new Map<Element, LiveChart>()
  const sizes = new ResizeObserver((entries) => {
    for (const { target } of entries) lives.get(target)?.fit()
  })
  const sight = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const chart = byName.get(target.getAttribute('data-chart') ?? '')
        if (!isIntersecting || chart === undefined || lives.has(target)) continue
        const live = new LiveChart(target as HTMLElement, chart)
        lives.set(target, live)
        live.fit()
        sizes.observe(target)
      }
    },
    { rootMargin: '600px' },
  )
  for (const figure of document.querySelectorAll('figure[data-chart]')) sight.observe(figure)
}

/** On paper nothing can be opened: what is folded is printed open, and folded again afterwards. */
function unfoldForPrint(): void {
  let folded: HTMLDetailsElement[] = []
  window.addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details')].filter((details) => !details.open)
    for (const details of folded) details.open = true
  })
  window.addEventListener('afterprint', () => {
    for (const details of folded) details.open = false
  })
}

start()
unfoldForPrint()

/** A chart as a setting of echarts: the same one for a file, for a page without scripts and for a live page. */
import type { EChartsCoreOption } from 'echarts/core'
import { barOption } from './bar-option.js'
import type { DrawnChart } from './chart.js'
import type { Drawing } from './drawing.js'
import { flowOption } from './flow-option.js'
import { heatOption } from './heat-option.js'
import { lineOption } from './line-option.js'
import { panelOption } from './panel-option.js'
import { stackOption } from './stack-option.js'
import { verdictOption } from './verdict-option.js'

/** The option and the height of the picture, CSS pixels. */
export function chartOption(
  chart: DrawnChart,
  drawing: Drawing,
): { option: EChartsCoreOption; height: number } {
  const { picture } = chart
  switch (picture.kind) {
    case 'lines':
      return lineOption(chart, picture, drawing)
    case 'panels':
      return panelOption(chart, picture, drawing)
    case 'stack':
      return stackOption(chart, picture, drawing)
    case 'heat':
      return heatOption(chart, picture, drawing)
    case 'flow':
      return flowOption(chart, picture, drawing)
    case 'verdicts':
      return verdictOption(chart, picture, drawing)
    case 'bars':
      return barOption(chart, picture, drawing)
  }
}

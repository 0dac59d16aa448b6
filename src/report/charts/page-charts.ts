/** The charts of an HTML page: those of a report in files, with what a page has room for besides. */
import type { Results } from '../../results/results-schema.js'
import type { Chart } from './chart.js'
import { named } from './charts-of.js'
import { flowCharts } from './flow-chart.js'
import { heatCharts } from './heat-chart.js'
import { limitsChart } from './limits-chart.js'
import { loadChart } from './load-chart.js'
import { podCharts } from './pod-charts.js'
import { allPartsChart, percentileChart } from './run-charts.js'
import { spreadCharts } from './spread-chart.js'
import { crossedCharts, sweepCharts } from './sweep-charts.js'

/** In the order in which they are read, each with a name of its own. */
export function pageCharts(results: Results): readonly Chart[] {
  if (results.sweep !== undefined) {
    const [first, ...others] = sweepCharts(results)
    return named([
      ...(first === undefined ? [] : [first]),
      ...crossedCharts(results),
      ...heatCharts(results),
      ...others,
      ...spreadCharts(results),
    ])
  }
  const whole = [percentileChart(results), allPartsChart(results)]
  const overTime = [loadChart(results), limitsChart(results)]
  return named([
    ...whole.filter((chart) => chart !== undefined),
    ...podCharts(results),
    ...overTime.filter((chart) => chart !== undefined),
    ...flowCharts(results),
  ])
}

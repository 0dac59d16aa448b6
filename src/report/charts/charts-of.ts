/** All charts of results, in the order in which they are read, each with a name of its own. */
import type { Results } from '../../results/results-schema.js'
import { capacityCharts } from '../capacity/capacity-charts.js'
import { CAPACITY_TOPICS } from '../capacity/capacity-sections.js'
import { capacityView } from '../capacity/capacity-view.js'
import type { Chart } from './chart.js'
import { partsCharts, percentileChart } from './run-charts.js'
import { spreadCharts } from './spread-chart.js'
import { crossedCharts, sweepCharts } from './sweep-charts.js'

/** The charts of a run: percentiles, parts, connections per pod; of a sweep: along its main factor, then the spread. */
export function chartsOf(results: Results): readonly Chart[] {
  const capacity = capacityView(results)
  if (capacity !== undefined) return CAPACITY_TOPICS.flatMap((topic) => capacityCharts(capacity, topic))
  if (results.sweep !== undefined)
    return named([...sweepCharts(results), ...crossedCharts(results), ...spreadCharts(results)])
  const percentiles = percentileChart(results)
  return named([
    ...(percentiles === undefined ? [] : [percentiles]),
    ...partsCharts(results),
    ...spreadCharts(results),
  ])
}

/** A name that stands twice (names are shortened to safe characters) gets a number. */
export function named(charts: readonly Chart[]): readonly Chart[] {
  const counts = new Map<string, number>()
  return charts.map((chart) => {
    const count = (counts.get(chart.name) ?? 0) + 1
    counts.set(chart.name, count)
    return count === 1 ? chart : { ...chart, name: `${chart.name}-no-${count}` }
  })
}

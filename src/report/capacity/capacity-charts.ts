/** The charts of a report on capacity, by what their section is about. */

import type { Chart } from '../charts/chart.js'
import { alternativeCharts } from './alternative-charts.js'
import type { CapacityTopic } from './capacity-sections.js'
import type { CapacityView } from './capacity-view.js'
import { formulaChart } from './formula-chart.js'
import { gridChart } from './grid-chart.js'
import { limitChart } from './limit-chart.js'
import { rateChart, replicaChart } from './time-charts.js'

/** In the order in which they are read; none where there is nothing to draw. */
export function capacityCharts(view: CapacityView, topic: CapacityTopic): readonly Chart[] {
  return chartsOfTopic(view, topic).filter((chart) => chart !== undefined)
}

function chartsOfTopic(view: CapacityView, topic: CapacityTopic): readonly (Chart | undefined)[] {
  switch (topic) {
    case 'grid':
      return [gridChart(view)]
    case 'details':
      return [replicaChart(view), rateChart(view)]
    case 'losses':
      return []
    case 'alternatives':
      return alternativeCharts(view)
    case 'formulas':
      return [formulaChart(view)]
    case 'limits':
      return [limitChart(view)]
  }
}

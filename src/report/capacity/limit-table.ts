/** What runs out as the rate grows, the first to be full first. */
import { type CapacityTable, figureCell, wordCell } from './capacity-table.js'
import type { CapacityView } from './capacity-view.js'
import { limitName, rateText, replicasText } from './capacity-words.js'

/** One row for each limit. */
export function limitTable({ capacity }: CapacityView): CapacityTable {
  const { limits, details } = capacity
  const isExtrapolated = limits.some((limit) => limit.isExtrapolated)
  return {
    caption: `In use at ${rateText(details.ratePerSec)}${details.replicas === null ? '' : ` with ${replicasText(details.replicas)}`}`,
    columns: [
      { header: 'what', kind: 'name' },
      { header: 'in use', kind: 'figure' },
      { header: '', kind: 'bar' },
      { header: 'full at', kind: 'figure' },
    ],
    rows: limits.map((limit) => [
      wordCell(`${limitName(limit)}${limit.isExtrapolated ? ' *' : ''}`),
      figureCell('ratio', limit.use),
      { text: '', value: limit.use },
      figureCell('perSec', limit.fullPerSec),
    ]),
    notes: [
      'full at: by the rule of three, with as many replicas.',
      ...(isExtrapolated
        ? ['* The run ended before its use was steady: entries outlive it, and the figure has them all.']
        : []),
    ],
  }
}

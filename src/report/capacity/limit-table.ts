/** What runs out as the rate grows, the first to be full first. */
import { type CapacityTable, figures, words } from './capacity-table.js'
import type { CapacityView } from './capacity-view.js'
import { limitName, rateText, replicasText } from './capacity-words.js'

/** One row for each limit. */
export function limitTable({ capacity }: CapacityView): CapacityTable {
  const { limits, details } = capacity
  const isExtrapolated = limits.some((limit) => limit.isExtrapolated)
  const names = limits.map((limit) => `${limitName(limit)}${limit.isExtrapolated ? ' *' : ''}`)
  const use = limits.map((limit) => limit.use)
  return {
    caption: `In use at ${rateText(details.ratePerSec)}${details.replicas === null ? '' : ` with ${replicasText(details.replicas)}`}`,
    columns: [
      words('what', names),
      figures('in use', 'ratio', use),
      { header: '', kind: 'bar', cells: use.map((value) => ({ text: '', value })) },
      figures(
        'full at',
        'perSec',
        limits.map(({ fullPerSec }) => fullPerSec),
      ),
    ],
    notes: [
      'full at: by the rule of three, with as many replicas.',
      ...(isExtrapolated
        ? ['* The run ended before its use was steady: entries outlive it, and the figure has them all.']
        : []),
    ],
  }
}

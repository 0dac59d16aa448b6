/**
 * Replicas against rates as characters: a small picture for a terminal. Full signs were simulated, small ones follow from
 * those; none of them depends on colour.
 */
import { formatCount } from '../../base/units.js'
import type { CapacityCell } from '../../results/capacity-schema.js'
import { padded, textWidth } from '../text-layout.js'
import { type CapacityView, cellAt } from './capacity-view.js'
import { FILLS_MARK, fillsNote, rateLabel } from './capacity-words.js'

/** Columns of a terminal that cells may take. */
const MAP_WIDTH = 78

const LEGEND =
  '● met   ○ failed   ? undecided   × asked for more than the pods can do   • ◦ the same, implied by others'

/** Lines of the map, most replicas above; with a legend below. */
export function characterMap(view: CapacityView): readonly string[] {
  const { rates, replicas } = view.capacity
  const rows = [...replicas].sort((left, right) => right - left)
  const labelWidth = Math.max('replicas'.length, ...rows.map((each) => textWidth(formatCount(each))))
  const labels = rates.map((rate) => rateLabel(view.capacity, rate))
  const widest = Math.max(...labels.map(textWidth)) + 1
  const width = Math.max(2, Math.min(widest, Math.floor(MAP_WIDTH / rates.length)))
  const every = Math.ceil(widest / width)
  return [
    `${padded('replicas', labelWidth)}`,
    ...rows.map(
      (count) =>
        `${padded(formatCount(count), labelWidth, 'right')} ${rates
          .map((rate) => padded(sign(cellAt(view, rate, count)), width, 'right'))
          .join('')}`,
    ),
    `${padded('', labelWidth)} ${labelLine(labels, width, every)}  requests/s`,
    LEGEND,
    ...(fillsNote(view.capacity) === undefined
      ? []
      : [`${FILLS_MARK} for the run only: a table of connections fills up after it`]),
  ]
}

/** Labels below the ends of their columns, as many as there is room for; the last one always. */
function labelLine(labels: readonly string[], width: number, every: number): string {
  const isShown = (index: number) => (labels.length - 1 - index) % every === 0
  let line = ''
  for (const [index, label] of labels.entries()) {
    const end = (index + 1) * width
    if (isShown(index) && line.length + label.length <= end) line += padded(label, end - line.length, 'right')
  }
  return line
}

function sign(cell: CapacityCell | undefined): string {
  if (cell === undefined) return ' '
  if (cell.verdict === 'undecided') return '?'
  if (cell.basis === 'overloaded') return '×'
  if (cell.verdict === 'passed') return cell.basis === 'implied' ? '•' : '●'
  return cell.basis === 'implied' ? '◦' : '○'
}

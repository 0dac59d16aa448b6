/** Rates against replicas, both ways: what each rate takes, and what each number of replicas carries. */
import { formatCount, formatPercent } from '../../base/units.js'
import type { CapacityResult } from '../../results/capacity-schema.js'
import { NO_VALUE } from '../figures.js'
import {
  type CapacityCellText,
  type CapacityTable,
  estimateCell,
  figureCell,
  wordCell,
} from './capacity-table.js'
import { type CapacityView, cellAt, pointAt, TIME, utilisationAt, watchedAt } from './capacity-view.js'

type LeastReplicas = CapacityResult['leastReplicas'][number]

/** The least number of replicas of each rate, with the figures there. */
export function rateTable(view: CapacityView): CapacityTable {
  const { capacity, watched } = view
  const undecided = capacity.leastReplicas.map((row) => undecidedBelow(view, row))
  const isAnyOpen = undecided.some((text) => text !== NO_VALUE)
  const open = isAnyOpen ? ['undecided'] : []
  const headers = [
    'rate',
    'replicas',
    ...open,
    watched.label,
    'utilisation',
    'busiest pod',
    'carries',
    'headroom',
  ]
  return {
    caption: 'The least number of replicas for each rate',
    columns: headers.map((header) => ({ header, kind: 'figure' })),
    rows: capacity.leastReplicas.map((row, index) => [
      figureCell('perSec', row.ratePerSec),
      leastCell(view, row),
      ...(isAnyOpen ? [wordCell(undecided[index])] : []),
      ...figureCells(view, row),
      carriesCell(row),
      wordCell(headroomText(row)),
    ]),
    notes: [
      `${watched.label} and utilisation are those at the least number${isAnyOpen ? '; undecided: fewer that may do' : ''}; carries: the greatest rate of the grid at which this number keeps the objectives (≥ where the grid ends there); headroom: how far that is above the rate.`,
    ],
  }
}

function leastCell({ capacity }: CapacityView, { replicas }: LeastReplicas): CapacityCellText {
  if (replicas !== null) return figureCell('count', replicas)
  return wordCell(`over ${formatCount(capacity.replicas.at(-1) ?? 0)}`)
}

/** The watched time, how busy the pods are on average, and the busiest. */
function figureCells(
  view: CapacityView,
  { point: position, replicas }: LeastReplicas,
): readonly CapacityCellText[] {
  const point = pointAt(view, position)
  if (point === undefined) {
    const missing = wordCell(replicas === null ? NO_VALUE : 'implied')
    return [missing, missing, missing]
  }
  const { mean, most } = utilisationAt(view, point)
  return [estimateCell(TIME, watchedAt(view, point)), estimateCell('ratio', mean), figureCell('ratio', most)]
}

/** `≥ 2,000 /s` where the grid ends. */
function carriesCell({ greatestRatePerSec, isRateBounded }: LeastReplicas): CapacityCellText {
  const cell = figureCell('perSec', greatestRatePerSec)
  return isRateBounded || greatestRatePerSec === null ? cell : { ...cell, text: `≥ ${cell.text}` }
}

/** `+125 %`. */
export function headroomText({ ratePerSec, greatestRatePerSec, isRateBounded }: LeastReplicas): string {
  if (greatestRatePerSec === null) return NO_VALUE
  const share = greatestRatePerSec / ratePerSec - 1
  return `${isRateBounded ? '' : '≥ '}${share === 0 ? '0 %' : `+${formatPercent(share)}`}`
}

/** `3?`, `2–3?`: numbers just below the answer that are undecided. */
function undecidedBelow(view: CapacityView, { ratePerSec, replicas }: LeastReplicas): string {
  const below = view.capacity.replicas
    .filter((each) => replicas === null || each < replicas)
    .filter((each) => cellAt(view, ratePerSec, each)?.verdict === 'undecided')
  const [first] = below
  const last = below.at(-1)
  if (first === undefined || last === undefined) return NO_VALUE
  return first === last ? `${formatCount(first)}?` : `${formatCount(first)}–${formatCount(last)}?`
}

/** `700 /s ?` where it is undecided. */
function failsCell(view: CapacityView, replicas: number, failsPerSec: number | null): CapacityCellText {
  if (failsPerSec === null) return wordCell('beyond')
  const cell = figureCell('perSec', failsPerSec)
  const isOpen = cellAt(view, failsPerSec, replicas)?.verdict === 'undecided'
  return isOpen ? { ...cell, text: `${cell.text} ?` } : cell
}

/** What each number of replicas carries, up to the first that carries the whole grid. */
export function replicasTable(view: CapacityView): CapacityTable {
  const { capacity } = view
  const rows = capacity.greatestRates
  const whole = rows.findIndex(({ holdsPerSec, failsPerSec }) => holdsPerSec !== null && failsPerSec === null)
  const shown = whole < 0 ? rows : rows.slice(0, whole + 1)
  return {
    caption: 'What each number of replicas carries',
    columns: ['replicas', 'holds at', 'fails at', 'pods are full at', 'of that'].map((header) => ({
      header,
      kind: 'figure',
    })),
    rows: shown.map(({ replicas, holdsPerSec, failsPerSec, saturatedPerSec }) => [
      figureCell('count', replicas),
      holdsPerSec === null ? wordCell('none') : figureCell('perSec', holdsPerSec),
      failsCell(view, replicas, failsPerSec),
      figureCell('perSec', saturatedPerSec),
      figureCell(
        'ratio',
        holdsPerSec === null || saturatedPerSec === null || saturatedPerSec === 0
          ? null
          : holdsPerSec / saturatedPerSec,
      ),
    ]),
    notes: [
      `holds at: the greatest rate of the grid at which all objectives are kept; fails at: the next one, which fails (?: or may, it is undecided); of that: how full the pods are where it holds.${shown.length < rows.length ? ' More replicas carry the whole grid as well.' : ''}`,
    ],
  }
}

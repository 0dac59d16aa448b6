/** Rates against replicas, both ways: what each rate takes, and what each number of replicas carries. */
import { formatCount, formatNumber, formatPercent } from '../../base/units.js'
import type { CapacityResult } from '../../results/capacity-schema.js'
import { NO_VALUE } from '../figures.js'
import { type CapacityTable, estimates, figures, words } from './capacity-table.js'
import { type CapacityView, cellAt, pointAt, TIME, utilisationAt, watchedAt } from './capacity-view.js'
import { fillsNote, rateLabel } from './capacity-words.js'

type LeastReplicas = CapacityResult['leastReplicas'][number]
type GreatestRate = CapacityResult['greatestRates'][number]

/** The least number of replicas of each rate, with the figures there. */
export function rateTable(view: CapacityView): CapacityTable {
  const { capacity, watched } = view
  const rows = capacity.leastReplicas
  const points = rows.map(({ point }) => pointAt(view, point))
  const used = points.map((point) => (point === undefined ? undefined : utilisationAt(view, point)))
  const fills = fillsNote(capacity)
  return {
    caption: 'The least number of replicas for each rate',
    columns: [
      figures(
        'rate',
        'perSec',
        rows.map(({ ratePerSec }) => ratePerSec),
        rows.map(({ ratePerSec }) => rateLabel(capacity, ratePerSec)),
      ),
      figures(
        'replicas',
        'count',
        rows.map(({ replicas }) => replicas),
        rows.map((row) => leastText(view, row)),
      ),
      estimates(
        watched.label,
        TIME,
        points.map((point) => (point === undefined ? undefined : watchedAt(view, point))),
      ),
      figures(
        'utilisation',
        'ratio',
        used.map((each) => each?.mean.value),
      ),
      figures(
        'busiest',
        'ratio',
        used.map((each) => each?.most),
      ),
      figures(
        'connections',
        'ratio',
        rows.map(({ connectionsUse }) => connectionsUse),
      ),
      figures(
        'carries',
        'perSec',
        rows.map(({ greatestRatePerSec }) => greatestRatePerSec),
        rows.map(carriesText),
      ),
      words('headroom', rows.map(headroomText), 'figure'),
    ],
    notes: [
      `Figures are those at the least number; (5?): fewer that stayed undecided; connections: of the fullest table of connections, once closed ones leave it as fast as new ones come; carries: the greatest rate at which this number keeps the objectives, of the grid or, for the number of the details, between two of its rates (≥ where the grid ends there); headroom: how far that is above the rate.`,
      ...(fills === undefined ? [] : [fills]),
    ],
  }
}

/** `≥ 2,000` where the grid ends. */
function carriesText({ greatestRatePerSec, failsPerSec }: LeastReplicas): string | undefined {
  return failsPerSec !== null || greatestRatePerSec === null
    ? undefined
    : `≥ ${formatNumber(greatestRatePerSec)}`
}

/** `+125 %`. */
function headroomText({ ratePerSec, greatestRatePerSec, failsPerSec }: LeastReplicas): string {
  if (greatestRatePerSec === null) return NO_VALUE
  const share = greatestRatePerSec / ratePerSec - 1
  return `${failsPerSec !== null ? '' : '≥ '}${share === 0 ? '0 %' : `+${formatPercent(share)}`}`
}

/** `6 (5?)` where fewer are undecided, `over 20` where none is enough; undefined: the number says it all. */
function leastText(view: CapacityView, { ratePerSec, replicas }: LeastReplicas): string | undefined {
  const { capacity } = view
  const open = capacity.replicas
    .filter((each) => replicas === null || each < replicas)
    .filter((each) => cellAt(view, ratePerSec, each)?.verdict === 'undecided')
  const [first] = open
  const last = open.at(-1)
  const least =
    replicas === null ? `over ${formatCount(capacity.replicas.at(-1) ?? 0)}` : formatCount(replicas)
  if (first === undefined || last === undefined) return replicas === null ? least : undefined
  return `${least} (${first === last ? formatCount(first) : `${formatCount(first)}–${formatCount(last)}`}?)`
}

/** What each number of replicas carries, up to the first that carries as much as any. */
export function replicasTable(view: CapacityView): CapacityTable {
  const rows = telling(view.capacity.greatestRates)
  const rest = view.capacity.greatestRates.slice(rows.length)
  const of = (pick: (row: GreatestRate) => number | null) => rows.map(pick)
  return {
    caption: 'What each number of replicas carries',
    columns: [
      figures(
        'replicas',
        'count',
        of(({ replicas }) => replicas),
      ),
      figures(
        'holds at',
        'perSec',
        of(({ holdsPerSec }) => holdsPerSec),
        rows.map(({ holdsPerSec }) => (holdsPerSec === null ? 'none' : undefined)),
      ),
      figures(
        'fails at',
        'perSec',
        of(({ failsPerSec }) => failsPerSec),
        rows.map((row) => failsText(view, row)),
      ),
      figures(
        'pods are full at',
        'perSec',
        of(({ saturatedPerSec }) => saturatedPerSec),
      ),
      figures(
        'of that',
        'ratio',
        of(({ holdsPerSec, saturatedPerSec }) =>
          holdsPerSec === null || saturatedPerSec === null || saturatedPerSec === 0
            ? null
            : holdsPerSec / saturatedPerSec,
        ),
      ),
    ],
    notes: [
      `holds at: the greatest rate at which all objectives are kept, of the grid or, for the number of the details, between two of its rates; fails at: the next one, which fails (?: or may, it is undecided); of that: how full the pods are where it holds.${restPhrase(rest)}`,
    ],
  }
}

/** What numbers that are not listed carry. */
function restPhrase(rest: readonly GreatestRate[]): string {
  const last = rest.at(-1)
  if (last === undefined) return ''
  const end = last.failsPerSec === null ? 'carry the whole grid as well' : 'carry no more'
  return ` More replicas, up to ${formatCount(last.replicas)}, ${end}.`
}

/** Without the end at which nothing changes any more. */
function telling(rows: readonly GreatestRate[]): readonly GreatestRate[] {
  const last = rows.at(-1)
  const first = rows.findIndex(
    (row, index) =>
      row.holdsPerSec === last?.holdsPerSec &&
      rows
        .slice(index)
        .every((each) => each.failsPerSec === last.failsPerSec && each.holdsPerSec === last.holdsPerSec),
  )
  return first < 0 ? rows : rows.slice(0, first + 1)
}

/** `700 ?` where it is undecided, `beyond` where the grid ends before. */
function failsText(view: CapacityView, { replicas, failsPerSec }: GreatestRate): string | undefined {
  if (failsPerSec === null) return 'beyond'
  const isOpen = cellAt(view, failsPerSec, replicas)?.verdict === 'undecided'
  return isOpen ? `${formatNumber(failsPerSec)} ?` : undefined
}

/** The least number of replicas against the rate: by simulation and by formula. */
import { formatCount, formatNumber } from '../../base/units.js'
import type { CapacityFormulas } from '../../results/capacity-schema.js'
import type { Chart, LineSeries } from '../charts/chart.js'
import { numberPlaces } from '../charts/number-places.js'
import { NO_VALUE } from '../figures.js'
import type { CapacityView } from './capacity-view.js'
import { rateText } from './capacity-words.js'

type Row = CapacityFormulas['rows'][number]

const LINES: readonly { readonly label: string; readonly of: (row: Row) => number | null }[] = [
  { label: 'simulation', of: ({ simulated }) => simulated },
  { label: 'usual formula', of: ({ usual }) => usual },
  { label: 'Erlang C, pooled', of: ({ pooled }) => pooled },
  { label: 'Erlang C, split', of: ({ split }) => split },
]

/** Undefined unless formulas were asked for two rates or more. */
export function formulaChart(view: CapacityView): Chart | undefined {
  const rows = view.capacity.formulas?.rows ?? []
  if (rows.length < 2) return undefined
  const lines = LINES.filter(({ of }) => rows.some((row) => of(row) !== null))
  const place = numberPlaces(rows.map(({ ratePerSec }) => ratePerSec))
  const finding = findingOf(view, rows)
  return {
    name: 'replicas-by-formula',
    title: finding,
    subtitle:
      'least number of replicas; pooled: one queue for all servers, split: a queue for each pod, usual: busy to 70 %',
    alt: `Chart of the least number of replicas against the rate, ${lines.length} lines. ${finding}. The numbers are in the table below it.`,
    table: {
      headers: ['requests/s', ...lines.map(({ label }) => label)],
      rows: rows.map((row) => [
        formatNumber(row.ratePerSec),
        ...lines.map(({ of }) => {
          const value = of(row)
          return value === null ? NO_VALUE : formatCount(value)
        }),
      ]),
    },
    picture: {
      kind: 'lines',
      x: {
        name: 'requests/s',
        isContinuous: true,
        ticks: rows.map(({ ratePerSec }) => ({ at: place(ratePerSec), label: formatNumber(ratePerSec) })),
      },
      y: { name: 'replicas', unit: 'replicas' },
      series: lines.map(({ label, of }, styleIndex): LineSeries => {
        const points = rows.flatMap((row) => {
          const value = of(row)
          return value === null
            ? []
            : [{ x: place(row.ratePerSec), y: value, half: 0, text: formatCount(value) }]
        })
        return { label, styleIndex, isCompanion: false, points }
      }),
      endLabels: [],
    },
  }
}

function findingOf({ capacity }: CapacityView, rows: readonly Row[]): string {
  const row =
    rows.find(({ ratePerSec }) => ratePerSec === capacity.details.ratePerSec) ?? rows[rows.length - 1]
  const { simulated, usual, pooled, split } = row
  const said = [
    `the usual formula ${formatCount(usual)}`,
    ...(pooled === null ? [] : [`Erlang C ${formatCount(pooled)} pooled`]),
    ...(split === null ? [] : [`${pooled === null ? 'Erlang C ' : ''}${formatCount(split)} split`]),
  ]
  const found = simulated === null ? 'more than the range' : formatCount(simulated)
  return `At ${rateText(row.ratePerSec)} the simulation says ${found}, ${said.join(', ')}`
}

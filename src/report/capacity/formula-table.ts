/** The usual formula and Erlang C beside the simulation, and why they differ. */
import { formatDuration, formatPercent } from '../../base/units.js'
import type { CapacityFormulas } from '../../results/capacity-schema.js'
import { counted, timesText } from '../figures.js'
import { type CapacityTable, figures } from './capacity-table.js'
import type { CapacityView } from './capacity-view.js'
import { objectiveText, rateText, replicasText } from './capacity-words.js'

/** Busier than the mean by less than this is not worth a reason. */
const NEGLIGIBLE = 1.02

/** One row for each rate; no rows where nothing was served. */
export function formulaTable({ capacity }: CapacityView): CapacityTable {
  const { formulas } = capacity
  const rows = formulas?.rows ?? []
  const column = (label: string, of: (row: Row) => number | null) => figures(label, 'count', rows.map(of))
  return {
    caption: 'Replicas by formula and by simulation',
    columns: [
      figures(
        'rate',
        'perSec',
        rows.map(({ ratePerSec }) => ratePerSec),
      ),
      column('usual formula', ({ usual }) => usual),
      column('Erlang C, pooled', ({ pooled }) => pooled),
      column('Erlang C, split', ({ split }) => split),
      column('simulation', ({ simulated }) => simulated),
    ],
    notes:
      formulas === null
        ? []
        : [
            'usual formula: ⌈rate × holding time / (0.7 × servers of a pod)⌉; pooled: one queue for all servers, a perfect balancer; split: a queue for each pod, an even share of requests at random.',
          ],
  }
}

/** What the formulas were told, what they say at the rate of the details, and why that differs. */
export function formulaSentences(view: CapacityView): readonly string[] {
  const { formulas, details } = view.capacity
  if (formulas === null) return []
  const row = formulas.rows.find(({ ratePerSec }) => ratePerSec === details.ratePerSec)
  return [
    ...(row === undefined ? [] : [`${saidSentence(details.ratePerSec, row)}${reason(formulas, row)}.`]),
    `The formulas were told what was measured: ${needsPhrase(formulas)}, ${formatDuration(formulas.overheadNs)} of a request pass ${formulas.isCpuBound ? 'elsewhere' : 'outside of the pods'}${askedFor(view)}.`,
  ]
}

/** What a request needs of a pod: a server, or CPU. */
function needsPhrase({ holdingNs, serversPerPod, isCpuBound }: CapacityFormulas): string {
  const time = formatDuration(holdingNs)
  return isCpuBound
    ? `a request takes ${time} of the CPU of a pod, whose limit counts as ${counted(serversPerPod, 'server')}`
    : `a request holds a server for ${time}, a pod has ${counted(serversPerPod, 'server')}`
}

type Row = CapacityFormulas['rows'][number]

/** `At 400 requests/s the usual formula says 3 replicas, Erlang C 3 pooled and 4 split; the simulation says 5`. */
function saidSentence(ratePerSec: number, { usual, pooled, split, simulated }: Row): string {
  const erlang = [
    ...(pooled === null ? [] : [`${pooled} pooled`]),
    ...(split === null ? [] : [`${split} split`]),
  ]
  const said = `the usual formula says ${replicasText(usual)}${erlang.length === 0 ? '' : `, Erlang C ${erlang.join(' and ')}`}`
  const found =
    simulated === null ? 'in the simulation none of the range is enough' : `the simulation says ${simulated}`
  return `At ${rateText(ratePerSec)} ${said}; ${found}`
}

/** What the busiest pod carries, which formulas do not know; and that 0.7 knows nothing of the objective. */
function reason({ busiest, isCpuBound }: CapacityFormulas, { usual, pooled, simulated }: Row): string {
  if (busiest === null) return ''
  const { pod, utilisation, meanUtilisation, connectionsOverMean } = busiest
  const busy = isCpuBound
    ? 'their CPU limit binds the pods'
    : `${pod} is ${formatPercent(utilisation)} busy, all together are ${formatPercent(meanUtilisation)}`
  const uneven =
    connectionsOverMean < NEGLIGIBLE
      ? `connections are spread evenly (${busy})`
      : `the busiest pod carries ${timesText(connectionsOverMean)} times the mean (${busy})`
  const least = Math.max(usual, pooled ?? 0)
  if (simulated !== null && simulated > least) return `, as ${uneven}`
  if (simulated !== null && simulated < usual)
    return `: the 0.7 of the formula knows nothing of the objective, which leaves room for more; ${uneven}`
  return `; ${uneven}`
}

function askedFor({ results, capacity }: CapacityView): string {
  const { objective } = capacity.formulas ?? {}
  if (objective === undefined || objective === null)
    return '; no objective is on a time, so Erlang C was not asked'
  const judged = results.points.flatMap(({ thresholds }) => thresholds ?? [])
  const found = judged.find(({ threshold }) => threshold === objective)
  return `; Erlang C was asked for ${found === undefined ? objective : objectiveText(capacity, found)}`
}

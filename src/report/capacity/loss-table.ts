/** What it takes with a pod, a node or a zone lost. */
import { formatCount } from '../../base/units.js'
import type { CapacityLoss } from '../../results/capacity-schema.js'
import type { PointResult } from '../../results/results-schema.js'
import { counted, estimateText, NO_VALUE } from '../figures.js'
import { type CapacityTable, estimates, figures, words } from './capacity-table.js'
import {
  type CapacityView,
  metricLabel,
  pointAt,
  replicasAt,
  TIME,
  utilisationAt,
  watchedAt,
} from './capacity-view.js'
import { fatalReason, lossName, rangeText } from './capacity-words.js'

/** Pods that are named. */
const MAX_NAMES = 3

/** One row for each loss; no rows where none was tried. */
export function lossTable(view: CapacityView): CapacityTable {
  const { losses, details } = view.capacity
  const points = losses.map((loss) => enoughAt(view, loss))
  return {
    caption: 'What it takes with a part lost, after the control plane has noticed',
    columns: [
      words('lost', losses.map(lossName)),
      words('takes with it', losses.map(takesText)),
      figures(
        'replicas',
        'count',
        losses.map(({ replicas }) => replicas),
      ),
      words(
        'more',
        losses.map((loss) => moreText(loss, details.replicas)),
        'figure',
      ),
      estimates(
        view.watched.label,
        TIME,
        points.map((point) => (point === undefined ? undefined : watchedAt(view, point))),
      ),
      figures(
        'utilisation',
        'ratio',
        points.map((point) => (point === undefined ? undefined : utilisationAt(view, point).mean.value)),
      ),
      words(
        'remark',
        losses.map((loss) => remark(view, loss)),
        'text',
      ),
    ],
    notes: [],
  }
}

/** What was simulated at the least number. */
function enoughAt(view: CapacityView, { points, replicas }: CapacityLoss): PointResult | undefined {
  const tried = points.flatMap((position) => pointAt(view, position) ?? [])
  return tried.find((point) => replicas !== null && replicasAt(point, view) === replicas)
}

function takesText({ takes }: CapacityLoss): string {
  if (takes.length === 0) return 'no pod'
  if (takes.length <= MAX_NAMES) return takes.join(', ')
  return `${takes.slice(0, MAX_NAMES - 1).join(', ')} and ${counted(takes.length - MAX_NAMES + 1, 'more pod')}`
}

function moreText({ replicas }: CapacityLoss, needed: number | null): string {
  if (replicas === null || needed === null) return NO_VALUE
  return replicas === needed
    ? '0'
    : `${replicas > needed ? '+' : '−'}${formatCount(Math.abs(replicas - needed))}`
}

/** Why no number is enough, and what fails with the greatest that was tried. */
function remark(view: CapacityView, loss: CapacityLoss): string {
  if (loss.replicas !== null) return ''
  const reason = fatalReason(loss)
  const start = reason === undefined ? `none of ${rangeText(view.capacity)} is enough` : reason
  const tried = loss.points.flatMap((position) => pointAt(view, position) ?? [])
  const last = tried.at(-1)
  const failed = (last?.thresholds ?? []).filter(({ verdict }) => verdict === 'failed')
  const replicas = last === undefined ? undefined : replicasAt(last, view)
  if (failed.length === 0 || replicas === undefined) return start
  const said = failed.map(
    (each) => `${metricLabel(view.capacity, each.metric)} ${estimateText(each.unit, each)}`,
  )
  return `${start} (with ${formatCount(replicas)}: ${said.join(', ')})`
}

/** What it takes with a pod, a node or a zone lost. */
import { formatCount } from '../../base/units.js'
import type { CapacityLoss } from '../../results/capacity-schema.js'
import type { PointResult } from '../../results/results-schema.js'
import { counted, NO_VALUE } from '../figures.js'
import { type CapacityTable, estimateCell, figureCell, wordCell } from './capacity-table.js'
import { type CapacityView, pointAt, replicasAt, TIME, utilisationAt, watchedAt } from './capacity-view.js'
import { lastPodsText, listed, lossName, rangeText } from './capacity-words.js'

/** Pods that are named. */
const MAX_NAMES = 3

/** One row for each loss; no rows where none was tried. */
export function lossTable(view: CapacityView): CapacityTable {
  const { losses, details } = view.capacity
  return {
    caption: `What it takes with a part lost, after the control plane has noticed`,
    columns: [
      { header: 'lost', kind: 'name' },
      { header: 'takes with it', kind: 'name' },
      { header: 'replicas', kind: 'figure' },
      { header: 'more', kind: 'figure' },
      { header: view.watched.label, kind: 'figure' },
      { header: 'utilisation', kind: 'figure' },
      { header: 'remark', kind: 'text' },
    ],
    rows: losses.map((loss) => {
      const point = pointOf(view, loss)
      return [
        wordCell(lossName(loss)),
        wordCell(takesText(loss)),
        loss.replicas === null ? wordCell(NO_VALUE) : figureCell('count', loss.replicas),
        wordCell(moreText(loss, details.replicas)),
        estimateCell(TIME, point === undefined ? undefined : watchedAt(view, point)),
        estimateCell('ratio', point === undefined ? undefined : utilisationAt(view, point).mean),
        wordCell(remark(view, loss)),
      ]
    }),
    notes: [],
  }
}

/** What was simulated at the least number; else at the greatest that was tried. */
function pointOf(view: CapacityView, { points, replicas }: CapacityLoss): PointResult | undefined {
  const tried = points.flatMap((position) => pointAt(view, position) ?? [])
  return (
    tried.find((point) => replicasAt(point, view) === replicas) ??
    (replicas === null ? tried.at(-1) : undefined)
  )
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

function remark(view: CapacityView, loss: CapacityLoss): string {
  if (loss.lastPods.length > 0) return `can not be lost: ${lastPodsText(loss)}`
  if (loss.replicas !== null) return ''
  const tried = listed(
    loss.points.flatMap((position) => {
      const point = pointAt(view, position)
      const replicas = point === undefined ? undefined : replicasAt(point, view)
      return replicas === undefined ? [] : [formatCount(replicas)]
    }),
  )
  return `none of ${rangeText(view.capacity)} is enough${tried === '' ? '' : ` (tried ${tried})`}`
}

/** How full everything is that can run out, the first to be full first. */

import type { Chart } from '../charts/chart.js'
import { figureText, NO_VALUE } from '../figures.js'
import { limitSentence } from './capacity-answer.js'
import type { CapacityView } from './capacity-view.js'
import { limitName, rateText, replicasText } from './capacity-words.js'

/** Bars that are drawn; the table has all. */
const MAX_BARS = 10

/** Undefined where nothing can run out. */
export function limitChart(view: CapacityView): Chart | undefined {
  const { limits, details } = view.capacity
  if (limits.length === 0) return undefined
  const shown = limits.slice(0, MAX_BARS)
  const finding = limitSentence(view)?.replace(/\.$/, '') ?? 'Nothing that can run out is used'
  const fullText = (fullPerSec: number | null) =>
    fullPerSec === null ? 'not used' : `full at ${figureText('perSec', fullPerSec)}`
  const rest = shown.length < limits.length ? `; the first ${shown.length} of ${limits.length}` : ''
  return {
    name: 'limits',
    title: finding,
    subtitle: `share in use at ${rateText(details.ratePerSec)}${details.replicas === null ? '' : ` with ${replicasText(details.replicas)}`}; full at: by the rule of three${rest}`,
    alt: `Bars of ${shown.length} limits with a line where they are full. ${finding}. The numbers are in the table below it.`,
    table: {
      headers: ['what', 'in use', 'full at'],
      rows: limits.map((limit) => [
        limitName(limit),
        figureText('ratio', limit.use),
        limit.fullPerSec === null ? NO_VALUE : figureText('perSec', limit.fullPerSec),
      ]),
    },
    picture: {
      kind: 'bars',
      rows: shown.map((limit) => ({
        label: limitName(limit),
        note: fullText(limit.fullPerSec),
        ratio: limit.use,
        text: figureText('ratio', limit.use),
      })),
      full: 'full',
    },
  }
}

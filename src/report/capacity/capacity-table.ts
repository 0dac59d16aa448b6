/** Tables of a report on capacity before they are laid out: text, Markdown and the page all write these. */
import type { MetricUnit } from '../../results/metric-catalogue.js'
import type { Estimate } from '../../results/results-schema.js'
import { estimateText, figureText, NO_VALUE } from '../figures.js'

/** One cell: what is read, and the exact figure where it is one. */
export interface CapacityCellText {
  readonly text: string
  readonly value?: number
}

/** One table. */
export interface CapacityTable {
  readonly caption: string
  /** Names stand at the left, figures at the right; texts are long; bars are drawn in the terminal only. */
  readonly columns: readonly { readonly header: string; readonly kind: 'name' | 'figure' | 'text' | 'bar' }[]
  readonly rows: readonly (readonly CapacityCellText[])[]
  /** Said below it. */
  readonly notes: readonly string[]
}

/** Words. */
export function wordCell(text: string): CapacityCellText {
  return { text }
}

/** A figure without an interval; a dash for null. */
export function figureCell(unit: MetricUnit, value: number | null): CapacityCellText {
  return value === null ? { text: NO_VALUE } : { text: figureText(unit, value), value }
}

/** A figure with its interval; a dash where there is none. */
export function estimateCell(unit: MetricUnit, estimate: Estimate | undefined): CapacityCellText {
  if (estimate === undefined || estimate.value === null) return { text: NO_VALUE }
  return { text: estimateText(unit, estimate), value: estimate.value }
}

/**
 * Tables of a report on capacity before they are laid out: text, Markdown and the page all write these. Figures of a column
 * have one unit, in its header, and decimal points below each other.
 */
import type { MetricUnit } from '../../results/metric-catalogue.js'
import type { Estimate } from '../../results/results-schema.js'
import { besideHalves, figureColumn } from '../figure-column.js'

/** One cell: what is read, and the exact figure where it is one. */
export interface CapacityCellText {
  readonly text: string
  readonly value?: number
}

/** One column. */
export interface CapacityColumn {
  readonly header: string
  /** Names stand at the left, figures at the right; texts are long; bars are drawn in the terminal only. */
  readonly kind: 'name' | 'figure' | 'text' | 'bar'
  readonly cells: readonly CapacityCellText[]
}

/** One table; of columns of equal length. */
export interface CapacityTable {
  readonly caption: string
  readonly columns: readonly CapacityColumn[]
  /** Said below it. */
  readonly notes: readonly string[]
}

/** How many rows a table has. */
export function rowCount({ columns }: CapacityTable): number {
  return columns[0]?.cells.length ?? 0
}

/** The cells of a table, row by row. */
export function tableRows(table: CapacityTable): readonly (readonly CapacityCellText[])[] {
  return Array.from({ length: rowCount(table) }, (_, row) => table.columns.map(({ cells }) => cells[row]))
}

/** A column of words. */
export function words(
  header: string,
  texts: readonly string[],
  kind: CapacityColumn['kind'] = 'name',
): CapacityColumn {
  return { header, kind, cells: texts.map((text) => ({ text })) }
}

/** A column of figures with their intervals; dashes where there are none. */
export function estimates(
  label: string,
  unit: MetricUnit,
  all: readonly (Estimate | undefined)[],
): CapacityColumn {
  const column = figureColumn(unit, all)
  return columnOf(label, column.unit, besideHalves(column.values, column.halves), all)
}

/** A column of figures without intervals; `instead` stands in place of those that it has a text for. */
export function figures(
  label: string,
  unit: MetricUnit,
  values: readonly (number | null | undefined)[],
  instead: readonly (string | undefined)[] = [],
): CapacityColumn {
  const all = values.map((value) => ({ value: value ?? null, halfWidth95: null }))
  const column = figureColumn(unit, all)
  const texts = column.values.map((text, index) => instead[index] ?? text)
  return columnOf(label, column.unit, texts, all)
}

function columnOf(
  label: string,
  unit: string,
  texts: readonly string[],
  all: readonly (Estimate | undefined)[],
): CapacityColumn {
  const cells = texts.map((text, index) => {
    const value = all[index]?.value ?? null
    return value === null ? { text } : { text, value }
  })
  return { header: unit === '' ? label : `${label}, ${unit}`, kind: 'figure', cells }
}

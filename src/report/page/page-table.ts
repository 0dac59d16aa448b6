/**
 * Tables of a page: names at the left, figures at the right with decimal points and units as everywhere. A figure carries
 * its exact value in the unit of the results (`<data value="46300000">46.3 ms</data>`), so nothing is lost by rounding.
 */
import type { Metric } from '../../results/metric-catalogue.js'
import type { Estimate } from '../../results/results-schema.js'
import { figureColumn } from '../figure-column.js'
import { NO_VALUE } from '../figures.js'
import { type Content, html, type Markup } from './html-text.js'

/** One column. */
export interface PageColumn {
  readonly header: string
  /** Names stand at the left and may break; figures do not; texts are long. */
  readonly kind: 'name' | 'figure' | 'text'
}

export interface PageTable {
  readonly caption?: string
  readonly columns: readonly PageColumn[]
  /** Cells by column; a single cell is a remark in place of a row. */
  readonly rows: readonly (readonly Content[])[]
}

/** Headers longer than this may break. */
const LONG_HEADER = 22

/** A table that scrolls by itself where the page is narrow; nothing if it has no rows. */
export function pageTable({ caption, columns, rows }: PageTable): Markup | undefined {
  if (rows.length === 0) return undefined
  const label = caption ?? columns.map(({ header }) => header).join(', ')
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${`Table: ${label}`}"><table>
${caption === undefined ? undefined : html`<caption>${caption}</caption>\n`}<thead><tr>${columns.map(headerCell)}</tr></thead>
<tbody>
${rows.map((row) => rowOf(row, columns))}</tbody>
</table></div>
`
}

function headerCell({ header, kind }: PageColumn): Markup {
  const long = header.length > LONG_HEADER ? ' long' : ''
  return html`<th scope="col" class="${kind}${long}">${header}</th>`
}

function rowOf(row: readonly Content[], columns: readonly PageColumn[]): Markup {
  if (row.length < columns.length)
    return html`<tr class="gap"><td colspan="${columns.length}">${row}</td></tr>\n`
  const cells = row.map((cell, index) => {
    const { kind } = columns[index]
    return index === 0
      ? html`<th scope="row" class="${kind}">${cell}</th>`
      : html`<td class="${kind}">${cell}</td>`
  })
  return html`<tr>${cells}</tr>\n`
}

/** Columns by their headers. */
export function columnsOf(kind: PageColumn['kind'], headers: readonly string[]): readonly PageColumn[] {
  return headers.map((header) => ({ header, kind }))
}

/** A figure with its exact value. */
export function figure(value: number | null, text: string): Content {
  return value === null ? text : html`<data value="${value}">${text}</data>`
}

/** A column of one metric over many subjects: the unit in its header, decimals below each other. */
export function metricColumn<Subject>(
  metric: Metric<Subject>,
  subjects: readonly (Subject | undefined)[],
): { readonly column: PageColumn; readonly cells: readonly Content[] } {
  const estimates = subjects.map((subject) => (subject === undefined ? undefined : metric.of(subject)))
  return estimateColumn(metric.label, metric.unit, estimates)
}

/** A column of estimates. */
export function estimateColumn(
  label: string,
  unit: Metric['unit'],
  estimates: readonly (Estimate | undefined)[],
): { readonly column: PageColumn; readonly cells: readonly Content[] } {
  const { unit: shown, values, halves } = figureColumn(unit, estimates)
  const cells = estimates.map((each, index) => {
    if (each === undefined || each.value === null) return NO_VALUE
    const half = halves[index] === '' ? undefined : html` <span class="half">${halves[index]}</span>`
    return [figure(each.value, values[index]), half]
  })
  return { column: { header: shown === '' ? label : `${label}, ${shown}`, kind: 'figure' }, cells }
}

/** Columns of texts and of metrics put together as a table. */
export function columnTable(
  caption: string | undefined,
  parts: readonly { readonly column: PageColumn; readonly cells: readonly Content[] }[],
): PageTable {
  const rowCount = parts[0]?.cells.length ?? 0
  return {
    ...(caption === undefined ? {} : { caption }),
    columns: parts.map(({ column }) => column),
    rows: Array.from({ length: rowCount }, (_, row) => parts.map(({ cells }) => cells[row])),
  }
}

/** A column of names. */
export function nameColumn(
  header: string,
  cells: readonly string[],
): {
  readonly column: PageColumn
  readonly cells: readonly Content[]
} {
  return { column: { header, kind: 'name' }, cells }
}

/** A sweep in Markdown: the table that its scenario asks for, or one row per point. */
import type { Results } from '../results/results-schema.js'
import { callSeries } from './calls.js'
import { figureColumns } from './markdown-call.js'
import { markdownTable, markdownText } from './markdown-text.js'
import { pointRows } from './sweep-points.js'
import { type CrossTable, crossBlocks, crossTable } from './sweep-table.js'
import { legend, pointsText } from './text-sweep.js'
import { isUnstable, UNSTABLE_LEGEND } from './unstable.js'

/** Columns that a page shows without scrolling. */
const MAX_COLUMNS = 8

/** The sections of a sweep, each as lines. */
export function sweepMarkdown(results: Results): readonly (readonly string[])[] {
  const cross = crossTable(results)
  const points = [markdownText(`${pointsText(results)}.`)]
  if (cross !== undefined) return [points, ...crossSections(cross)]
  const tables = callSeries(results).map((series) => {
    const { columns, rows } = pointRows(results, series, Number.POSITIVE_INFINITY)
    const escaped = columns.map(({ header, align }) => ({ header: markdownText(header), align }))
    const table = markdownTable(
      escaped,
      rows.map((row) => row.map((text) => markdownText(text.trimEnd()))),
    )
    const legendLine = series.calls.some(isUnstable) ? ['', markdownText(UNSTABLE_LEGEND)] : []
    return [`## ${markdownText(series.title)}`, '', ...table, ...legendLine]
  })
  return [points, ...tables]
}

function crossSections(whole: CrossTable): readonly (readonly string[])[] {
  const blocks = crossBlocks(whole, ({ columns }) => columns.length <= MAX_COLUMNS)
  return [
    [`## ${markdownText(whole.title)}`],
    ...blocks.map(({ title, table }) => [
      ...(title === '' ? [] : [`**${markdownText(title)}**`, '']),
      ...blockTable(table),
    ]),
    legend(whole).map((line) => `- ${markdownText(line)}`),
  ]
}

function blockTable(table: CrossTable): readonly string[] {
  const headers = [...table.rowAxes, ...table.columns.map((column) => column.join(' · '))]
  const rows = table.rows.map(({ settings, cells }) =>
    [...settings, ...cells].map((text) => markdownText(text.replaceAll(/ {2,}/g, ' ').trimEnd())),
  )
  return markdownTable(figureColumns(...headers.map(markdownText)), rows)
}

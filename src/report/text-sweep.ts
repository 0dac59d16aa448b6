/** A sweep as text: one row per point with the usual metrics, or the table that the scenario asks for. */
import { formatCount } from '../base/units.js'
import type { Results } from '../results/results-schema.js'
import { type CallSeries, callSeries } from './calls.js'
import { counted } from './figures.js'
import { sweepAxes } from './sweep-axes.js'
import { sweepFindings } from './sweep-findings.js'
import { pointRows } from './sweep-points.js'
import { type CrossTable, crossBlocks, crossTable } from './sweep-table.js'
import { headline } from './text-frame.js'
import { shortened, TEXT_WIDTH, type TextColumn, textTable, textWidth, wrapped } from './text-layout.js'
import { isUnstable, UNSTABLE_LEGEND } from './unstable.js'

/** Crossed tables wider than this are cut into blocks. */
export const TABLE_WIDTH = 108

/** The sections of a sweep, each as lines. */
export function sweepSections(results: Results): readonly (readonly string[])[] {
  const cross = crossTable(results)
  const tables =
    cross === undefined
      ? callSeries(results).map((series) => pointTable(results, series))
      : [crossLines(cross)]
  return [headline(results, sweepFindings(results).join(' ')), wrapped(pointsText(results)), ...tables]
}

/** `18 points: replicas 1, 2, 3 × way in ClusterIP, NodePort`. */
export function pointsText(results: Results): string {
  const axes = sweepAxes(results).map(({ name, values }) => {
    const shown =
      values.length <= 12
        ? values.join(', ')
        : `${values.slice(0, 10).join(', ')}, … (${formatCount(values.length)})`
    return `${name} ${shown}`
  })
  return `${counted(results.points.length, 'point')}: ${axes.join(' × ')}`
}

function pointTable(results: Results, series: CallSeries): readonly string[] {
  const { columns, rows } = pointRows(results, series, TEXT_WIDTH)
  const marked = series.calls.some(isUnstable) ? wrapped(UNSTABLE_LEGEND).map((line) => `  ${line}`) : []
  return [series.title, ...textTable(columns, rows).map((line) => `  ${line}`), ...marked]
}

function crossLines(whole: CrossTable): readonly string[] {
  const isFitting = (table: CrossTable) => blockLines(table).every((line) => textWidth(line) <= TABLE_WIDTH)
  const blocks = crossBlocks(whole, isFitting).flatMap(({ title, table }) => [
    ...(title === '' ? [] : [`  ${title}`]),
    ...blockLines(table).map((line) => `  ${line}`),
    '',
  ])
  return [whole.title, ...blocks, ...legend(whole).flatMap((line) => wrapped(line))]
}

function blockLines(table: CrossTable): readonly string[] {
  const headers = table.columnAxes.map((_, axisIndex) => [
    ...table.rowAxes.map(() => ''),
    ...table.columns.map((column) => shortened(column[axisIndex])),
  ])
  const rows = table.rows.map(({ settings, cells }) => [...settings.map((text) => shortened(text)), ...cells])
  const columns: TextColumn[] = [
    ...table.rowAxes.map((name) => ({ header: shortened(name), align: 'right' as const })),
    ...table.columns.map((column) => ({ header: shortened(column.at(-1) ?? ''), align: 'right' as const })),
  ]
  const upper = headers.slice(0, -1)
  const lines = textTable(columns, [...upper, ...rows])
  // The rows of outer headers stand above the header line of the table.
  return [...lines.slice(1, 1 + upper.length), lines[0], ...lines.slice(1 + upper.length)]
}

/** What stands in a cell, metric by metric. */
export function legend(table: CrossTable): readonly string[] {
  const names = table.metrics.map(({ label, path }, index) => {
    const half = table.metrics.length === 1 ? undefined : table.widestHalves[index]
    const unit = table.units[index] === '' ? '' : ` in ${table.units[index]}`
    return `${label}${unit} (${path})${half === undefined ? '' : `, ${half}`}`
  })
  const columns = table.columnAxes.length === 0 ? '' : `Columns: ${table.columnAxes.join(' × ')}. `
  return [
    `${columns}Cells: ${names.join(' / ')}.`,
    ...table.metrics.map((metric) => `${metric.label}: ${metric.definition}`),
    ...(table.isMarked ? [UNSTABLE_LEGEND] : []),
  ]
}

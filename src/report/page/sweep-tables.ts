/** The tables of a sweep: the one that its scenario asks for, and a row for each point and call. */
import type { Results } from '../../results/results-schema.js'
import { type CallSeries, callSeries, serviceName } from '../calls.js'
import { settingAt, sweepAxes } from '../sweep-axes.js'
import { type CrossTable, crossBlocks, crossTable, usualMetrics } from '../sweep-table.js'
import { legend, pointsText } from '../text-sweep.js'
import { isUnstable, markedTexts, UNSTABLE_LEGEND } from '../unstable.js'
import { html, type Markup } from './html-text.js'
import { columnsOf, columnTable, metricColumn, nameColumn, type PageTable } from './page-table.js'
import { block } from './run-tables.js'

/** Columns that a page shows without scrolling. */
const MAX_COLUMNS = 10

/** @throws InputError METRIC_UNKNOWN, CALL_UNKNOWN if the table of the sweep asks for what is not there */
export function sweepTables(results: Results): readonly Markup[] {
  const cross = crossTable(results)
  const points = callSeries(results).map((series) =>
    block(pointTable(results, series), series.calls.some(isUnstable) ? UNSTABLE_LEGEND : ''),
  )
  return [
    html`<p class="about">${pointsText(results)}.</p>\n`,
    ...(cross === undefined ? [] : crossTables(cross)),
    ...points,
  ].filter((each) => each !== undefined)
}

function crossTables(whole: CrossTable): readonly (Markup | undefined)[] {
  const blocks = crossBlocks(whole, ({ columns }) => columns.length <= MAX_COLUMNS)
  return blocks.map(({ title, table }, index) => {
    const caption = [whole.title, title].filter((text) => text !== '').join(', ')
    return block(
      {
        caption,
        columns: [
          ...columnsOf('name', table.rowAxes),
          ...columnsOf(
            'figure',
            table.columns.map((column) => column.join(' · ')),
          ),
        ],
        rows: table.rows.map(({ settings, cells }) => [...settings, ...cells.map((cell) => cell.trim())]),
      },
      index === blocks.length - 1 ? legend(whole).join(' ') : '',
    )
  })
}

function pointTable(results: Results, series: CallSeries): PageTable {
  const present = results.points
    .map((point, index) => ({ point, call: series.calls[index] }))
    .filter(({ call }) => call !== undefined)
  const calls = present.map(({ call }) => call)
  const settings = sweepAxes(results).map((axis, index) =>
    nameColumn(
      axis.name,
      present.map(({ point }) => settingAt(point, index)),
    ),
  )
  const varying = series.varying.map((what) =>
    nameColumn(
      what,
      calls.map((call) => (call === undefined ? '' : what === 'via' ? call.via : serviceName(call))),
    ),
  )
  const figures = usualMetrics().map((metric) => {
    const { column, cells } = metricColumn(metric, calls)
    const marks = markedTexts(
      calls.map(() => ''),
      metric.unit,
      calls,
    )
    return { column, cells: cells.map((cell, index) => [cell, marks[index].trimEnd()]) }
  })
  return columnTable(series.title, [...settings, ...varying, ...figures])
}

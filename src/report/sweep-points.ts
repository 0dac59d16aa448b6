/** The points of a sweep as the rows of a table, for every format that shows it so. */
import type { Results } from '../results/results-schema.js'
import { type CallSeries, serviceName } from './calls.js'
import { besideHalves, figureColumn } from './figure-column.js'
import { settingAt, sweepAxes } from './sweep-axes.js'
import { usualMetrics } from './sweep-table.js'
import { shortened, type TextColumn, textTable, textWidth } from './text-layout.js'
import { markedTexts } from './unstable.js'

/**
 * The points of a sweep as rows: one for each point that has the call, with its settings and the usual metrics.
 *
 * @param width - columns of a terminal that the table should not exceed
 */
export function pointRows(
  results: Results,
  series: CallSeries,
  width: number,
): { readonly columns: readonly TextColumn[]; readonly rows: readonly (readonly string[])[] } {
  const present = results.points
    .map((point, index) => ({ point, call: series.calls[index] }))
    .filter(({ call }) => call !== undefined)
  const axes = sweepAxes(results)
  const columns: TextColumn[] = []
  const cells: string[][] = present.map(() => [])
  const add = (header: string, align: TextColumn['align'], texts: readonly string[]) => {
    columns.push({ header, align })
    for (const [index, text] of texts.entries()) cells[index].push(text)
  }
  for (const [index, axis] of axes.entries()) {
    const align = axis.numbers === undefined ? 'left' : 'right'
    add(
      shortened(axis.name),
      align,
      present.map(({ point }) => shortened(settingAt(point, index))),
    )
  }
  for (const what of series.varying) {
    const text = present.map(({ call }) =>
      call === undefined ? '' : what === 'via' ? call.via : serviceName(call),
    )
    add(what, 'left', text)
  }
  const settingsWidth = textTable(columns, cells).reduce(
    (widest, line) => Math.max(widest, textWidth(line)),
    0,
  )
  for (const column of metricColumns(
    present.map(({ call }) => call),
    width - settingsWidth,
  )) {
    add(column.header, 'right', column.texts)
  }
  return { columns, rows: cells }
}

/** The usual metrics with their intervals; if that is too wide, with the interval of the second (p99) only. */
function metricColumns(
  calls: readonly CallSeries['calls'][number][],
  width: number,
): readonly { header: string; texts: readonly string[] }[] {
  const columns = (hasHalves: (index: number) => boolean) =>
    usualMetrics().map((metric, index) => {
      const column = figureColumn(
        metric.unit,
        calls.map((call) => (call === undefined ? undefined : metric.of(call))),
      )
      const header = column.unit === '' ? metric.label : `${metric.label} ${column.unit}`
      return {
        header,
        texts: markedTexts(
          hasHalves(index) ? besideHalves(column.values, column.halves) : column.values,
          metric.unit,
          calls,
        ),
      }
    })
  const full = columns(() => true)
  const taken = full.reduce(
    (sum, { header, texts }) => sum + 2 + Math.max(textWidth(header), ...texts.map(textWidth)),
    0,
  )
  return taken <= width ? full : columns((index) => index === 1)
}

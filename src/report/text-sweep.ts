/** A sweep as text: one row per point with the usual metrics, or the table that the scenario asks for. */
import { formatCount } from '../base/units.js'
import type { Results } from '../results/results-schema.js'
import { type CallSeries, callSeries, serviceName } from './calls.js'
import { figureColumn } from './figure-column.js'
import { counted } from './figures.js'
import { settingAt, sweepAxes } from './sweep-axes.js'
import { sweepFindings } from './sweep-findings.js'
import { type CrossTable, crossTable, usualMetrics } from './sweep-table.js'
import { headline } from './text-frame.js'
import {
  padded,
  shortened,
  TEXT_WIDTH,
  type TextColumn,
  textTable,
  textWidth,
  wrapped,
} from './text-layout.js'

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

/** One row for each point that has the call. */
function pointTable(results: Results, series: CallSeries): readonly string[] {
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
    TEXT_WIDTH - settingsWidth,
  )) {
    add(column.header, 'right', column.texts)
  }
  return [series.title, ...textTable(columns, cells).map((line) => `  ${line}`)]
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
        texts: hasHalves(index) ? besideHalves(column.values, column.halves) : column.values,
      }
    })
  const full = columns(() => true)
  const taken = full.reduce(
    (sum, { header, texts }) => sum + 2 + Math.max(textWidth(header), ...texts.map(textWidth)),
    0,
  )
  return taken <= width ? full : columns((index) => index === 1)
}

function besideHalves(values: readonly string[], halves: readonly string[]): readonly string[] {
  const width = Math.max(...halves.map(textWidth))
  return width === 0
    ? values
    : values.map((value, index) => `${value} ${padded(halves[index], width, 'right')}`)
}

function crossLines(table: CrossTable): readonly string[] {
  const headers = table.columnAxes.map((_, axisIndex) => [
    ...table.rowAxes.map(() => ''),
    ...table.columns.map((column) => shortened(column[axisIndex])),
  ])
  const rows = table.rows.map(({ settings, cells }) => [...settings.map((text) => shortened(text)), ...cells])
  const columns: TextColumn[] = [
    ...table.rowAxes.map((name) => ({
      header: shortened(name),
      align: 'right' as const,
    })),
    ...table.columns.map((column) => ({
      header: shortened(column.at(-1) ?? ''),
      align: 'right' as const,
    })),
  ]
  const upper = headers.slice(0, -1).map((row) => row)
  const lines = textTable(columns, [...upper, ...rows])
  // The rows of outer headers stand above the header line of the table.
  const body = [...lines.slice(1, 1 + upper.length), lines[0], ...lines.slice(1 + upper.length)]
  return [
    table.title,
    ...body.map((line) => `  ${line}`),
    '',
    ...legend(table).flatMap((line) => wrapped(line)),
  ]
}

/** What stands in a cell, metric by metric. */
export function legend(table: CrossTable): readonly string[] {
  const names = table.metrics.map(({ label, path }, index) => {
    const half = table.metrics.length === 1 ? undefined : table.widestHalves[index]
    return `${label} (${path})${half === undefined ? '' : `, ${half}`}`
  })
  const columns = table.columnAxes.length === 0 ? '' : `Columns: ${table.columnAxes.join(' × ')}. `
  return [
    `${columns}Cells: ${names.join(' / ')}.`,
    ...table.metrics.map((metric) => `${metric.label}: ${metric.definition}`),
  ]
}

/**
 * A sweep laid out as a table: some factors as rows, others crossed as columns, metrics in each cell. Layout only;
 * `text-sweep.ts` and `markdown-sweep.ts` write it.
 */
import { InputError } from '../base/diagnostics.js'
import { type Metric, metricAt } from '../results/metric-catalogue.js'
import type { Estimate, PointResult, Results } from '../results/results-schema.js'
import { type CallSeries, callSeries } from './calls.js'
import { besideHalves, figureColumn } from './figure-column.js'
import { figureText, halfWidthText, NO_VALUE } from './figures.js'
import { type SweepAxis, settingAt, sweepAxes } from './sweep-axes.js'
import { padded, textWidth } from './text-layout.js'
import { isMarkable, isUnstable, markedTexts } from './unstable.js'

/** What a sweep shows for each point unless its scenario says otherwise. */
const USUAL_METRICS = [
  'responseTime.p50',
  'responseTime.p99',
  'outcomes.completedRatio',
  'connections.maxOverMean',
  'stickiness.returnRatio',
  'stickiness.brokenSessions',
]

/** A table of crossed factors. */
export interface CrossTable {
  /** The call that is shown. */
  readonly title: string
  readonly rowAxes: readonly string[]
  readonly columnAxes: readonly string[]
  /** For each column the value of each column factor. */
  readonly columns: readonly (readonly string[])[]
  readonly rows: readonly {
    readonly settings: readonly string[]
    /** One text for each column: the metrics, joined by a slash, of equal width; a dash where there is no such point. */
    readonly cells: readonly string[]
  }[]
  readonly metrics: readonly Metric[]
  /** The unit of each metric in all cells: `%`, `ms`; empty for numbers without a unit. */
  readonly units: readonly string[]
  /** The widest interval of each metric over all cells: `± at most 1.2`; undefined without intervals. */
  readonly widestHalves: readonly (string | undefined)[]
  /** Is any cell marked as of a point without a steady state? */
  readonly isMarked: boolean
}

/** The metrics of each point, in the order of the catalogue of a plain sweep. */
export function usualMetrics(): readonly Metric[] {
  return USUAL_METRICS.map((path) => metricAt(path))
}

/**
 * Lays out the table that the scenario asks for.
 *
 * @returns undefined if it asks for none
 * @throws InputError METRIC_UNKNOWN, CALL_UNKNOWN
 */
export function crossTable(results: Results): CrossTable | undefined {
  const table = results.sweep?.table
  if (table === undefined) return undefined
  const axes = sweepAxes(results)
  const isColumn = (axis: SweepAxis) => table.columns.includes(axis.name)
  // Columns stand in the order in which the scenario names them.
  const columnIndexes = table.columns
    .map((name) => axes.findIndex((axis) => axis.name === name))
    .filter((index) => index >= 0)
  const rowIndexes = axes.map((_, index) => index).filter((index) => !isColumn(axes[index]))
  const metrics = table.metrics.map((path) => metricAt(path))
  const series = selectedSeries(callSeries(results), table.call)
  const columns = distinctSettings(results.points, columnIndexes)
  const figures = indexed(results.points, rowIndexes, columnIndexes, series)
  const rows = distinctSettings(results.points, rowIndexes)
  const calls = rows.flatMap((row) => columns.map((column) => figures.get(keyOf([...row, ...column]))))
  const estimates = calls.map((call) =>
    metrics.map((metric) => (call === undefined ? undefined : metric.of(call))),
  )
  const { units, texts: plain } = cellTexts(metrics, estimates)
  const markable = metrics.find(({ unit }) => isMarkable(unit))
  const texts = markable === undefined ? plain : markedTexts(plain, markable.unit, calls)
  return {
    title: series.title,
    rowAxes: rowIndexes.map((index) => axes[index].name),
    columnAxes: columnIndexes.map((index) => axes[index].name),
    columns,
    rows: rows.map((settings, index) => ({
      settings,
      cells: texts.slice(index * columns.length, (index + 1) * columns.length),
    })),
    metrics,
    units,
    widestHalves: metrics.map((metric, index) =>
      widestHalf(
        metric,
        estimates.map((each) => each[index]),
      ),
    ),
    isMarked: markable !== undefined && calls.some(isUnstable),
  }
}

/**
 * The call named as `CALLER→SERVICE` (or with `->`; with or without the port), or the first.
 *
 * @throws InputError CALL_UNKNOWN
 */
function selectedSeries(series: readonly CallSeries[], wanted: string | undefined): CallSeries {
  const found = wanted === undefined ? series[0] : series.find((each) => isNamed(each, wanted))
  if (found !== undefined) return found
  const hint = `calls: ${series.map((each) => each.title).join(', ')}`
  const message = wanted === undefined ? 'no point of the sweep has a call' : `there is no call "${wanted}"`
  throw new InputError([{ severity: 'error', code: 'CALL_UNKNOWN', message, hint }])
}

function isNamed({ caller, calls }: CallSeries, wanted: string): boolean {
  const [wantedCaller, wantedService, ...rest] = wanted.split(/\s*(?:→|->)\s*/)
  if (wantedCaller !== caller || rest.length > 0) return false
  return calls.some(
    (call) => call?.service === wantedService || `${call?.service}:${call?.port}` === wantedService,
  )
}

function indexed(
  points: readonly PointResult[],
  rowIndexes: readonly number[],
  columnIndexes: readonly number[],
  series: CallSeries,
): ReadonlyMap<string, NonNullable<CallSeries['calls'][number]>> {
  const byKey = new Map<string, NonNullable<CallSeries['calls'][number]>>()
  for (const [pointIndex, point] of points.entries()) {
    const call = series.calls[pointIndex]
    const key = keyOf([...rowIndexes, ...columnIndexes].map((index) => settingAt(point, index)))
    if (call !== undefined) byKey.set(key, call)
  }
  return byKey
}

function distinctSettings(
  points: readonly PointResult[],
  indexes: readonly number[],
): readonly (readonly string[])[] {
  const byKey = new Map<string, readonly string[]>()
  for (const point of points) {
    const settings = indexes.map((index) => settingAt(point, index))
    const key = keyOf(settings)
    if (!byKey.has(key)) byKey.set(key, settings)
  }
  return [...byKey.values()]
}

function keyOf(settings: readonly string[]): string {
  return JSON.stringify(settings)
}

/** All cells; one metric has room for its interval, several are told by their widest one below the table. */
function cellTexts(
  metrics: readonly Metric[],
  cells: readonly (readonly (Estimate | undefined)[])[],
): { readonly units: readonly string[]; readonly texts: readonly string[] } {
  const figures = metrics.map((metric, index) => {
    const { unit, values, halves } = figureColumn(
      metric.unit,
      cells.map((cell) => cell[index]),
    )
    const texts = metrics.length === 1 ? besideHalves(values, halves) : values
    const width = Math.max(0, ...texts.map(textWidth))
    return { unit, texts: texts.map((text) => padded(text, width, 'right')) }
  })
  const texts = cells.map((cell, index) =>
    cell.every((each) => each === undefined)
      ? NO_VALUE
      : figures.map((figure) => figure.texts[index]).join(' / '),
  )
  return { units: figures.map(({ unit }) => unit), texts }
}

/** One table of a sweep that is shown in several. */
export interface CrossBlock {
  /** What all of its columns have in common, e.g. `affinity: None`; empty if the table is whole. */
  readonly title: string
  readonly table: CrossTable
}

/**
 * Cuts a table that is too wide into one for each value of a column factor: the last one with which all fit, or the
 * first of several if none does.
 *
 * @param isFitting - whether a table can be shown as it is
 */
export function crossBlocks(
  table: CrossTable,
  isFitting: (table: CrossTable) => boolean,
): readonly CrossBlock[] {
  if (isFitting(table) || table.columnAxes.length < 2) return [{ title: '', table }]
  const cuts = table.columnAxes.map((_, axisIndex) => blocksOf(table, axisIndex)).reverse()
  const fitting = cuts.find((blocks) => blocks.every((block) => isFitting(block.table)))
  return fitting ?? cuts.at(-1) ?? [{ title: '', table }]
}

function blocksOf(table: CrossTable, axisIndex: number): readonly CrossBlock[] {
  const values = [...new Set(table.columns.map((column) => column[axisIndex]))]
  return values.map((value) => {
    const kept = table.columns.map((column) => column[axisIndex] === value)
    return {
      title: `${table.columnAxes[axisIndex]}: ${value}`,
      table: {
        ...table,
        columnAxes: table.columnAxes.toSpliced(axisIndex, 1),
        columns: table.columns
          .filter((_, index) => kept[index])
          .map((column) => column.toSpliced(axisIndex, 1)),
        rows: table.rows.map(({ settings, cells }) => ({
          settings,
          cells: cells.filter((_, index) => kept[index]),
        })),
      },
    }
  })
}

function widestHalf(metric: Metric, estimates: readonly (Estimate | undefined)[]): string | undefined {
  const present = estimates.filter(
    (each) => each !== undefined && each.halfWidth95 !== null && each.halfWidth95 > 0,
  )
  const widest = present.reduce<Estimate | undefined>(
    (left, right) => ((right?.halfWidth95 ?? 0) > (left?.halfWidth95 ?? 0) ? right : left),
    undefined,
  )
  if (widest === undefined) return undefined
  const half = halfWidthText(metric.unit, widest)
  const unit = figureText(metric.unit, widest.value).split(' ')[1] ?? ''
  return half === undefined ? undefined : `${half} ${unit}`.trim().replace('±', '± at most')
}

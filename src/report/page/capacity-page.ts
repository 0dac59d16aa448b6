/** A report on capacity as the content of a page: the answer, its key figures, sections with charts and tables, all points. */
import { formatCount, formatNumber } from '../../base/units.js'
import { exactly } from '../../results/metric-catalogue.js'
import { capacityAnswer } from '../capacity/capacity-answer.js'
import { capacityCharts } from '../capacity/capacity-charts.js'
import { type CapacitySection, capacitySections } from '../capacity/capacity-sections.js'
import type { CapacityCellText, CapacityTable } from '../capacity/capacity-table.js'
import { type CapacityView, pointAt, TIME, utilisationAt, watchedAt } from '../capacity/capacity-view.js'
import { limitText, lossName, rateText } from '../capacity/capacity-words.js'
import { estimateText, figureText } from '../figures.js'
import { type Content, html, type Markup } from './html-text.js'
import { type KeyFigure, keyList } from './key-figures.js'
import { pageFigure } from './page-figure.js'
import { type PageParts, section } from './page-sections.js'
import { columnTable, figure } from './page-table.js'
import { block } from './run-tables.js'
import { sweepTables } from './sweep-tables.js'

/** The parts of the page. */
export function capacityPage(view: CapacityView): PageParts {
  const sections = capacitySections(view)
  return {
    findings: capacityAnswer(view),
    keys: keyList(keysOf(view)),
    charts: sections.flatMap(({ topic }) => capacityCharts(view, topic)),
    sections: [...sections.map((each) => sectionOf(view, each)), allPoints(view)],
  }
}

function sectionOf(
  view: CapacityView,
  { topic, title, sentences, tables, more = [] }: CapacitySection,
): Markup | undefined {
  const charts = capacityCharts(view, topic)
  const shown = tables.flatMap((table) => tableOf(table) ?? [])
  const folded =
    more.length === 0
      ? []
      : [
          html`<details><summary>The same with other numbers of replicas</summary>\n${more.map(tableOf)}</details>\n`,
        ]
  // What the title of a chart says need not be said twice.
  const spoken = sentences.filter((sentence) => !charts.some((chart) => `${chart.title}.` === sentence))
  const said =
    spoken.length > 1
      ? html`<ul class="said">${spoken.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>\n`
      : spoken.map((sentence) => html`<p class="said">${sentence}</p>\n`)
  const content: readonly Content[] = [
    ...(spoken.length === 0 ? [] : [said]),
    ...charts.map(pageFigure),
    ...shown,
    ...folded,
  ]
  return section(title, content)
}

function tableOf(table: CapacityTable): Markup | undefined {
  const columns = table.columns.flatMap(({ header, kind, cells }) =>
    kind === 'bar' ? [] : [{ column: { header, kind }, cells: cells.map(cellOf) }],
  )
  return block(columnTable(table.caption, columns), table.notes.join(' '))
}

function cellOf({ text, value }: CapacityCellText): Content {
  return value === undefined ? text : figure(value, text)
}

/** Every point with its usual figures: for those who want to see for themselves. */
function allPoints({ results }: CapacityView): Markup | undefined {
  const { points } = results
  return section('All points', [
    html`<details><summary>${formatCount(points.length)} points with their usual figures</summary>\n${sweepTables(results)}</details>\n`,
  ])
}

/** What the rate of the details takes, what it is like there, and how far it carries. */
function keysOf(view: CapacityView): readonly KeyFigure[] {
  const { capacity } = view
  const { ratePerSec, replicas } = capacity.details
  const row = capacity.leastReplicas.find((each) => each.ratePerSec === ratePerSec)
  const least: KeyFigure = {
    label: `${capacity.workload}: replicas needed`,
    unit: 'count',
    estimate: exactly(replicas),
    note: `at ${rateText(ratePerSec)}${replicas === null ? `: more than ${formatCount(capacity.replicas.at(-1) ?? 0)}` : timeNote(view, row?.point)}`,
  }
  const use = cpuKey(view) ?? utilisationKey(view, row?.point)
  return [least, ...use, ...headroomKey(view), ...lossKey(view)]
}

/** `; p99 41.2 ± 2 ms (below 80 ms)`. */
function timeNote(view: CapacityView, position: number | undefined): string {
  const point = pointAt(view, position)
  const time = point === undefined ? undefined : watchedAt(view, point)
  const { label, objective } = view.watched
  if (time === undefined) return ''
  const goal = objective === undefined ? '' : ` (${limitText(objective)})`
  return `; ${label} ${estimateText(TIME, time)}${goal}`
}

/** Where a CPU limit binds, servers are idle when the pods are not. */
function cpuKey({
  capacity: { formulas, limits, workload },
}: CapacityView): readonly KeyFigure[] | undefined {
  const pods = limits.find(({ resource, name }) => resource === 'pods' && name === workload)
  if (formulas?.isCpuBound !== true || pods === undefined) return undefined
  const note = 'in use of the CPU limit'
  return [{ label: 'CPU of the busiest pod', unit: 'ratio', estimate: exactly(pods.use), note }]
}

function utilisationKey(view: CapacityView, position: number | undefined): readonly KeyFigure[] {
  const point = pointAt(view, position)
  if (point === undefined) return []
  const { mean, most } = utilisationAt(view, point)
  if (most === null) return []
  const note = `the busiest ${figureText('ratio', most)}`
  return [{ label: 'utilisation of the pods', unit: 'ratio', estimate: mean, note }]
}

function headroomKey({ capacity }: CapacityView): readonly KeyFigure[] {
  const { ratePerSec } = capacity.details
  const row = capacity.leastReplicas.find((each) => each.ratePerSec === ratePerSec)
  if (row === undefined || row.greatestRatePerSec === null) return []
  const times = row.greatestRatePerSec / ratePerSec
  return [
    {
      label: row.failsPerSec !== null ? 'carries up to' : 'carries at least',
      unit: 'perSec',
      estimate: exactly(row.greatestRatePerSec),
      note: `${times > 1 ? `${formatNumber(times)} times the rate` : 'no more than the rate'}${row.failsPerSec !== null ? '' : '; the grid ends there'}`,
    },
  ]
}

/** The loss that takes most. */
function lossKey({ capacity }: CapacityView): readonly KeyFigure[] {
  const survivable = capacity.losses.filter(({ replicas }) => replicas !== null)
  const [first, ...others] = survivable
  if (first === undefined) return []
  const worst = others.reduce(
    (left, right) => ((right.replicas ?? 0) > (left.replicas ?? 0) ? right : left),
    first,
  )
  const impossible = capacity.losses.length - survivable.length
  return [
    {
      label: 'with a part lost',
      unit: 'count',
      estimate: exactly(worst.replicas),
      note: `replicas without ${lossName(worst)}${impossible === 0 ? '' : `; ${formatCount(impossible)} other ${impossible === 1 ? 'loss' : 'losses'} can not be made up for`}`,
    },
  ]
}

/**
 * Several results that are no parts of one experiment, side by side on one page: figures with their difference from the
 * first result, percentiles over one another, and what each was made with. A call is compared with the one of the same
 * caller, Service and port at the same setting. A difference within both intervals, or below 2 %, is called none.
 */
import { formatPercent } from '../../base/units.js'
import { type Metric, metricAt } from '../../results/metric-catalogue.js'
import type { CallResult, Estimate, Results } from '../../results/results-schema.js'
import { serviceName } from '../calls.js'
import type { Chart } from '../charts/chart.js'
import { named } from '../charts/charts-of.js'
import { overlaidPercentiles } from '../charts/run-charts.js'
import { figureText } from '../figures.js'
import type { ReportFile } from '../report-file.js'
import { packedChart } from './client/page-data.js'
import { type Content, html, type Markup } from './html-text.js'
import { pageFigure } from './page-figure.js'
import { pageText } from './page-frame.js'
import { footSection, headSection, section } from './page-sections.js'
import { columnsOf, columnTable, estimateColumn, nameColumn, pageTable } from './page-table.js'
import { block } from './run-tables.js'

/** Results and the name by which they are known, e.g. of their file. */
export interface NamedResults {
  readonly label: string
  readonly results: Results
}

/** A call as each of the results has it. */
interface Compared {
  readonly title: string
  readonly calls: readonly { readonly label: string; readonly call: CallResult }[]
}

const METRICS = [
  'responseTime.mean',
  'responseTime.p50',
  'responseTime.p99',
  'responseTime.p999',
  'outcomes.completedRatio',
  'completedPerSec',
  'connections.maxOverMean',
  'connections.jainIndex',
  'stickiness.returnRatio',
  'rulesPerConnection',
].map((path) => metricAt(path))

const NEGLIGIBLE = 0.02

/** Calls that have a chart. */
const MAX_CHARTS = 8

/** @param labelled - at least two, of different labels */
export function comparisonReport(labelled: readonly NamedResults[]): ReportFile {
  const compared = comparedCalls(labelled)
  const charts = named(
    compared
      .map(({ calls }) => overlaidPercentiles(calls))
      .filter((chart): chart is Chart => chart !== undefined)
      .slice(0, MAX_CHARTS),
  )
  const findings = compared.slice(0, 1).map(finding)
  const names = labelled.map(({ label }) => label).join(', ')
  const body = html`<main>
${headSection('comparison', names, findings, 0)}${section('Charts', charts.map(pageFigure))}${section('Numbers', compared.map(comparedTable))}${section('What was compared', [sourcesTable(labelled)])}${section(
  'How to repeat it',
  labelled.map(({ results }) => html`<pre>${results.command}</pre>\n`),
)}${footSection(labelled[0].results)}</main>`
  const text = pageText({
    title: `${names} · svcsim`,
    description: findings.join(' '),
    body,
    data: { charts: charts.map(packedChart) },
  })
  return { name: 'index.html', text }
}

function comparedCalls(given: readonly NamedResults[]): readonly Compared[] {
  const byTitle = new Map<string, { label: string; call: CallResult }[]>()
  for (const { label, results } of given) {
    for (const { settings, calls } of results.points) {
      const where = settings.map(({ axis, value }) => `${axis} ${value}`).join(', ')
      for (const call of calls) {
        const who = `${call.caller} → ${serviceName(call)}`
        const title = where === '' ? who : `${who}, ${where}`
        const list = byTitle.get(title) ?? []
        if (!list.some((each) => each.label === label)) list.push({ label, call })
        byTitle.set(title, list)
      }
    }
  }
  return [...byTitle].map(([title, calls]) => ({ title, calls }))
}

function finding({ title, calls }: Compared): string {
  const metric = metricAt('responseTime.p99')
  const [first, ...others] = calls
  const readings = others.map(({ label, call }) => {
    const text = figureText(metric.unit, metric.of(call).value)
    return `${text} in ${label} (${differenceText(metric.of(first.call), metric.of(call))})`
  })
  if (readings.length === 0) return `${title} is in ${first.label} only.`
  return `${title}: p99 is ${figureText(metric.unit, metric.of(first.call).value)} in ${first.label}, ${readings.join(', ')}.`
}

/** `+12 %`, or that there is none to speak of. */
function differenceText(from: Estimate, to: Estimate): string {
  if (from.value === null || to.value === null) return '–'
  const gap = to.value - from.value
  const noise = (from.halfWidth95 ?? 0) + (to.halfWidth95 ?? 0)
  if (gap === 0) return 'equal'
  if (Math.abs(gap) <= noise || Math.abs(gap) <= NEGLIGIBLE * Math.abs(from.value)) return 'no difference'
  if (from.value === 0) return 'from 0'
  return `${gap > 0 ? '+' : '−'}${formatPercent(Math.abs(gap / from.value), 2)}`
}

function comparedTable({ title, calls }: Compared): Markup | undefined {
  const shown = METRICS.filter((metric) => calls.some(({ call }) => metric.of(call).value !== null))
  const [first, ...others] = calls
  const figures = shown.flatMap((metric) => metricColumns(metric, calls))
  const names = nameColumn(
    'result',
    calls.map(({ label }) => label),
  )
  const remark = others.length === 0 ? `Only in ${first.label}.` : `Differences are from ${first.label}.`
  return block(columnTable(title, [names, ...figures]), remark)
}

function metricColumns(metric: Metric, calls: Compared['calls']): ReturnType<typeof estimateColumn>[] {
  const estimates = calls.map(({ call }) => metric.of(call))
  const differences: readonly Content[] = estimates.map((each, index) =>
    index === 0 ? '' : differenceText(estimates[0], each),
  )
  const column = { column: { header: 'difference', kind: 'figure' as const }, cells: differences }
  const hasDifference = metric.path === 'responseTime.p99' || metric.path === 'responseTime.p50'
  const figures = estimateColumn(metric.label, metric.unit, estimates)
  return hasDifference && calls.length > 1 ? [figures, column] : [figures]
}

function sourcesTable(given: readonly NamedResults[]): Markup | undefined {
  return pageTable({
    columns: [
      ...columnsOf('name', ['result', 'scenario']),
      ...columnsOf('figure', ['seed', 'replications', 'version', 'model']),
      ...columnsOf('text', ['digest']),
    ],
    rows: given.map(({ label, results }) => [
      label,
      results.scenario.name,
      results.seed,
      results.replications,
      results.tool.version,
      results.tool.modelVersion,
      results.scenario.digest,
    ]),
  })
}

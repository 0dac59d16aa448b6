/**
 * Results as GitHub Markdown for a pull request or a folder under version control: the finding, tables, charts as SVG
 * files with their numbers beside them, then what is needed to judge and repeat the run.
 */
import { formatCount } from '../base/units.js'
import type { NodeResult, PodResult, Results } from '../results/results-schema.js'
import { capacityAnswer } from './capacity/capacity-answer.js'
import { capacityCharts } from './capacity/capacity-charts.js'
import { capacityMarkdown } from './capacity/capacity-markdown.js'
import { CAPACITY_TOPICS } from './capacity/capacity-sections.js'
import { type CapacityView, capacityView } from './capacity/capacity-view.js'
import type { Chart } from './charts/chart.js'
import { chartsOf } from './charts/charts-of.js'
import { renderSvg } from './charts/render-svg.js'
import { dnsHeadings, dnsTexts, droppedCount, estimateText, throttledText, trackedText } from './figures.js'
import { runFinding } from './findings.js'
import { callMarkdown, figureColumns, nameColumns } from './markdown-call.js'
import { sweepMarkdown } from './markdown-sweep.js'
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-text.js'
import { thresholdMarkdown } from './markdown-thresholds.js'
import type { ReportFile } from './report-file.js'
import { sweepFindings } from './sweep-findings.js'
import { producerText, windowText } from './text-frame.js'

/** Rows of the tables of pods and nodes; the CSV has all. */
const MAX_STATIONS = 24

/** What a Markdown report may be told. */
export interface MarkdownOptions {
  /** The list of assumptions stands open instead of behind a click. */
  readonly isShowingAssumptions: boolean
  /** Name of the main file. */
  readonly indexName: string
}

/**
 * Renders a page and its charts.
 *
 * @returns the page first, then `charts/*.svg`, which it shows by relative links
 * @throws InputError METRIC_UNKNOWN, CALL_UNKNOWN if a table of a sweep asks for what is not there
 */
export function markdownReport(results: Results, options: MarkdownOptions): readonly ReportFile[] {
  const capacity = capacityView(results)
  const { charts, sections: figures } =
    capacity === undefined ? figureSections(results) : capacityFigures(capacity)
  const sections = [
    headSection(results, findingsOf(results, capacity)),
    ...figures,
    warningSection(results),
    ...provenanceSections(results, options),
  ].filter((lines) => lines.length > 0)
  const text = `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
  return [
    { name: options.indexName, text },
    ...charts.map((chart) => ({ name: chartFile(chart), text: renderSvg(chart) })),
  ]
}

/** What stands between the head and the warnings, and the charts in it. */
interface Figures {
  readonly charts: readonly Chart[]
  readonly sections: readonly (readonly string[])[]
}

function figureSections(results: Results): Figures {
  const charts = chartsOf(results)
  const sections = [
    ...thresholdMarkdown(results),
    ...(results.sweep === undefined ? runSections(results) : sweepMarkdown(results)),
    ...(charts.length === 0 ? [] : [['## Charts'], ...charts.map(chartSection)]),
    ...(results.sweep === undefined ? stationSections(results) : []),
  ]
  return { charts, sections }
}

/** Charts stand in the sections that they belong to; the points in full are folded at the end. */
function capacityFigures(view: CapacityView): Figures {
  const charts = CAPACITY_TOPICS.flatMap((topic) => capacityCharts(view, topic))
  const points = sweepMarkdown(view.results).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
  const sections = [
    ...capacityMarkdown(view, (topic) => capacityCharts(view, topic).map(chartSection)),
    markdownDetails('All points', points),
  ]
  return { charts, sections }
}

function findingsOf(results: Results, capacity: CapacityView | undefined): readonly string[] {
  if (capacity !== undefined) return capacityAnswer(capacity)
  return results.sweep === undefined ? [runFinding(results)] : sweepFindings(results)
}

function headSection(results: Results, findings: readonly string[]): readonly string[] {
  const { name, description } = results.scenario
  const finding = findings.join(' ')
  return [
    `# ${markdownText(name)}`,
    ...(description === '' ? [] : ['', markdownText(description)]),
    ...(finding === '' ? [] : ['', `**${markdownText(finding)}**`]),
  ]
}

function runSections(results: Results): readonly (readonly string[])[] {
  return results.points[0].calls.map(callMarkdown)
}

function chartFile({ name }: Chart): string {
  return `charts/${name}.svg`
}

function chartSection(chart: Chart): readonly string[] {
  const columns = [
    ...nameColumns(...chart.table.headers.slice(0, 1).map(markdownText)),
    ...figureColumns(...chart.table.headers.slice(1).map(markdownText)),
  ]
  const rows = chart.table.rows.map((row) => row.map(markdownText))
  return [
    `![${markdownText(chart.alt)}](${chartFile(chart)})`,
    '',
    ...markdownDetails('Numbers of this chart', markdownTable(columns, rows)),
  ]
}

function stationSections(results: Results): readonly (readonly string[])[] {
  const [{ pods, nodes }] = results.points
  return [stationTable('Pods', pods, podTable), stationTable('Nodes', nodes, nodeTable)]
}

function stationTable<T>(
  title: string,
  all: readonly T[],
  table: (shown: readonly T[]) => readonly string[],
): readonly string[] {
  if (all.length === 0) return []
  const rest = all.length <= MAX_STATIONS ? '' : ` (the first ${MAX_STATIONS} of ${formatCount(all.length)})`
  return [`## ${title}${rest}`, '', ...table(all.slice(0, MAX_STATIONS))]
}

function podTable(pods: readonly PodResult[]): readonly string[] {
  const hasLimit = pods.some((pod) => pod.throttledRatio !== undefined)
  const dns = dnsHeadings(pods)
  const limit = hasLimit ? ['throttled'] : []
  const figures = ['served', 'rejected', 'utilisation', 'mean queue', ...limit, ...dns]
  return markdownTable(
    [...nameColumns('pod', 'node'), ...figureColumns(...figures)],
    pods.map((pod) => [
      markdownText(pod.pod),
      markdownText(pod.node),
      formatCount(pod.served),
      formatCount(pod.rejected),
      estimateText('ratio', pod.utilisation),
      estimateText('number', pod.meanQueueLength),
      ...(hasLimit ? [throttledText(pod)] : []),
      ...(dns.length > 0 ? dnsTexts(pod) : []),
    ]),
  )
}

function nodeTable(nodes: readonly NodeResult[]): readonly string[] {
  return markdownTable(
    [
      ...nameColumns('node', 'zone'),
      ...figureColumns('first packets', 'rules evaluated', 'utilisation', 'tracked, peak', 'dropped'),
    ],
    nodes.map((node) => [
      markdownText(node.node),
      markdownText(node.zone === '' ? '–' : node.zone),
      formatCount(node.firstPackets),
      formatCount(node.rulesEvaluated),
      estimateText('ratio', node.utilisation),
      trackedText(node),
      formatCount(droppedCount(node)),
    ]),
  )
}

function warningSection({ warnings }: Results): readonly string[] {
  if (warnings.length === 0) return []
  const lines = warnings.map(({ code, message, place }) =>
    markdownText([code, ...(place === undefined ? [] : [`${place}:`]), message].join(' ')),
  )
  return ['## Warnings', '', ...lines.map((line) => `- ${line}`)]
}

function provenanceSections(
  results: Results,
  { isShowingAssumptions }: MarkdownOptions,
): readonly (readonly string[])[] {
  const table = markdownTable(
    [...nameColumns('assumption'), ...figureColumns('value'), ...nameColumns('source')],
    results.assumptions.map(({ preset, name, value, source }) =>
      [`${preset}.${name}`, value, source].map(markdownText),
    ),
  )
  const summary = `Assumptions in force (${formatCount(results.assumptions.length)})`
  const assumptions = isShowingAssumptions ? [summary, '', ...table] : markdownDetails(summary, table)
  return [
    ['## How to repeat it'],
    markdownCode(results.command),
    [`${markdownText(windowText(results))}.`, `${markdownText(producerText(results))}.`],
    results.assumptions.length === 0 ? [] : assumptions,
  ]
}

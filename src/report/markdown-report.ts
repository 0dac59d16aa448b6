/**
 * Results as GitHub Markdown for a pull request or a folder under version control: the finding, tables, charts as SVG
 * files with their numbers beside them, then what is needed to judge and repeat the run.
 */
import { formatCount } from '../base/units.js'
import type { NodeResult, PodResult, Results } from '../results/results-schema.js'
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
  const charts = chartsOf(results)
  const sections = [
    headSection(results),
    ...thresholdMarkdown(results),
    ...(results.sweep === undefined ? runSections(results) : sweepMarkdown(results)),
    ...(charts.length === 0 ? [] : [['## Charts'], ...charts.map(chartSection)]),
    ...(results.sweep === undefined ? stationSections(results) : []),
    warningSection(results),
    ...provenanceSections(results, options),
  ].filter((lines) => lines.length > 0)
  const text = `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
  return [
    { name: options.indexName, text },
    ...charts.map((chart) => ({ name: chartFile(chart), text: renderSvg(chart) })),
  ]
}

function headSection(results: Results): readonly string[] {
  const { name, description } = results.scenario
  const finding = results.sweep === undefined ? runFinding(results) : sweepFindings(results).join(' ')
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

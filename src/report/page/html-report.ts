/**
 * Results as one self-contained HTML page: the finding, the figures that matter, charts with their numbers, tables,
 * assumptions, warnings, and what is needed to repeat it. It can be read without scripts, in print, in the dark and on a
 * narrow screen; with scripts, charts have tips and a legend that can be pressed.
 */
import type { Results } from '../../results/results-schema.js'
import { capacityView } from '../capacity/capacity-view.js'
import { pageCharts } from '../charts/page-charts.js'
import { runFinding } from '../findings.js'
import type { ReportFile } from '../report-file.js'
import { sweepFindings } from '../sweep-findings.js'
import { capacityPage } from './capacity-page.js'
import { packedChart } from './client/page-data.js'
import { html } from './html-text.js'
import { keyFigures } from './key-figures.js'
import { pageFigure } from './page-figure.js'
import { pageText } from './page-frame.js'
import {
  assumptionSection,
  footSection,
  headSection,
  type PageParts,
  repeatSection,
  section,
  warningSection,
} from './page-sections.js'
import { runTables } from './run-tables.js'
import { sweepTables } from './sweep-tables.js'

/** What a page may be told. */
export interface PageOptions {
  /** The list of assumptions stands open instead of behind a click. */
  readonly isShowingAssumptions: boolean
}

/** @throws InputError METRIC_UNKNOWN, CALL_UNKNOWN if a table of a sweep asks for what is not there */
export function htmlReport(results: Results, { isShowingAssumptions }: PageOptions): ReportFile {
  const { name, description } = results.scenario
  const capacity = capacityView(results)
  const { findings, keys, charts, sections } =
    capacity === undefined ? usualPage(results) : capacityPage(capacity)
  const body = html`<main>
${headSection(name, description, findings, results.warnings.length)}${keys}${sections}${assumptionSection(results, isShowingAssumptions)}${warningSection(results)}${repeatSection(results)}${footSection(results)}</main>`
  const text = pageText({
    title: `${name} · svcsim`,
    description: findings.join(' '),
    body,
    data: { charts: charts.map(packedChart) },
  })
  return { name: 'index.html', text }
}

function usualPage(results: Results): PageParts {
  const isSweep = results.sweep !== undefined
  const charts = pageCharts(results)
  return {
    findings: isSweep ? sweepFindings(results) : [runFinding(results)],
    keys: keyFigures(results),
    charts,
    sections: [
      section('Charts', charts.map(pageFigure)),
      section('Numbers', isSweep ? sweepTables(results) : runTables(results)),
    ],
  }
}

/**
 * Results in, files out: the one entrance to all formats. Pure: the same results give the same bytes, and nothing is
 * written, read or fetched. Formats whose code is large are loaded when they are first asked for.
 */
import { resultsToJson } from '../results/results-json.js'
import type { Results } from '../results/results-schema.js'
import { csvReport } from './csv-report.js'
import { hgrmReport } from './hgrm-report.js'
import { openMetricsReport } from './openmetrics-report.js'
import type { ReportFile } from './report-file.js'
import { textReport } from './text-report.js'

export type { ReportFile } from './report-file.js'

/** Every format, in the order in which help texts list them. */
export const REPORT_FORMATS = ['text', 'json', 'csv', 'md', 'html', 'hgrm', 'openmetrics'] as const
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** What may be left out or added. */
export interface ReportOptions {
  /** Lists every assumption in force with its source, in place of the presets and what differs from them. */
  readonly isShowingAssumptions?: boolean
  /** Name of the main file of `md`; `README.md` unless given. */
  readonly indexName?: string
}

/**
 * Renders results.
 *
 * @returns the main file first; `md` has charts beside it, `hgrm` a file for each call, the others are one file
 * @throws InputError METRIC_UNKNOWN, CALL_UNKNOWN if a table of a sweep asks for what is not there
 */
export async function renderReport(
  results: Results,
  format: ReportFormat,
  { isShowingAssumptions = false, indexName = 'README.md' }: ReportOptions = {},
): Promise<readonly ReportFile[]> {
  switch (format) {
    case 'text':
      return [{ name: 'report.txt', text: textReport(results, isShowingAssumptions) }]
    case 'json':
      return [{ name: 'results.json', text: resultsToJson(results) }]
    case 'csv':
      return [{ name: 'results.csv', text: csvReport(results) }]
    case 'md': {
      const { markdownReport } = await import('./markdown-report.js')
      return markdownReport(results, { isShowingAssumptions, indexName })
    }
    case 'html': {
      const { htmlReport } = await import('./page/html-report.js')
      return [htmlReport(results, { isShowingAssumptions })]
    }
    case 'hgrm':
      return hgrmReport(results)
    case 'openmetrics':
      return [{ name: 'results.om', text: openMetricsReport(results) }]
  }
}

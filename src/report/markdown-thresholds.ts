/** Thresholds, precision and the answer of a search as sections of the Markdown report. */
import type { Results } from '../results/results-schema.js'
import { figureColumns, nameColumns } from './markdown-call.js'
import { markdownTable, markdownText } from './markdown-text.js'
import {
  precisionSentences,
  solveSentences,
  THRESHOLD_COLUMNS,
  thresholdNotes,
  thresholdRows,
} from './threshold-rows.js'

/** Each section as lines; empty ones where nothing was asked. */
export function thresholdMarkdown(results: Results): readonly (readonly string[])[] {
  return [answer(results), thresholdTable(results), paragraphs(precisionSentences(results))]
}

/** The answer itself in bold. */
function answer(results: Results): readonly string[] {
  const [first, ...others] = solveSentences(results)
  if (first === undefined) return []
  return [`**${markdownText(first)}**`, '', ...paragraphs(others)]
}

function thresholdTable(results: Results): readonly string[] {
  const rows = thresholdRows(results)
  if (rows.length === 0) return []
  const [threshold, value, replications, verdict] = THRESHOLD_COLUMNS
  const columns = [
    ...figureColumns(...(results.sweep?.axes ?? []).map(markdownText)),
    ...nameColumns(threshold),
    ...figureColumns(value, replications),
    ...nameColumns(verdict),
  ]
  const table = markdownTable(
    columns,
    rows.map(({ settings, cells }) => [...settings, ...cells].map(markdownText)),
  )
  const notes = thresholdNotes(results).map(markdownText)
  return ['## Thresholds', '', ...table, ...(notes.length === 0 ? [] : ['', ...notes])]
}

function paragraphs(sentences: readonly string[]): readonly string[] {
  return sentences.map(markdownText)
}

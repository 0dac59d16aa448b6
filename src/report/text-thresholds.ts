/** Thresholds, precision and the answer of a search as sections of the text report. */
import type { Results } from '../results/results-schema.js'
import { textTable, wrapped } from './text-layout.js'
import {
  precisionSentences,
  solveSentences,
  THRESHOLD_COLUMNS,
  thresholdNotes,
  thresholdRows,
} from './threshold-rows.js'

/** The answer of a search as lines; empty where nothing was sought. */
export function solveSection(results: Results): readonly string[] {
  return solveSentences(results).flatMap((sentence) => wrapped(sentence))
}

/** Verdicts and precision, each section as lines; empty ones where nothing was asked. */
export function thresholdSections(results: Results): readonly (readonly string[])[] {
  return [thresholdTable(results), precisionSentences(results).flatMap((sentence) => wrapped(sentence))]
}

function thresholdTable(results: Results): readonly string[] {
  const rows = thresholdRows(results)
  if (rows.length === 0) return []
  const columns = [
    ...(results.sweep?.axes ?? []).map((header) => ({ header, align: 'right' as const })),
    ...THRESHOLD_COLUMNS.map((header) => ({
      header,
      align: header === 'value' || header === 'replications' ? ('right' as const) : ('left' as const),
    })),
  ]
  const table = textTable(
    columns,
    rows.map(({ settings, cells }) => [...settings, ...cells]),
  )
  const notes = thresholdNotes(results).flatMap((note) => wrapped(note))
  return ['Thresholds', ...table.map((line) => `  ${line}`), ...notes.map((line) => `  ${line}`)]
}

/**
 * A comparison as text, JSON, CSV or Markdown. Text and Markdown begin with a sentence for each call and alternative, then
 * all figures, then how they were compared.
 */
import { terminalText } from '../base/terminal-text.js'
import { formatDuration, formatNumber } from '../base/units.js'
import { type ComparedSubject, type Comparison, comparisonToJson } from '../results/comparison-schema.js'
import {
  figureLabel,
  intervalText,
  relativeText,
  signedText,
  subjectSentence,
  VERDICT_WORDS,
} from './comparison-words.js'
import { csvTable } from './csv-report.js'
import { counted, figureText } from './figures.js'
import { markdownCode, markdownTable, markdownText } from './markdown-text.js'
import { labelled, TEXT_WIDTH, textTable, wrapped } from './text-layout.js'

export type ComparisonFormat = 'text' | 'json' | 'csv' | 'md'

const LABEL_WIDTH = 14

/** Renders a comparison. */
export function renderComparison(comparison: Comparison, format: ComparisonFormat): string {
  switch (format) {
    case 'text':
      return textComparison(comparison)
    case 'json':
      return comparisonToJson(comparison)
    case 'csv':
      return csvComparison(comparison)
    case 'md':
      return markdownComparison(comparison)
  }
}

function textComparison(comparison: Comparison): string {
  const sections = [
    [
      'Baseline and alternatives',
      ...textTable(ALTERNATIVE_COLUMNS, alternativeRows(comparison)).map((line) => `  ${line}`),
    ],
    ...others(comparison).map((_, index) => findingLines(comparison, index)),
    ...others(comparison).flatMap((_, index) =>
      comparison.subjects.map((subject) => subjectLines(comparison, subject, index)),
    ),
    warningLines(comparison),
    methodLines(comparison),
  ].filter((lines) => lines.length > 0)
  const lines = sections.flatMap((section, index) => (index === 0 ? section : ['', ...section]))
  return `${lines.map((line) => terminalText(line)).join('\n')}\n`
}

const ALTERNATIVE_COLUMNS = [
  { header: '', align: 'left' },
  { header: 'replications', align: 'right' },
  { header: 'seed', align: 'right' },
  { header: 'window', align: 'left' },
  { header: 'compared', align: 'left' },
] as const

function alternativeRows({ alternatives }: Comparison): readonly (readonly string[])[] {
  return alternatives.map(({ name, replications, seed, warmUpNs, horizonNs, isPaired }, index) => [
    name,
    String(replications),
    String(seed),
    `${formatDuration(warmUpNs)} to ${formatDuration(horizonNs)}`,
    index === 0 ? 'the baseline' : isPaired ? 'in pairs' : 'unpaired (Welch)',
  ])
}

function others({ alternatives }: Comparison) {
  return alternatives.slice(1)
}

function findingLines(comparison: Comparison, index: number): readonly string[] {
  const { name } = others(comparison)[index]
  const sentences = sentencesOf(comparison, index).flatMap((sentence) =>
    labelled('', wrapped(sentence, TEXT_WIDTH - 2), 2),
  )
  return [...wrapped(title(comparison, name)), ...sentences]
}

function title({ alternatives }: Comparison, name: string): string {
  return `${name} against ${alternatives[0].name}`
}

/** One for each call; workloads speak where they differ. */
function sentencesOf({ subjects }: Comparison, index: number): readonly string[] {
  return subjects
    .filter(({ kind, figures }) => kind === 'call' || figures[0].alternatives[index].verdict === 'real')
    .map((subject) => subjectSentence(subject, index))
}

function subjectLines(comparison: Comparison, subject: ComparedSubject, index: number): readonly string[] {
  const columns = ['left', 'right', 'right', 'right', 'right', 'left', 'left'] as const
  const headers = ['', 'baseline', 'alternative', 'difference', '', '95 % interval', '']
  const table = textTable(
    columns.map((align, at) => ({ header: headers[at], align })),
    subjectRows(subject, index),
  )
  const { name } = others(comparison)[index]
  const heading =
    others(comparison).length === 1 ? subject.name : `${subject.name}, ${title(comparison, name)}`
  return [heading, ...[...table, ...unstableLines(subject)].map((line) => `  ${line}`)]
}

function subjectRows(subject: ComparedSubject, index: number): readonly (readonly string[])[] {
  return subject.figures.map((figure) => {
    const found = figure.alternatives[index]
    const mark = subject.unstable.length > 0 && figure.metric.startsWith('responseTime') ? ' !' : ''
    return [
      figureLabel(figure.metric) + mark,
      figureText(figure.unit, figure.baseline),
      figureText(figure.unit, found.value),
      signedText(figure.unit, found.difference),
      relativeText(figure, found),
      intervalText(figure.unit, found),
      VERDICT_WORDS[found.verdict],
    ]
  })
}

function unstableLines({ unstable }: ComparedSubject): readonly string[] {
  if (unstable.length === 0) return []
  return wrapped(`! no steady state in ${unstable.join(', ')}: these times depend on how long the run is`)
}

function warningLines({ warnings, unmatched }: Comparison): readonly string[] {
  const lines = [
    ...warnings.map(({ alternative, code, message }) => `${alternative}: ${code} ${message}`),
    ...(unmatched.length === 0 ? [] : [`not in all alternatives, so not compared: ${unmatched.join(', ')}`]),
  ]
  if (lines.length === 0) return []
  return ['Warnings', ...lines.flatMap((line) => labelled('', wrapped(line, TEXT_WIDTH - 2), 2))]
}

function methodLines(comparison: Comparison): readonly string[] {
  const sentences = [...methodSentences(comparison)].join(' ')
  return [
    ...labelled('Method', wrapped(sentences, TEXT_WIDTH - LABEL_WIDTH), LABEL_WIDTH),
    ...labelled('Repeat with', [comparison.command], LABEL_WIDTH),
  ]
}

function methodSentences(comparison: Comparison): readonly string[] {
  const { testCount, significance } = comparison
  const hasPairs = others(comparison).some(({ isPaired }) => isPaired)
  const hasUnpaired = others(comparison).some(({ isPaired }) => !isPaired)
  return [
    ...(hasPairs
      ? [
          'In pairs: replications of the same number meet the same random numbers; Student t interval of their differences.',
        ]
      : []),
    ...(hasUnpaired
      ? [
          'Unpaired: single replications were not kept, or are not of the same seed and number; Welch intervals, which are wider.',
        ]
      : []),
    `Real: by Holm-Bonferroni over ${counted(testCount, 'test')}, at most ${formatNumber(100 * significance)} % for any false one; possible: the interval of that figure alone excludes 0.`,
  ]
}

function csvComparison(comparison: Comparison): string {
  const header = ['baseline', 'alternative', 'kind', 'subject', 'metric', 'unit', 'baselineValue', 'value']
  const rest = ['difference', 'low95', 'high95', 'pValue', 'verdict', 'isPaired', 'isUnstable']
  const rows = others(comparison).flatMap(({ name, isPaired }, index) =>
    comparison.subjects.flatMap((subject) =>
      subject.figures.map(({ metric, unit, baseline, alternatives }) => {
        const { value, difference, low95, high95, pValue, verdict } = alternatives[index]
        const isUnstable = subject.unstable.length > 0
        return [
          ...[
            comparison.alternatives[0].name,
            name,
            subject.kind,
            subject.name,
            metric,
            unit,
            baseline,
            value,
          ],
          ...[difference, low95, high95, pValue, verdict, String(isPaired), String(isUnstable)],
        ]
      }),
    ),
  )
  return csvTable([[...header, ...rest], ...rows])
}

function markdownComparison(comparison: Comparison): string {
  const { unmatched, warnings } = comparison
  const notes = [
    ...warnings.map(({ alternative, code, message }) => `${alternative}: ${code} ${message}`),
    ...(unmatched.length === 0 ? [] : [`not in all alternatives, so not compared: ${unmatched.join(', ')}`]),
  ]
  const sections = [
    ...others(comparison).map(({ name }, index) => [
      `# ${markdownText(title(comparison, name))}`,
      '',
      ...sentencesOf(comparison, index).map((sentence) => `- ${markdownText(sentence)}`),
      ...comparison.subjects.flatMap((subject) => ['', ...subjectMarkdown(subject, index)]),
    ]),
    notes.length === 0 ? [] : ['## Warnings', '', ...notes.map((note) => `- ${markdownText(note)}`)],
    ['## How it was compared', '', ...alternativeMarkdown(comparison)],
    [methodSentences(comparison).map(markdownText).join(' ')],
    markdownCode(comparison.command),
  ].filter((lines) => lines.length > 0)
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function alternativeMarkdown(comparison: Comparison): readonly string[] {
  const columns = ALTERNATIVE_COLUMNS.map((column) => ({ ...column }))
  return markdownTable(
    columns,
    alternativeRows(comparison).map((row) => row.map(markdownText)),
  )
}

function subjectMarkdown(subject: ComparedSubject, index: number): readonly string[] {
  const headers = [
    'figure',
    'baseline',
    'alternative',
    'difference',
    'of the baseline',
    '95 % interval',
    'verdict',
  ]
  const columns = headers.map((header, at) => ({
    header,
    align: at === 0 || at === 6 ? ('left' as const) : ('right' as const),
  }))
  const rows = subjectRows(subject, index).map((row) => row.map(markdownText))
  const unstable = unstableLines(subject)
  return [
    `## ${markdownText(subject.name)}`,
    '',
    ...markdownTable(columns, rows),
    ...(unstable.length === 0 ? [] : ['', markdownText(unstable.join(' '))]),
  ]
}

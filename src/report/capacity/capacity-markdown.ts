/** A report on capacity as sections of Markdown; charts are put in by the caller, who writes their files. */
import { markdownDetails, markdownTable, markdownText } from '../markdown-text.js'
import { type CapacitySection, type CapacityTopic, capacitySections } from './capacity-sections.js'
import { type CapacityTable, rowCount, tableRows } from './capacity-table.js'
import type { CapacityView } from './capacity-view.js'

/**
 * The sections, each as lines; those without content are left out.
 *
 * @param charts - the charts of a topic, each as lines
 */
export function capacityMarkdown(
  view: CapacityView,
  charts: (topic: CapacityTopic) => readonly (readonly string[])[],
): readonly (readonly string[])[] {
  return capacitySections(view).flatMap((section) => sectionMarkdown(section, charts(section.topic)))
}

function sectionMarkdown(
  { title, sentences, tables, more = [] }: CapacitySection,
  charts: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const content = [
    ...(sentences.length > 1
      ? [sentences.map((sentence) => `- ${markdownText(sentence)}`)]
      : sentences.map((sentence) => [markdownText(sentence)])),
    ...charts,
    ...tables.filter((table) => rowCount(table) > 0).map(tableMarkdown),
    ...(more.length === 0
      ? []
      : [markdownDetails('The same with other numbers of replicas', joined(more.map(tableMarkdown)))]),
  ]
  return content.length === 0 ? [] : [[`## ${markdownText(title)}`], ...content]
}

/** Blocks with empty lines between them. */
function joined(blocks: readonly (readonly string[])[]): readonly string[] {
  return blocks.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

function tableMarkdown(table: CapacityTable): readonly string[] {
  const { caption, notes } = table
  const columns = table.columns.filter(({ kind }) => kind !== 'bar')
  const shape = columns.map(({ header, kind }) => ({
    header: markdownText(header),
    align: kind === 'figure' ? ('right' as const) : ('left' as const),
  }))
  const cells = tableRows({ ...table, columns }).map((row) =>
    row.map(({ text }) => markdownText(text.replaceAll(/ {2,}/g, ' '))),
  )
  return [
    `**${markdownText(caption)}**`,
    '',
    ...markdownTable(shape, cells),
    ...notes.flatMap((note) => ['', markdownText(note)]),
  ]
}

/** A report on capacity as text for a terminal: the answer, then each section with its tables and small charts. */
import type { Results } from '../../results/results-schema.js'
import { headline } from '../text-frame.js'
import { bar, padded, shortened, TEXT_WIDTH, type TextColumn, textTable, wrapped } from '../text-layout.js'
import { UNSTABLE_LEGEND } from '../unstable.js'
import { capacityAnswer } from './capacity-answer.js'
import { type CapacitySection, capacitySections } from './capacity-sections.js'
import { type CapacityTable, rowCount, tableRows } from './capacity-table.js'
import type { CapacityView } from './capacity-view.js'
import { replicasText } from './capacity-words.js'
import { characterMap } from './character-map.js'
import { replicaSteps, stepText } from './replica-steps.js'

const BAR_WIDTH = 30

/** Characters of a name in a table. */
const NAME_CHARACTERS = 32

/** The sections of the text, each as lines; the headline first. */
export function capacityText(view: CapacityView): readonly (readonly string[])[] {
  const { results } = view
  return [
    headlineOf(results, capacityAnswer(view)),
    ...capacitySections(view).flatMap((section) => sectionText(view, section)),
  ]
}

function headlineOf(results: Results, answer: readonly string[]): readonly string[] {
  const [first = '', ...others] = answer
  return [...headline(results, first), ...others.flatMap((sentence) => wrapped(sentence))]
}

/** A section without figures is left out. */
function sectionText(
  view: CapacityView,
  { topic, title, sentences, tables }: CapacitySection,
): readonly (readonly string[])[] {
  const said = sentences.flatMap((sentence) => wrapped(sentence, TEXT_WIDTH - 2)).map(indented)
  const shown = tables.filter((table) => rowCount(table) > 0).map(tableText)
  const drawn =
    topic === 'grid' ? [characterMap(view).map(indented)] : topic === 'details' ? timeBars(view) : []
  const parts = [...drawn, ...shown]
  if (parts.length === 0 && said.length === 0) return []
  const [first = [], ...others] = said.length === 0 ? parts : [said, ...parts]
  return [[title, ...first], ...others]
}

function tableText(table: CapacityTable): readonly string[] {
  const { caption, columns, notes } = table
  const shape: readonly TextColumn[] = columns.map(({ header, kind }) => ({
    header,
    align: kind === 'figure' ? 'right' : 'left',
  }))
  const cells = tableRows(table).map((row) =>
    row.map(({ text, value }, index) => {
      const { kind } = columns[index]
      if (kind === 'bar') return padded(bar(value ?? 0, BAR_WIDTH, 1), BAR_WIDTH)
      return kind === 'name' ? shortened(text, NAME_CHARACTERS) : text
    }),
  )
  const said = notes.flatMap((note) => wrapped(note, TEXT_WIDTH - 4)).map((line) => `  ${line}`)
  return [`  ${caption}`, ...textTable(shape, cells).map((line) => `    ${line}`), ...said.map(indented)]
}

/** The watched time against replicas at the rate of the details, with the objective as a thin line. */
function timeBars(view: CapacityView): readonly (readonly string[])[] {
  const steps = replicaSteps(view)
  if (steps.length === 0) return []
  const { label, objective } = view.watched
  const limit = objective?.limit
  const most = steps.reduce((left, { time }) => Math.max(left, time.value), 0)
  const scale = limit === undefined ? most : Math.min(Math.max(most, 1.1 * limit), 2 * limit)
  const rows = steps.map((step) => {
    const { replicas, time, verdict } = step
    return [
      replicasText(replicas),
      stepText(step),
      bar(time.value / scale, BAR_WIDTH, limit === undefined ? undefined : limit / scale) +
        (time.value > scale ? '…' : ''),
      verdict ?? '',
    ]
  })
  const columns = (['right', 'right', 'left', 'left'] as const).map((align) => ({ header: '', align }))
  const line = limit === undefined ? '' : ', │ is the objective'
  const marked = steps.some(({ isUnstable }) => isUnstable)
    ? wrapped(UNSTABLE_LEGEND, TEXT_WIDTH - 4).map((row) => `    ${row}`)
    : []
  return [
    [`  ${label} by replicas${line}`, ...textTable(columns, rows).map((row) => `    ${row}`), ...marked],
  ]
}

function indented(line: string): string {
  return `  ${line}`
}

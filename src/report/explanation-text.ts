/** An explanation, or what can be asked, as text: running lines, wrapped, without colours. Pure. */

import { formatCount } from '../base/units.js'
import {
  type ExplainedPart,
  type ExplainedTopic,
  type Explanation,
  explanationToJson,
} from '../results/explanation.js'
import { labelled, TEXT_WIDTH, textWidth, wrapped } from './text-layout.js'

const INDENT = '  '

/** Renders an explanation. */
export function renderExplanation(explanation: Explanation, format: 'text' | 'json'): string {
  return format === 'json' ? explanationToJson(explanation) : text(explanationLines(explanation))
}

/** Renders what can be asked. */
export function renderTopics(topics: readonly ExplainedTopic[], format: 'text' | 'json'): string {
  return format === 'json' ? explanationToJson(topics) : text(topicLines(topics))
}

function explanationLines({ kind, name, description, facts, parts }: Explanation): readonly string[] {
  const title = kind === 'results' ? 'field' : kind
  return [
    `${title} ${name}`,
    ...wrapped(description),
    ...spaced(factLines(facts, TEXT_WIDTH)),
    ...parts.flatMap((part) => spaced(partLines(part))),
  ]
}

function partLines({ name, facts, description }: ExplainedPart): readonly string[] {
  const width = TEXT_WIDTH - INDENT.length
  const below = [...wrapped(description, width), ...factLines(facts, width)]
  return [name, ...below.map((line) => INDENT + line)]
}

function factLines(facts: Readonly<Record<string, string>>, width: number): readonly string[] {
  const entries = Object.entries(facts)
  const labelWidth = entries.reduce((widest, [label]) => Math.max(widest, textWidth(label)), 0) + 2
  return entries.flatMap(([label, value]) => labelled(label, wrapped(value, width - labelWidth), labelWidth))
}

function topicLines(topics: readonly ExplainedTopic[]): readonly string[] {
  return [
    'svcsim explain NAME says what a name means; KIND:NAME where it can mean several things.',
    ...topics.flatMap(({ kind, description, count, examples }) =>
      spaced([
        `${kind} (${formatCount(count)})`,
        ...wrapped(description, TEXT_WIDTH - INDENT.length).map((line) => INDENT + line),
        ...examples.map((example) => `${INDENT}svcsim explain ${example}`),
      ]),
    ),
  ]
}

/** An empty line before them, if there are any. */
function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines]
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/**
 * A trace as text: question, answer, a table of all ends, then the way of the packet rule by rule, and what it rests on.
 */
import { terminalText } from '../base/terminal-text.js'
import { formatDuration } from '../base/units.js'
import type { Trace } from '../results/trace-schema.js'
import { joinedParts, labelled, wrapped } from './text-layout.js'
import { findingText, outcomeTable, questionLines } from './trace-answer.js'
import { TRACE_WIDTH } from './trace-steps.js'
import { wayBlocks } from './trace-ways.js'

const LABEL_WIDTH = 14

/** Heads the columns of all rules that follow. */
const LEGEND =
  '  result          #  rule         ("no -d": its test -d was not true; #: its number in the chain)'

/** Renders a trace for a terminal. */
export function traceText(trace: Trace): string {
  const blocks = [
    questionLines(trace),
    wrapped(findingText(trace), TRACE_WIDTH),
    ...(trace.outcomes.length > 1 ? [outcomeTable(trace)] : []),
    [LEGEND],
    ...wayBlocks(trace),
    provenance(trace),
  ].filter((lines) => lines.length > 0)
  const lines = blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]))
  return `${lines.map((line) => terminalText(line)).join('\n')}\n`
}

function provenance({ costs, tool, command, mode }: Trace): readonly string[] {
  const links = costs.links.map(
    ({ link, timeNs, isMean }) => `${link} ${formatDuration(timeNs)}${isMean ? ' on average' : ''}`,
  )
  const parts = [
    `kube-proxy in mode ${mode}`,
    `costs of ${costs.preset}`,
    `links: ${links.join(', ')}`,
    'nodes idle',
  ]
  const width = TRACE_WIDTH - LABEL_WIDTH
  return [
    ...labelled('Assumptions', joinedParts(parts, width), LABEL_WIDTH),
    ...labelled(
      'Produced by',
      [`${tool.name} ${tool.version}, model version ${tool.modelVersion}`],
      LABEL_WIDTH,
    ),
    ...labelled('Repeat with', [command], LABEL_WIDTH),
  ]
}

/**
 * Results as text for a terminal: what `svcsim run` and `svcsim sweep` print. Nothing is cut to the width of a
 * terminal and there is no colour, so the text is the same in a pipe, a file and a pull request.
 */
import { terminalText } from '../base/terminal-text.js'
import type { Results } from '../results/results-schema.js'
import { capacityText } from './capacity/capacity-text.js'
import { capacityView } from './capacity/capacity-view.js'
import { runFinding } from './findings.js'
import { callSection } from './text-call.js'
import { headline, provenanceSection, warningSection } from './text-frame.js'
import { nodeSection, podSection } from './text-stations.js'
import { sweepSections } from './text-sweep.js'
import { solveSection, thresholdSections } from './text-thresholds.js'

/** Renders the text report; a single run in full, a sweep as tables, an answer on capacity by itself. */
export function textReport(results: Results, isShowingAssumptions: boolean): string {
  const capacity = capacityView(results)
  const sections = [
    ...(capacity === undefined ? figureSections(results) : capacityText(capacity)),
    warningSection(results),
    provenanceSection(results, isShowingAssumptions),
  ].filter((lines) => lines.length > 0)
  const lines = sections.flatMap((section, index) => (index === 0 ? section : ['', ...section]))
  // Every text of the user passes here: names can not break lines, move the cursor or reorder what is shown.
  return `${lines.map((line) => terminalText(line)).join('\n')}\n`
}

function figureSections(results: Results): readonly (readonly string[])[] {
  const [head, ...figures] = results.sweep === undefined ? runSections(results) : sweepSections(results)
  return [head, solveSection(results), ...figures, ...thresholdSections(results)]
}

function runSections(results: Results): readonly (readonly string[])[] {
  const [point] = results.points
  return [
    headline(results, runFinding(results)),
    ...point.calls.map(callSection),
    podSection(point.pods),
    nodeSection(point.nodes),
  ]
}

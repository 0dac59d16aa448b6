/** What every text report has around its figures: the headline, warnings, and what is needed to judge and repeat it. */
import { formatCount, formatDuration } from '../base/units.js'
import { type Results, SET_BY_SCENARIO } from '../results/results-schema.js'
import { counted } from './figures.js'
import { joinedParts, labelled, TEXT_WIDTH, textTable, wrapped } from './text-layout.js'

const LABEL_WIDTH = 14

/** The name of the scenario and its question, then what was found. */
export function headline(results: Results, finding: string): readonly string[] {
  const { name, description } = results.scenario
  const title = description === '' ? name : `${name}: ${description}`
  return [...wrapped(title), '', ...wrapped(finding)]
}

/** Everything that the input says and the model does not do. */
export function warningSection(results: Results): readonly string[] {
  if (results.warnings.length === 0) return []
  const lines = results.warnings.flatMap(({ code, message, place }) => {
    const text = place === undefined ? message : `${place}: ${message}`
    return labelled('', wrapped(`${code} ${text}`, TEXT_WIDTH - 2), 2)
  })
  return ['Warnings', ...lines]
}

/** Seed, replications, window, assumptions in force, and the command that repeats the run. */
export function provenanceSection(results: Results, isShowingAssumptions: boolean): readonly string[] {
  return [
    ...labelled('Measured', wrapped(windowText(results), TEXT_WIDTH - LABEL_WIDTH), LABEL_WIDTH),
    ...assumptionLines(results, isShowingAssumptions),
    ...labelled('Produced by', [producerText(results)], LABEL_WIDTH),
    ...labelled('Repeat with', [results.command], LABEL_WIDTH),
  ]
}

/** `1 s to 61 s of simulated time, 5 replications, seed 1; ± is half of a 95 % interval`. */
export function windowText(results: Results): string {
  const window = `${formatDuration(results.warmUpNs)} to ${formatDuration(results.horizonNs)} of simulated time`
  const interval =
    results.replications > 1
      ? '; ± is half of the 95 % interval, counts are of all replications together'
      : '; one replication gives no intervals'
  const found = results.warmUpMethod === undefined ? '' : ' (warm-up by MSER-5, in pilot runs)'
  return `${window}${found}, ${replicationsText(results)}, seed ${results.seed}${interval}`
}

/** `5 replications`, or `5 to 40 replications` where points have more. */
function replicationsText({ replications, points }: Results): string {
  const most = points.reduce((max, point) => Math.max(max, point.replications ?? 0), replications)
  if (most === replications) return counted(replications, 'replication')
  return `${formatCount(replications)} to ${counted(most, 'replication')}`
}

/** `svcsim 0.1.0, model version 1, scenario 4f2d9c6b1a0e`. */
export function producerText({ tool, scenario }: Results): string {
  return `${tool.name} ${tool.version}, model version ${tool.modelVersion}, scenario ${scenario.digest.slice(0, 12)}`
}

/** The presets in force, and what the scenario has set in their place. */
export function compactAssumptions({ assumptions }: Results): readonly string[] {
  const presets = [
    ...new Set(assumptions.filter((each) => each.source !== SET_BY_SCENARIO).map((each) => each.preset)),
  ]
  const set = assumptions.filter((each) => each.source === SET_BY_SCENARIO)
  return [
    ...(presets.length === 0 ? [] : [`presets ${presets.join(', ')}`]),
    ...set.map(({ preset, name, value }) => `${preset}.${name} = ${value} (set)`),
  ]
}

function assumptionLines(results: Results, isShowingAll: boolean): readonly string[] {
  if (results.assumptions.length === 0) return []
  const compact = joinedParts(compactAssumptions(results), TEXT_WIDTH - LABEL_WIDTH)
  if (!isShowingAll) return labelled('Assumptions', compact, LABEL_WIDTH)
  const rows = results.assumptions.map(({ preset, name, value, source }) => [
    `${preset}.${name}`,
    value,
    source,
  ])
  const columns = (['left', 'right', 'left'] as const).map((align) => ({
    header: '',
    align,
  }))
  return labelled('Assumptions', textTable(columns, rows), LABEL_WIDTH)
}

/** `svcsim solve`: the least or greatest value of a field with which a scenario keeps its thresholds. */
import type { ExperimentInputs } from '../../experiment/load-experiment.js'
import { planSolve, type SolveQuestion, solve } from '../../experiment/solve/solve.js'
import { parseSolveRange } from '../../experiment/solve/solve-range.js'
import { deliverResults, outputTarget } from '../deliver-results.js'
import { ThresholdFailed, usageError } from '../exit-codes.js'
import { loadInputs, refuseAxes, withCommand, writtenThreshold } from '../load-plan.js'
import type { ExecutionOptions, InputOptions, OutputOptions } from '../options.js'
import { runPlan } from '../run-plan.js'
import type { Surroundings } from '../surroundings.js'

export interface SolveOptions
  extends InputOptions,
    OutputOptions,
    Pick<ExecutionOptions, 'workers' | 'queue'> {
  readonly minimise?: string
  readonly maximise?: string
  readonly range: string
  readonly step?: string
  readonly until?: readonly string[]
  readonly maxReplications: number
}

/** @throws InputError, OutputError, ClosedPipe, Interruption, Fault; ThresholdFailed if no value was found */
export async function solveVerb(
  scenario: string,
  options: SolveOptions,
  surroundings: Surroundings,
): Promise<void> {
  refuseAxes('solve', scenario, options)
  const question = questionOf(options)
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  const loaded = await loadInputs(scenario, options, surroundings)
  const inputs: ExperimentInputs = {
    ...loaded,
    thresholds: (options.until ?? []).map((text) => writtenThreshold('--until', text)),
  }
  const plan = planSolve(inputs, question)
  if (plan.ends.thresholds === undefined) {
    throw usageError('there is nothing to solve for', "say what is to hold with --until 'p99 < 250ms'")
  }
  const resultArguments = solveArguments(options)
  const ends = withCommand('solve', plan.ends, loaded.files, { ...options, resultArguments }, surroundings)
  const results = await runPlan(ends, options, surroundings, (runOptions) =>
    solve({ ...plan, ends }, runOptions),
  )
  await deliverResults(results, options, surroundings)
  if (results.solve?.answer === null)
    throw new ThresholdFailed('no value that was tried keeps the thresholds')
}

/** @throws InputError USAGE */
function questionOf({ minimise, maximise, range, step, maxReplications }: SolveOptions): SolveQuestion {
  const path = minimise ?? maximise
  if (path === undefined || (minimise !== undefined && maximise !== undefined)) {
    throw usageError('one field is sought at a time', 'give --minimise PATH or --maximise PATH')
  }
  const parsed = parseSolveRange(range, step)
  if (parsed === undefined) {
    const given = step === undefined ? `"${range}"` : `"${range}" in steps of "${step}"`
    throw usageError(
      `--range ${given} is no range of 1 to 100,000 values`,
      'write FIRST..LAST as 1..50 or 100..2000/s, with --step in the same unit',
    )
  }
  return { path, goal: minimise === undefined ? 'maximise' : 'minimise', range: parsed, maxReplications }
}

function solveArguments({
  minimise,
  maximise,
  range,
  step,
  until = [],
  maxReplications,
}: SolveOptions): string[] {
  return [
    ...(minimise === undefined ? [] : ['--minimise', minimise]),
    ...(maximise === undefined ? [] : ['--maximise', maximise]),
    '--range',
    range,
    ...(step === undefined ? [] : ['--step', step]),
    ...until.flatMap((text) => ['--until', text]),
    '--max-replications',
    String(maxReplications),
  ]
}

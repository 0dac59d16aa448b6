/** `svcsim run`: a scenario, or the sweep that it holds. */
import { outputTarget } from '../deliver-results.js'
import { checkJunit, judgeResults } from '../judge.js'
import { loadPlan, refuseAxes } from '../load-plan.js'
import type {
  ExecutionOptions,
  InputOptions,
  JudgingOptions,
  OutputOptions,
  SettlingOptions,
} from '../options.js'
import { runAndDeliver } from '../run-and-deliver.js'
import { checkSettling, settlingArguments, settlingRun } from '../settle-plan.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError, ClosedPipe, Interruption, Unfinished, Fault, ThresholdFailed */
export async function runVerb(
  scenario: string,
  options: InputOptions & ExecutionOptions & OutputOptions & JudgingOptions & SettlingOptions,
  surroundings: Surroundings,
): Promise<void> {
  refuseAxes('run', scenario, options)
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  checkJunit(options, surroundings.cwd)
  checkSettling(options)
  const resultArguments = settlingArguments(options)
  const plan = await loadPlan('run', scenario, { ...options, resultArguments }, surroundings)
  const results = await runAndDeliver(plan, options, surroundings, { run: settlingRun(plan, options) })
  judgeResults(results, options, surroundings)
}

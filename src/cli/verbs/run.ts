/** `svcsim run`: a scenario, or the sweep that it holds. */
import { deliverResults, outputTarget } from '../deliver-results.js'
import { checkJunit, judgeResults } from '../judge.js'
import { loadPlan, refuseAxes } from '../load-plan.js'
import type { InputOptions, JudgingOptions, OutputOptions, SettlingOptions } from '../options.js'
import { checkSettling, settlePlan, settlingArguments } from '../settle-plan.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError, ClosedPipe, Interruption, Fault, ThresholdFailed */
export async function runVerb(
  scenario: string,
  options: InputOptions & OutputOptions & JudgingOptions & SettlingOptions,
  surroundings: Surroundings,
): Promise<void> {
  refuseAxes('run', scenario, options)
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  checkJunit(options, surroundings.cwd)
  checkSettling(options)
  const resultArguments = settlingArguments(options)
  const plan = await loadPlan('run', scenario, { ...options, resultArguments }, surroundings)
  const results = await settlePlan(plan, options, surroundings)
  await deliverResults(results, options, surroundings)
  judgeResults(results, options, surroundings)
}

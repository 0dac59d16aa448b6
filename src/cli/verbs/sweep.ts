/** `svcsim sweep`: a scenario at every combination of settings. */
import { deliverResults, outputTarget } from '../deliver-results.js'
import { usageError } from '../exit-codes.js'
import { checkJunit, judgeResults } from '../judge.js'
import { loadPlan } from '../load-plan.js'
import type { InputOptions, JudgingOptions, OutputOptions, SettlingOptions } from '../options.js'
import { checkSettling, settlePlan, settlingArguments } from '../settle-plan.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError, ClosedPipe, Interruption, Fault, ThresholdFailed */
export async function sweepVerb(
  scenario: string,
  options: InputOptions & OutputOptions & JudgingOptions & SettlingOptions,
  surroundings: Surroundings,
): Promise<void> {
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  checkJunit(options, surroundings.cwd)
  checkSettling(options)
  const resultArguments = settlingArguments(options)
  const plan = await loadPlan('sweep', scenario, { ...options, resultArguments }, surroundings)
  if (plan.sweep === undefined) {
    throw usageError(
      'there is nothing to sweep over',
      'vary a field with --set PATH=1..10, or write spec.sweep',
    )
  }
  const results = await settlePlan(plan, options, surroundings)
  await deliverResults(results, options, surroundings)
  judgeResults(results, options, surroundings)
}

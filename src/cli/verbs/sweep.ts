/** `svcsim sweep`: a scenario at every combination of settings. */
import { outputTarget } from '../deliver-results.js'
import { usageError } from '../exit-codes.js'
import { checkJunit, judgeResults } from '../judge.js'
import { loadPlan } from '../load-plan.js'
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
export async function sweepVerb(
  scenario: string,
  options: InputOptions & ExecutionOptions & OutputOptions & JudgingOptions & SettlingOptions,
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
  const results = await runAndDeliver(plan, options, surroundings, { run: settlingRun(plan, options) })
  judgeResults(results, options, surroundings)
}

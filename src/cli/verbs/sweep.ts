/** `svcsim sweep`: a scenario at every combination of settings. */
import { deliverResults, outputTarget } from '../deliver-results.js'
import { usageError } from '../exit-codes.js'
import { loadPlan } from '../load-plan.js'
import type { InputOptions, OutputOptions } from '../options.js'
import { runPlan } from '../run-plan.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError, ClosedPipe, Interruption, Fault */
export async function sweepVerb(
  scenario: string,
  options: InputOptions & OutputOptions,
  surroundings: Surroundings,
): Promise<void> {
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  const plan = await loadPlan('sweep', scenario, options, surroundings)
  if (plan.sweep === undefined) {
    throw usageError(
      'there is nothing to sweep over',
      'vary a field with --set PATH=1..10, or write spec.sweep',
    )
  }
  const results = await runPlan(plan, options.quiet === true, surroundings)
  await deliverResults(results, options, surroundings)
}

/** `svcsim sweep`: a scenario at every combination of settings. */
import { outputTarget } from '../deliver-results.js'
import { usageError } from '../exit-codes.js'
import { loadPlan } from '../load-plan.js'
import type { ExecutionOptions, InputOptions, OutputOptions } from '../options.js'
import { runAndDeliver } from '../run-and-deliver.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError, ClosedPipe, Interruption, Unfinished, Fault */
export async function sweepVerb(
  scenario: string,
  options: InputOptions & ExecutionOptions & OutputOptions,
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
  await runAndDeliver(plan, options, surroundings)
}

/** `svcsim run`: a scenario, or the sweep that it holds. */
import { outputTarget } from '../deliver-results.js'
import { loadPlan, refuseAxes } from '../load-plan.js'
import type { ExecutionOptions, InputOptions, OutputOptions } from '../options.js'
import { runAndDeliver } from '../run-and-deliver.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError, ClosedPipe, Interruption, Unfinished, Fault */
export async function runVerb(
  scenario: string,
  options: InputOptions & ExecutionOptions & OutputOptions,
  surroundings: Surroundings,
): Promise<void> {
  refuseAxes('run', scenario, options)
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  const plan = await loadPlan('run', scenario, options, surroundings)
  await runAndDeliver(plan, options, surroundings)
}

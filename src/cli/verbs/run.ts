/** `svcsim run`: a scenario, or the sweep that it holds. */
import { deliverResults, outputTarget } from '../deliver-results.js'
import { loadPlan, refuseAxes } from '../load-plan.js'
import type { InputOptions, OutputOptions } from '../options.js'
import { runPlan } from '../run-plan.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError, OutputError, ClosedPipe, Interruption, Fault */
export async function runVerb(
  scenario: string,
  options: InputOptions & OutputOptions,
  surroundings: Surroundings,
): Promise<void> {
  refuseAxes('run', scenario, options)
  if (options.output !== undefined) outputTarget(options.output, surroundings.cwd)
  const plan = await loadPlan('run', scenario, options, surroundings)
  const results = await runPlan(plan, options.quiet === true, surroundings)
  await deliverResults(results, options, surroundings)
}

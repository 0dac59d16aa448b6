/** Runs a plan for a person who may be watching: with progress, and with the way to replay what is our fault. */
import { InputError } from '../base/diagnostics.js'
import type { ExperimentPlan } from '../experiment/plan.js'
import { type RunOptions, runExperiment } from '../experiment/run-experiment.js'
import type { Results } from '../results/results-schema.js'
import { Fault, Interruption } from './exit-codes.js'
import { ProgressLine } from './progress.js'
import type { Surroundings } from './surroundings.js'

/**
 * Runs it.
 *
 * @param run - in place of a run of exactly the replications of the plan
 * @throws InputError if the scenario can not be run; Interruption; Fault
 */
export async function runPlan(
  plan: ExperimentPlan,
  isQuiet: boolean,
  surroundings: Surroundings,
  run: (options: RunOptions) => Promise<Results> = (options) => runExperiment(plan, options),
): Promise<Results> {
  const line = new ProgressLine(surroundings)
  const onProgress = isQuiet ? undefined : line.update.bind(line)
  try {
    return await run({ signal: surroundings.signal, onProgress })
  } catch (error) {
    if (error instanceof InputError || error instanceof Interruption) throw error
    throw new Fault(error, plan.command)
  } finally {
    await line.clear()
  }
}

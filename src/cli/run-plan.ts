/** Runs a plan for a person who may be watching: with progress, and with the way to replay what is our fault. */
import { InputError } from '../base/diagnostics.js'
import { terminalText } from '../base/terminal-text.js'
import { type Journal, JournalError } from '../experiment/journal/journal.js'
import type { ExperimentPlan } from '../experiment/plan.js'
import { type RunOptions, runExperiment } from '../experiment/run-experiment.js'
import type { Results } from '../results/results-schema.js'
import { Fault, Interruption, OutputError, systemReason } from './exit-codes.js'
import type { ExecutionOptions } from './options.js'
import { ProgressLine } from './progress.js'
import type { Surroundings } from './surroundings.js'

/** How a plan is run. */
export interface RunPlanOptions extends ExecutionOptions {
  readonly quiet?: boolean
  readonly journal?: Journal | undefined
}

/**
 * Runs it, in all processors of the machine if not told otherwise.
 *
 * @param run - in place of a run of exactly the replications of the plan
 * @throws InputError if the scenario can not be run; OutputError if the journal can not be written; Interruption; Fault
 */
export async function runPlan(
  plan: ExperimentPlan,
  { quiet = false, journal, workers, queue }: RunPlanOptions,
  surroundings: Surroundings,
  run: (options: RunOptions) => Promise<Results> = (options) => runExperiment(plan, options),
): Promise<Results> {
  const line = new ProgressLine(surroundings)
  const onProgress = quiet ? undefined : line.update.bind(line)
  const onNote = async (note: string) => {
    await line.clear()
    await surroundings.stderr.write(`note: ${terminalText(note)}\n`)
  }
  try {
    return await run({
      signal: surroundings.signal,
      onProgress,
      onNote,
      journal,
      workers: workers ?? surroundings.processorCount,
      queue,
    })
  } catch (error) {
    if (error instanceof InputError || error instanceof Interruption) throw error
    if (error instanceof JournalError) {
      throw new OutputError(`the journal "${error.shownAs}"`, systemReason(error.cause))
    }
    throw new Fault(error, plan.command)
  } finally {
    await line.clear()
  }
}

/**
 * From a plan to results in their place, with a journal by the side: what is done survives an interruption, a kill and a full
 * disk, until the results are written.
 */
import { terminalText } from '../base/terminal-text.js'
import type { Journal } from '../experiment/journal/journal.js'
import type { ExperimentPlan } from '../experiment/plan.js'
import type { RunOptions } from '../experiment/run-experiment.js'
import type { Results } from '../results/results-schema.js'
import { deliverResults } from './deliver-results.js'
import { ClosedPipe, Interruption, OutputError, Unfinished } from './exit-codes.js'
import { openJournal } from './open-journal.js'
import type { ExecutionOptions, OutputOptions } from './options.js'
import { runPlan } from './run-plan.js'
import type { Surroundings } from './surroundings.js'

/** What is not as usual. */
export interface DeliveryOptions {
  /** In place of the usual report for `--format text`. */
  readonly renderText?: (results: Results) => string
  /** In place of a run of exactly the replications of the plan. */
  readonly run?: ((options: RunOptions) => Promise<Results>) | undefined
}

/**
 * Runs a plan and writes its results.
 *
 * @returns what was written
 * @throws InputError, OutputError, ClosedPipe, Interruption, Fault; Unfinished where `--resume` can go on
 */
export async function runAndDeliver(
  plan: ExperimentPlan,
  options: OutputOptions & ExecutionOptions,
  surroundings: Surroundings,
  { renderText, run }: DeliveryOptions = {},
): Promise<Results> {
  const { journal, notes } = openJournal(plan, options, surroundings)
  if (options.quiet !== true) {
    for (const note of notes) await surroundings.stderr.write(`note: ${terminalText(note)}\n`)
  }
  try {
    const results = await runPlan(plan, { ...options, journal }, surroundings, run)
    await deliverResults(results, options, surroundings, renderText === undefined ? {} : { renderText })
    journal?.remove()
    return results
  } catch (error) {
    // Whoever read the results has gone, and has had enough.
    if (error instanceof ClosedPipe) journal?.remove()
    throw withWayOn(error, plan, journal)
  }
}

/** The error, with where what is done is kept; a journal that can not be kept is none. */
function withWayOn(error: unknown, plan: ExperimentPlan, journal: Journal | undefined): unknown {
  if (journal === undefined || journal.taskCount === 0 || !isOfMachine(error)) {
    journal?.close()
    return error
  }
  try {
    journal.keep()
    journal.close()
  } catch {
    // The disk is full, most likely: what could be told of is the first error.
  }
  if (!journal.isOnDisk) return error
  const total = plan.points.length * plan.replications
  return new Unfinished(error, { doneCount: journal.taskCount, total, journal: journal.options.shownAs })
}

/** Is it about the machine, or the user's wish, so that the same command may end well another time? */
function isOfMachine(error: unknown): boolean {
  return error instanceof Interruption || error instanceof OutputError
}

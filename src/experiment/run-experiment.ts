/**
 * Runs a plan: every replication of every point, here and now, one after another; results are put together in the order of
 * the plan. Between replications the event loop gets a turn, so that signals and progress are seen to.
 */
import { setImmediate } from 'node:timers/promises'
import type { ReplicationMeasures } from '../metrics/replication-collector.js'
import { summarise } from '../metrics/summarise.js'
import type { Results } from '../results/results-schema.js'
import { assembleResults, pointResult } from './assemble-results.js'
import type { ExperimentPlan } from './plan.js'
import { runReplication } from './run-replication.js'

export interface RunOptions {
  /** Called after every replication. */
  readonly onProgress?: ((progress: ExperimentProgress) => void) | undefined
  /** Stops the run between two replications: `runExperiment` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ExperimentProgress {
  /** Replications done, of all points. */
  readonly done: number
  readonly total: number
  readonly eventCount: number
}

/**
 * Runs all of a plan.
 *
 * @returns the same value for the same plan, always
 * @throws InputError, InvariantError as `runReplication`
 */
export async function runExperiment(plan: ExperimentPlan, options: RunOptions = {}): Promise<Results> {
  const total = plan.points.length * plan.replications
  const points = []
  let done = 0
  let eventCount = 0
  for (const point of plan.points) {
    const measures: ReplicationMeasures[] = []
    for (let replication = 0; replication < plan.replications; replication++) {
      options.signal?.throwIfAborted()
      const measured = runReplication(point, { seed: plan.seed, replication, trace: plan.trace })
      measures.push(measured)
      done++
      eventCount += measured.totals.eventCount
      options.onProgress?.({ done, total, eventCount })
      await setImmediate()
    }
    points.push(pointResult(point, summarise(measures)))
  }
  return assembleResults(plan, points)
}

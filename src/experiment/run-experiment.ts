/**
 * Runs a plan: every replication of every point, here, in threads or on other machines; results are put together in the order
 * of the plan, whatever the order in which replications end.
 */
import type { ReplicationMeasures } from '../metrics/replication-collector.js'
import { summarise } from '../metrics/summarise.js'
import type { PointResult, Results } from '../results/results-schema.js'
import { assembleResults, pointResult } from './assemble-results.js'
import type { ExperimentPlan } from './plan.js'
import { type RunOptions, runTasks } from './run-tasks.js'
import { type FinishedTask, tasksOf } from './tasks.js'

export type { ExperimentProgress, RunOptions } from './run-tasks.js'

/**
 * Runs all of a plan.
 *
 * @returns the same value for the same plan, always, whoever runs it
 * @throws InputError, InvariantError as `runReplication`; InvariantError if a worker died twice over one replication;
 *   InputError QUEUE_UNREACHABLE; JournalError
 */
export async function runExperiment(plan: ExperimentPlan, options: RunOptions = {}): Promise<Results> {
  const points = new PointGatherer(plan)
  for await (const finished of runTasks(plan, tasksOf(plan), options)) points.add(finished)
  return assembleResults(plan, points.results())
}

/** Keeps measures until all of a point are there: then only its figures are kept. */
class PointGatherer {
  readonly #measures = new Map<number, ReplicationMeasures[]>()
  readonly #results: PointResult[] = []
  /** By point. */
  readonly #counts = new Map<number, number>()

  constructor(readonly plan: ExperimentPlan) {}

  add({ task: { point, replication }, measures }: FinishedTask): void {
    const all = this.#measures.get(point) ?? new Array<ReplicationMeasures>(this.plan.replications)
    all[replication] = measures
    this.#measures.set(point, all)
    const count = (this.#counts.get(point) ?? 0) + 1
    this.#counts.set(point, count)
    if (count < this.plan.replications) return
    this.#results[point] = pointResult(this.plan.points[point], summarise(all))
    this.#measures.delete(point)
  }

  /** By point of the plan. */
  results(): PointResult[] {
    return this.#results
  }
}

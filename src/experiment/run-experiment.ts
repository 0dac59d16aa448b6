/**
 * Runs a plan: every replication of every point, here, in threads or on other machines; results are put together in the order
 * of the plan, whatever the order in which replications end.
 */
import type { ReplicationMeasures } from '../metrics/replication-collector.js'
import type { PointResult, Results } from '../results/results-schema.js'
import { assembleResults } from './assemble-results.js'
import type { ExperimentPlan } from './plan.js'
import { type RunOptions, runTasks } from './run-tasks.js'
import { settleWarmUp } from './settle-warm-up.js'
import { type FinishedTask, tasksOf } from './tasks.js'
import { judgedPoint } from './thresholds/judged-point.js'

export type { ExperimentProgress, RunOptions } from './run-tasks.js'

/**
 * Runs all of a plan.
 *
 * @returns the same value for the same plan, always, whoever runs it
 * @throws InputError, InvariantError as `runReplication`; InvariantError if a worker died twice over one replication;
 *   InputError QUEUE_UNREACHABLE; JournalError
 */
export async function runExperiment(given: ExperimentPlan, options: RunOptions = {}): Promise<Results> {
  const plan = await settleWarmUp(given, options.signal)
  const points = new PointGatherer(plan)
  for await (const finished of runTasks(plan, tasksOf(plan), options)) points.add(finished)
  return assembleResults(plan, points.results())
}

/** Replications `from` to `to` - 1 of one point. */
export interface ReplicationRange {
  readonly from: number
  readonly to: number
}

/**
 * Runs some replications of one point: those that an experiment of at least as many would run.
 *
 * @param point - position in the points of the plan
 * @returns in the order of replications
 * @throws as `runExperiment`
 */
export async function runReplications(
  plan: ExperimentPlan,
  point: number,
  { from, to }: ReplicationRange,
  options: RunOptions = {},
): Promise<ReplicationMeasures[]> {
  const tasks = Array.from({ length: to - from }, (_, offset) => ({ point, replication: from + offset }))
  const measures = new Array<ReplicationMeasures>(to - from)
  for await (const finished of runTasks(plan, tasks, options)) {
    const { replication } = finished.task
    // A journal may hold others as well.
    if (finished.task.point === point && replication >= from && replication < to)
      measures[replication - from] = finished.measures
  }
  return measures
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
    this.#results[point] = judgedPoint(this.plan, this.plan.points[point], all)
    this.#measures.delete(point)
  }

  /** By point of the plan. */
  results(): PointResult[] {
    return this.#results
  }
}

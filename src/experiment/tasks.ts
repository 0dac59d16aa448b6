/** The unit of work of an experiment: one replication of one design point. */
import type { ReplicationMeasures } from '../metrics/replication-collector.js'
import type { DesignPoint, ExperimentPlan } from './plan.js'

/** One replication of one point. Its measures depend on the plan and these two numbers, and on nothing else. */
export interface Task {
  /** Position in the points of the plan. */
  readonly point: number
  /** From 0; it may be beyond the replications of the plan, where more are wanted. */
  readonly replication: number
}

/** A task that is done. */
export interface FinishedTask {
  readonly task: Task
  readonly measures: ReplicationMeasures
  /** The measures as `encodeMeasures` gives them, where they came as bytes. */
  readonly bytes?: Uint8Array
}

/** All tasks of a plan, point by point. */
export function tasksOf({ points, replications }: ExperimentPlan): readonly Task[] {
  return points.flatMap((_, point) =>
    Array.from({ length: replications }, (_, replication) => ({ point, replication })),
  )
}

/** One number for each task, for sets and maps. */
export function taskKey({ point, replication }: Task): string {
  return `${point}/${replication}`
}

/** What names a task in messages: scenario, settings of the point, seed, replication. */
export function taskContext(plan: ExperimentPlan, { point, replication }: Task) {
  const { scenario, settings } = plan.points[point]
  return replicationContext({ scenario, settings }, { seed: plan.seed, replication })
}

/** As `taskContext`, of a point and a replication by themselves. */
export function replicationContext(
  { scenario, settings }: Pick<DesignPoint, 'scenario' | 'settings'>,
  { seed, replication }: { readonly seed: number; readonly replication: number },
): Readonly<Record<string, string | number>> {
  const at = settings.map(({ axis, value }) => `${axis}=${value}`).join(' ')
  return { scenario: scenario.metadata.name, at, seed, replication }
}

/**
 * Runs tasks here and now, one after another. Every now and then the event loop gets a turn, so that signals and progress
 * are seen to.
 */
import { setImmediate } from 'node:timers/promises'
import type { ReplicationMeasures } from '../../metrics/replication-collector.js'
import type { ExperimentPlan } from '../plan.js'
import type { FinishedTask, Task } from '../tasks.js'
import type { ExecutionContext, Executor } from './executor.js'
import { evenSlices } from './slices.js'

/** The event loop gets a turn this often. */
const TURN_EVERY_MS = 50

export class InlineExecutor implements Executor {
  async *execute(
    plan: ExperimentPlan,
    tasks: readonly Task[],
    context: ExecutionContext,
  ): AsyncGenerator<FinishedTask> {
    for (const task of tasks) {
      const measures = await runInline(plan, task, context)
      if (measures === undefined) return
      yield { task, measures }
    }
  }

  async close(): Promise<void> {}
}

/**
 * Runs one task.
 *
 * @param limitMs - wall-clock time after which it is given up; without: never
 * @returns its measures, or undefined if it was given up
 * @throws as `Executor.execute`
 */
export async function runInline(
  plan: ExperimentPlan,
  { point, replication }: Task,
  { signal, onWork }: ExecutionContext,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<ReplicationMeasures | undefined> {
  const slices = evenSlices(plan.points[point], { seed: plan.seed, replication, trace: plan.trace })
  const startMs = performance.now()
  let lastTurnMs = startMs
  for (;;) {
    const slice = slices.next()
    const now = performance.now()
    const isDone = slice.done === true
    if (isDone || now - lastTurnMs >= TURN_EVERY_MS) {
      if (!isDone) onWork?.(slice.value)
      await setImmediate()
      signal?.throwIfAborted()
      lastTurnMs = now
    }
    if (isDone) return slice.value
    if (now - startMs > limitMs) return undefined
  }
}

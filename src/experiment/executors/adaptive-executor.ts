/**
 * Begins inline and goes on in threads where that pays: starting threads takes as long as a small sweep does. Where the rest
 * is long, little is lost: at most the start of one task is done twice.
 */
import type { ExperimentPlan } from '../plan.js'
import type { FinishedTask, Task } from '../tasks.js'
import type { ExecutionContext, Executor } from './executor.js'
import { runInline } from './inline-executor.js'
import type { ThreadExecutor } from './thread-executor.js'

/** So long tasks are run inline; by then the code is compiled, and a task's time says something about the next. */
const INLINE_MS = 100
/** Threads are started for no less work than this, by the time of the last task. */
const WORTH_THREADS_MS = 250

export class AdaptiveExecutor implements Executor {
  constructor(readonly threads: ThreadExecutor) {}

  async *execute(
    plan: ExperimentPlan,
    tasks: readonly Task[],
    context: ExecutionContext,
  ): AsyncGenerator<FinishedTask> {
    let done = 0
    for await (const finished of this.#inline(plan, tasks, context)) {
      done++
      yield finished
    }
    if (done < tasks.length) yield* this.threads.execute(plan, tasks.slice(done), context)
  }

  close(): Promise<void> {
    return this.threads.close()
  }

  /** Tasks in their order, until threads are worth their while. A last one is not: one thread is as slow as none. */
  async *#inline(
    plan: ExperimentPlan,
    tasks: readonly Task[],
    context: ExecutionContext,
  ): AsyncGenerator<FinishedTask> {
    const startMs = performance.now()
    for (const [index, task] of tasks.entries()) {
      const isLast = index === tasks.length - 1
      if (this.threads.isStarted && !isLast) return
      const beginMs = performance.now()
      const limitMs = isLast ? Number.POSITIVE_INFINITY : INLINE_MS
      const measures = await runInline(plan, task, context, limitMs)
      if (measures === undefined) return
      yield { task, measures }
      const now = performance.now()
      const restMs = (now - beginMs) * (tasks.length - index - 1)
      if (now - startMs >= INLINE_MS && restMs >= WORTH_THREADS_MS) return
    }
  }
}

/**
 * Who runs tasks. An executor may run them where and in whatever order it likes: measures depend on the task alone, and
 * results are put together in the order of the plan, so they are the same bytes for all executors.
 */
import type { ExperimentPlan } from '../plan.js'
import type { FinishedTask, Task } from '../tasks.js'

/** What an executor may want to tell while it works, and what it has to heed. */
export interface ExecutionContext {
  /** Stops the work within a fraction of a second: the iteration then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** Called some times a second, where the executor can tell. */
  readonly onWork?: ((work: WorkInHand) => void) | undefined
  /** Called with what a person should know: nobody takes the tasks, a server does not answer. A sentence without full stop. */
  readonly onNote?: ((note: string) => void) | undefined
}

/** Tasks that are begun and not done. */
export interface WorkInHand {
  /** How many tasks' worth of them is done, by simulated time. */
  readonly share: number
  /** Events handled for them. */
  readonly eventCount: number
}

/** Runs tasks of plans, several plans one after the other if need be. */
export interface Executor {
  /**
   * Runs tasks.
   *
   * @returns each task once, as soon as it is done, in any order
   * @throws InputError, InvariantError as `runReplication`; InvariantError if a worker died twice over one task
   */
  execute(
    plan: ExperimentPlan,
    tasks: readonly Task[],
    context: ExecutionContext,
  ): AsyncIterable<FinishedTask>
  /** Gives back threads and connections; what is still under way is dropped. */
  close(): Promise<void>
}

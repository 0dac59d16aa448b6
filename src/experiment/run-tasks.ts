/**
 * Runs tasks of a plan: what a journal has already comes first, the rest goes to an executor and, as soon as it is done, into
 * the journal. Whoever wants more than results (other stopping rules, further replications) takes measures from here.
 */
import type { ExecutionContext, Executor, WorkInHand } from './executors/executor.js'
import { openExecutor } from './executors/open-executor.js'
import type { Journal } from './journal/journal.js'
import type { ExperimentPlan } from './plan.js'
import { type FinishedTask, type Task, taskKey } from './tasks.js'

export interface RunOptions {
  /** Threads of this machine; 1 by default: everything runs in the thread that calls. */
  readonly workers?: number | undefined
  /** `redis://HOST:PORT` of a server that hands tasks to `svcsim worker` on other machines; in place of `workers`. */
  readonly queue?: string | undefined
  /** In place of both; it stays open. */
  readonly executor?: Executor | undefined
  /** What is done already, and where it is noted; see journal/journal.ts. It stays open. */
  readonly journal?: Journal | undefined
  /** Called after every replication, and some times a second during long ones. */
  readonly onProgress?: ((progress: ExperimentProgress) => void) | undefined
  /** Called with what a person should know of a queue. */
  readonly onNote?: ((note: string) => void) | undefined
  /** Stops the run within a fraction of a second: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ExperimentProgress {
  /** Replications done, of all points. */
  readonly done: number
  readonly total: number
  /** Share of the whole run that is done, by replications and simulated time; 0 to 1. */
  readonly ratio: number
  /** Events handled in this run. */
  readonly eventCount: number
  /** Design points all of whose replications are done; left out where there is only one. */
  readonly points?: { readonly done: number; readonly total: number }
  /** How many of `done` a journal had. */
  readonly resumed?: number
  /** What else is worth telling, e.g. the half-width reached. */
  readonly note?: string
}

/**
 * Runs tasks.
 *
 * @param tasks - each once; replications may be beyond those of the plan
 * @returns each task as soon as it is done, in any order
 * @throws as `Executor.execute`; JournalError if the journal can not be written
 */
export async function* runTasks(
  plan: ExperimentPlan,
  tasks: readonly Task[],
  options: RunOptions = {},
): AsyncGenerator<FinishedTask> {
  const progress = new ProgressCount(tasks, options)
  const { journal, signal, onNote } = options
  const left = new Map(tasks.map((task) => [taskKey(task), task]))
  for (const finished of journal?.finished() ?? []) {
    if (!left.delete(taskKey(finished.task))) continue
    signal?.throwIfAborted()
    progress.resumed(finished.task)
    yield finished
  }
  if (left.size === 0) return
  const executor = options.executor ?? openExecutor(options)
  const context: ExecutionContext = { signal, onNote, onWork: (work) => progress.working(work) }
  try {
    for await (const finished of executor.execute(plan, [...left.values()], context)) {
      journal?.append(finished)
      progress.finished(finished)
      signal?.throwIfAborted()
      yield finished
    }
  } finally {
    if (executor !== options.executor) await executor.close()
  }
}

/** Counts what is done, and tells of it. */
class ProgressCount {
  #done = 0
  #resumed = 0
  #eventCount = 0
  #pointsDone = 0
  /** By point: tasks that are left. */
  readonly #leftOf = new Map<number, number>()
  readonly #pointCount: number

  constructor(
    readonly tasks: readonly Task[],
    readonly options: Pick<RunOptions, 'onProgress'>,
  ) {
    for (const { point } of tasks) this.#leftOf.set(point, (this.#leftOf.get(point) ?? 0) + 1)
    this.#pointCount = this.#leftOf.size
  }

  resumed(task: Task): void {
    this.#resumed++
    this.#count(task)
  }

  finished({ task, measures }: FinishedTask): void {
    this.#count(task)
    this.#eventCount += measures.totals.eventCount
    this.#tell({ share: 0, eventCount: 0 })
  }

  working(work: WorkInHand): void {
    this.#tell(work)
  }

  #count({ point }: Task): void {
    this.#done++
    const left = (this.#leftOf.get(point) ?? 0) - 1
    this.#leftOf.set(point, left)
    if (left === 0) this.#pointsDone++
  }

  #tell({ share, eventCount }: WorkInHand): void {
    const total = this.tasks.length
    const points = this.#pointCount > 1 ? { points: { done: this.#pointsDone, total: this.#pointCount } } : {}
    this.options.onProgress?.({
      done: this.#done,
      total,
      ratio: Math.min(1, (this.#done + share) / total),
      eventCount: this.#eventCount + eventCount,
      ...points,
      ...(this.#resumed > 0 ? { resumed: this.#resumed } : {}),
    })
  }
}

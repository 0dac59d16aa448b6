/**
 * Runs tasks in threads of this process, by Piscina. A thread gets points, rules and traces once each, and answers with the
 * measures as bytes. Two tasks per thread are under way, so that a thread that is done has the next one at hand.
 *
 * A thread that dies (out of memory, for one) is replaced, and its task run once more; a second death is an error.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Piscina } from 'piscina'
import { InvariantError } from '../../base/diagnostics.js'
import type { Cluster } from '../../kubernetes/cluster.js'
import type { WorkloadTrace } from '../../workload/workload-trace.js'
import type { DesignPoint, ExperimentPlan } from '../plan.js'
import { type FinishedTask, type Task, taskContext } from '../tasks.js'
import { decodeMeasures } from './encode-measures.js'
import type { ExecutionContext, Executor, WorkInHand } from './executor.js'
import { inLanes } from './lanes.js'
import { errorOf } from './portable-error.js'
import { encodePoint, encodeRules, sharedTrace } from './portable-point.js'
import type { ThreadAnswer, ThreadRequest } from './thread-messages.js'
import { SentParts } from './thread-parts.js'

/** The built program of a thread. */
const WORKER_FILE = new URL('./thread-worker.js', import.meta.url)
const TASKS_PER_THREAD = 2
/** A task is given to a second thread when the first one dies, and to no third one. */
const MAX_ATTEMPTS = 2
const TELL_EVERY_MS = 200

/** Can threads be started? Not where the program runs from its TypeScript sources. */
export function canStartThreads(): boolean {
  return WORKER_FILE.protocol === 'file:' && existsSync(fileURLToPath(WORKER_FILE))
}

/** One task on its way through a thread. */
interface Assignment {
  readonly plan: ExperimentPlan
  readonly task: Task
  readonly pool: Piscina
  readonly gauges: Float64Array
  readonly gaugeAt: number
}

export class ThreadExecutor implements Executor {
  #pool: Promise<Piscina> | undefined
  readonly #points: SentParts<DesignPoint, Uint8Array>
  readonly #rules: SentParts<Cluster['nodeRules'], Uint8Array>
  readonly #traces: SentParts<WorkloadTrace, WorkloadTrace>

  /**
   * @param threadCount - 1 or more
   * @param workerFile - for tests: another program of the threads
   */
  constructor(
    readonly threadCount: number,
    readonly workerFile: URL = WORKER_FILE,
  ) {
    this.#points = new SentParts(threadCount, encodePoint)
    this.#rules = new SentParts(threadCount, encodeRules)
    this.#traces = new SentParts(threadCount, sharedTrace)
  }

  /** Are the threads running? */
  get isStarted(): boolean {
    return this.#pool !== undefined
  }

  async *execute(
    plan: ExperimentPlan,
    tasks: readonly Task[],
    { signal, onWork }: ExecutionContext,
  ): AsyncGenerator<FinishedTask> {
    const pool = await this.#start()
    const laneCount = Math.min(tasks.length, TASKS_PER_THREAD * this.threadCount)
    const gauges = new Float64Array(new SharedArrayBuffer(16 * laneCount))
    const timer = setInterval(() => onWork?.(workInHand(gauges)), TELL_EVERY_MS)
    try {
      const run = (task: Task, lane: number) => this.#runTask({ plan, task, pool, gauges, gaugeAt: 2 * lane })
      yield* inLanes(tasks, laneCount, run, signal)
    } finally {
      clearInterval(timer)
    }
  }

  async close(): Promise<void> {
    const pool = await this.#pool
    this.#pool = undefined
    await pool?.destroy()
  }

  #start(): Promise<Piscina> {
    this.#pool ??= this.#startPool()
    return this.#pool
  }

  async #startPool(): Promise<Piscina> {
    const { Piscina } = await import('piscina')
    const pool = new Piscina({
      filename: this.workerFile.href,
      minThreads: this.threadCount,
      maxThreads: this.threadCount,
    })
    // A thread that dies between two tasks is replaced; there is nothing to tell.
    pool.on('error', () => {})
    return pool
  }

  async #runTask(assignment: Assignment): Promise<FinishedTask> {
    const { plan, task, gauges, gaugeAt } = assignment
    const answer = await this.#answer(assignment)
    gauges.fill(0, gaugeAt, gaugeAt + 2)
    if (answer.kind === 'error') throw errorOf(answer.error)
    if (answer.kind === 'unknownPart') {
      throw new InvariantError('a thread knows nothing of what it was sent', taskContext(plan, task))
    }
    return { task, measures: decodeMeasures(answer.bytes), bytes: answer.bytes }
  }

  async #answer(assignment: Assignment): Promise<ThreadAnswer> {
    const first = await this.#send(assignment, this.#requestOf(assignment, false))
    return first.kind === 'unknownPart' ? this.#send(assignment, this.#requestOf(assignment, true)) : first
  }

  /** @param isMissed - a thread has asked for what it has not got */
  #requestOf({ plan, task, gauges, gaugeAt }: Assignment, isMissed: boolean): ThreadRequest {
    const point = plan.points[task.point]
    return {
      point: this.#points.partOf(point, isMissed),
      rules: this.#rules.partOf(point.cluster.nodeRules, isMissed),
      trace: plan.trace && this.#traces.partOf(plan.trace, isMissed),
      seed: plan.seed,
      replication: task.replication,
      gauges,
      gaugeAt,
    }
  }

  /** Sends a request, again if the thread dies over it. */
  async #send(assignment: Assignment, request: ThreadRequest): Promise<ThreadAnswer> {
    const { plan, task, pool, gauges, gaugeAt } = assignment
    for (let attempt = 1; ; attempt++) {
      try {
        return await pool.run(request)
      } catch (error) {
        gauges.fill(0, gaugeAt, gaugeAt + 2)
        if (attempt < MAX_ATTEMPTS) continue
        const reason = error instanceof Error ? error.message : String(error)
        throw new InvariantError(
          `${MAX_ATTEMPTS} worker threads died over one replication: ${reason}`,
          taskContext(plan, task),
        )
      }
    }
  }
}

function workInHand(gauges: Float64Array): WorkInHand {
  let share = 0
  let eventCount = 0
  for (let at = 0; at < gauges.length; at += 2) {
    share += gauges[at]
    eventCount += gauges[at + 1]
  }
  return { share, eventCount }
}

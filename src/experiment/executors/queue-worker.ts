/**
 * Takes tasks from a queue and runs them in threads, until it is told to stop: `svcsim worker`. The thread that talks to the
 * server stays free, so that its locks on tasks do not run out during long replications.
 */
import type { Job, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { InvariantError } from '../../base/diagnostics.js'
import { nanoseconds } from '../../base/nanoseconds.js'
import { pointDigest } from '../inputs-digest.js'
import { type PointLoader, pointLoader } from '../load-experiment.js'
import type { DesignPoint, ExperimentInputs, ExperimentPlan } from '../plan.js'
import { withFixedWarmUp } from '../settle-warm-up.js'
import type { Task } from '../tasks.js'
import { encodeMeasures } from './encode-measures.js'
import type { Executor } from './executor.js'
import { InlineExecutor } from './inline-executor.js'
import { portableError } from './portable-error.js'
import { decodeInputs } from './portable-inputs.js'
import { encodeResult, type QueueAnswer } from './queue-results.js'
import { connect, keyOf, QUEUE_NAME, QUEUE_PREFIX, type QueuedTask } from './queue-server.js'
import { RecentValues } from './recent-values.js'
import { canStartThreads, ThreadExecutor } from './thread-executor.js'

/** A worker that says nothing for so long is taken for dead, and its tasks go to others. */
const LOCK_MS = 15_000
const LOOK_FOR_DEAD_EVERY_MS = 5_000
/** A task is given to a second worker when the first one dies, and to no third one. */
const MAX_TAKE_OVERS = 1
const RESULTS_LIFE_S = 86_400
const KEPT_EXPERIMENTS = 4
const KEPT_POINTS = 16
/** The end of a worker must not take longer than a user waits. */
const CLOSE_MS = 1_000

export interface QueueWorkerOptions {
  /** `redis://HOST:PORT` */
  readonly queue: string
  /** Threads, 1 or more. */
  readonly workers: number
  /** Tasks under way go back into the queue, then the worker ends. */
  readonly signal: AbortSignal
  /** Called when the server has been reached. */
  readonly onReady?: () => void
  /** Called after every task. */
  readonly onDone?: (doneCount: number) => void
}

/** An experiment as far as this worker has needed it. */
interface KnownExperiment {
  readonly inputs: ExperimentInputs
  readonly loader: PointLoader
}

/**
 * Works until the signal says stop.
 *
 * @throws InputError QUEUE_UNREACHABLE; in the end always the reason of the signal
 */
export async function runQueueWorker(options: QueueWorkerOptions): Promise<never> {
  const { queue, signal, workers } = options
  signal.throwIfAborted()
  const commands = await connect(queue)
  const executor = canStartThreads() ? new ThreadExecutor(workers) : new InlineExecutor()
  const { Worker, WaitingError } = await import('bullmq')
  const desk = new Desk(commands, executor, signal)
  let doneCount = 0
  const worker = new Worker<QueuedTask>(
    QUEUE_NAME,
    async (job, token) => {
      try {
        await desk.serve(job.data)
        options.onDone?.(++doneCount)
      } catch (error) {
        if (!signal.aborted) throw error
        await giveBack(job, token)
        throw new WaitingError()
      }
    },
    {
      connection: commands,
      prefix: QUEUE_PREFIX,
      concurrency: workers,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_DEAD_EVERY_MS,
      maxStalledCount: MAX_TAKE_OVERS,
    },
  )
  worker.on('error', () => {})
  options.onReady?.()
  await aborted(signal)
  await Promise.race([close(worker, executor), new Promise((resolve) => setTimeout(resolve, CLOSE_MS))])
  commands.disconnect()
  throw signal.reason
}

/** If it can not be given back, its lock runs out and somebody takes it over. */
async function giveBack(job: Job<QueuedTask>, token: string | undefined): Promise<void> {
  if (token !== undefined) await job.moveToWait(token)
}

async function close(worker: Worker, executor: Executor): Promise<void> {
  await executor.close()
  await worker.close()
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Serves one task after another, and keeps what they have in common. */
class Desk {
  readonly #experiments = new RecentValues<string, KnownExperiment>(KEPT_EXPERIMENTS)
  readonly #points = new RecentValues<string, DesignPoint>(KEPT_POINTS)

  constructor(
    readonly commands: Redis,
    readonly executor: Executor,
    readonly signal: AbortSignal,
  ) {}

  /** Runs a task and hands in what came of it, unless nobody wants it any more. */
  async serve(task: QueuedTask): Promise<void> {
    if ((await this.commands.exists(keyOf.run(task.run))) === 0) return
    const answer = await this.#answer(task)
    const { run, point, replication } = task
    const bytes = encodeResult({ task: { point, replication }, answer })
    await this.commands.rpush(keyOf.results(run), Buffer.from(bytes))
    await this.commands.expire(keyOf.results(run), RESULTS_LIFE_S)
  }

  /** Errors are answers; but not the end of this worker, which says nothing about the task. */
  async #answer(task: QueuedTask): Promise<QueueAnswer> {
    try {
      const experiment = await this.#experimentOf(task)
      if (experiment === undefined) return { kind: 'unknownInputs' }
      return { kind: 'measures', bytes: await this.#measure(task, experiment) }
    } catch (error) {
      this.signal.throwIfAborted()
      return { kind: 'error', error: portableError(error) }
    }
  }

  async #measure(task: QueuedTask, experiment: KnownExperiment): Promise<Uint8Array> {
    const plan = this.#planOf(task, experiment)
    const tasks: readonly Task[] = [{ point: 0, replication: task.replication }]
    for await (const { bytes, measures } of this.executor.execute(plan, tasks, { signal: this.signal })) {
      return bytes ?? encodeMeasures(measures)
    }
    throw new InvariantError('a replication ended without measures')
  }

  #planOf(
    { seed, inputs, index, pointDigest: expected, warmUpNs }: QueuedTask,
    known: KnownExperiment,
  ): ExperimentPlan {
    const name = `${inputs}/${index}/${expected}`
    const point = this.#points.get(name) ?? loadPoint(known, index, expected, warmUpNs)
    this.#points.set(name, point)
    const { trace } = known.inputs
    const rest = { replications: 1, sweep: undefined, digest: inputs, command: '', warnings: [] }
    return { points: [point], seed, trace, ...rest }
  }

  async #experimentOf({ inputs: digest }: QueuedTask): Promise<KnownExperiment | undefined> {
    const known = this.#experiments.get(digest)
    if (known !== undefined) return known
    const bytes = await this.commands.getBuffer(keyOf.inputs(digest))
    if (bytes === null) return undefined
    const inputs = decodeInputs(bytes)
    const made = { inputs, loader: pointLoader(inputs) }
    this.#experiments.set(digest, made)
    return made
  }
}

/** @throws InvariantError if it is not the point that was asked for */
function loadPoint(
  { loader }: KnownExperiment,
  index: number,
  expectedDigest: string,
  warmUpNs: number | undefined,
): DesignPoint {
  const loaded = loader.load(index)
  const point = warmUpNs === undefined ? loaded : withFixedWarmUp(loaded, nanoseconds(warmUpNs))
  if (pointDigest(point) === expectedDigest) return point
  throw new InvariantError('a point is another one on this machine than where it was planned', { index })
}

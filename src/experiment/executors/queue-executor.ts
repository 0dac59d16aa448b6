/**
 * Runs tasks on other machines: they go into a queue of BullMQ on a Redis or Valkey server, from which `svcsim worker` takes
 * them. A task names the texts that it is of by their digest; workers fetch those once.
 *
 * Nothing is taken for granted: a task that has vanished (the server was restarted and lost its last second) is put into the
 * queue again, and so is one whose texts have. A worker that dies loses its lock on the task after a while, and another one
 * takes it over, once; after a second death the task is named in an error. Doubles are read once.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { InputError, InvariantError } from '../../base/diagnostics.js'
import { fixedWarmUpNs } from '../../input/warm-up-schema.js'
import { pointDigest } from '../inputs-digest.js'
import type { DesignPoint, ExperimentInputs, ExperimentPlan } from '../plan.js'
import { type FinishedTask, type Task, taskContext, taskKey } from '../tasks.js'
import { decodeMeasures } from './encode-measures.js'
import type { ExecutionContext, Executor } from './executor.js'
import { errorOf } from './portable-error.js'
import { encodeInputs } from './portable-inputs.js'
import { decodeResult, type QueueResult } from './queue-results.js'
import { checkAddress, connect, keyOf, QUEUE_NAME, QUEUE_PREFIX, type QueuedTask } from './queue-server.js'

/** Tasks in the queue at once: enough for many workers, few enough to be taken out again in no time. */
const MAX_QUEUED = 256
/** One wait for results, s; signals are heard at once all the same. */
const WAIT_S = 1
/** Tasks without results are looked after this often. */
const CHECK_EVERY_MS = 3_000
const RUN_LIFE_S = 60
const INPUTS_LIFE_S = 86_400
const RESULTS_LIFE_S = 86_400
/** A missing worker is told of after so long, and again. */
const NOTE_AFTER_MS = 3_000
const NOTE_EVERY_MS = 60_000
/** Taking tasks out of the queue again must not hold up a user who has asked to stop. */
const CLEAN_UP_MS = 500

interface Server {
  readonly commands: Redis
  /** Waits for results, and does nothing else. */
  readonly waiting: Redis
  readonly queue: Queue
}

export class QueueExecutor implements Executor {
  readonly #run = randomUUID()
  readonly #shownAs: string
  #server: Server | undefined
  /** Of inputs: their digest and bytes. */
  readonly #inputs = new WeakMap<ExperimentInputs, { digest: string; bytes: Uint8Array }>()
  readonly #pointDigests = new WeakMap<DesignPoint, string>()
  #executionCount = 0

  /** @throws InputError QUEUE_UNREACHABLE if the address makes no sense */
  constructor(readonly address: string) {
    this.#shownAs = checkAddress(address)
  }

  async *execute(
    plan: ExperimentPlan,
    tasks: readonly Task[],
    context: ExecutionContext,
  ): AsyncGenerator<FinishedTask> {
    for (const { point } of tasks) sourceOf(plan.points[point])
    const server = await this.#start()
    const run = `${this.#run}-${this.#executionCount++}`
    const execution = new Execution(this, server, run, plan, tasks, context)
    try {
      yield* execution.results()
    } finally {
      await Promise.race([execution.cleanUp(), sleep(CLEAN_UP_MS)])
    }
  }

  async close(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    server.waiting.disconnect()
    await Promise.race([server.queue.close(), sleep(CLEAN_UP_MS)])
    server.commands.disconnect()
  }

  /** How the address may be shown. */
  get shownAs(): string {
    return this.#shownAs
  }

  /** Bytes of the texts of a point, with their digest. */
  inputsOf({ inputs }: NonNullable<DesignPoint['source']>): { digest: string; bytes: Uint8Array } {
    const known = this.#inputs.get(inputs)
    if (known !== undefined) return known
    const bytes = encodeInputs(inputs)
    const made = { bytes, digest: createHash('sha256').update(bytes).digest('hex') }
    this.#inputs.set(inputs, made)
    return made
  }

  pointDigestOf(point: DesignPoint): string {
    const known = this.#pointDigests.get(point) ?? pointDigest(point)
    this.#pointDigests.set(point, known)
    return known
  }

  async #start(): Promise<Server> {
    if (this.#server !== undefined) return this.#server
    const commands = await connect(this.address)
    const waiting = await connect(this.address)
    const { Queue } = await import('bullmq')
    const queue = new Queue(QUEUE_NAME, { connection: commands, prefix: QUEUE_PREFIX })
    // The connection tells of its troubles, and is tried again.
    queue.on('error', () => {})
    this.#server = { commands, waiting, queue }
    return this.#server
  }
}

/** Some tasks of one plan on their way through the queue. */
class Execution {
  readonly #queued = new Map<string, Task>()
  readonly #storedInputs = new Set<string>()
  #next = 0
  #checkAtMs = performance.now() + CHECK_EVERY_MS
  #noteAtMs = performance.now() + NOTE_AFTER_MS

  constructor(
    readonly executor: QueueExecutor,
    readonly server: Server,
    readonly run: string,
    readonly plan: ExperimentPlan,
    readonly tasks: readonly Task[],
    readonly context: ExecutionContext,
  ) {}

  async *results(): AsyncGenerator<FinishedTask> {
    await this.#heard(this.#live())
    while (this.#next < this.tasks.length || this.#queued.size > 0) {
      await this.#heard(this.#fill())
      const result = await this.#heard(this.#nextResult())
      if (result !== undefined) {
        const finished = await this.#heard(this.#accept(result))
        if (finished !== undefined) yield finished
      }
      if (performance.now() >= this.#checkAtMs) await this.#heard(this.#check())
    }
  }

  /** Nobody waits for results any more: workers drop what they find. */
  async cleanUp(): Promise<void> {
    const { commands, queue } = this.server
    if (commands.status !== 'ready') return
    await commands.del(keyOf.run(this.run), keyOf.results(this.run))
    await Promise.allSettled([...this.#queued.values()].map((task) => queue.remove(this.#jobId(task))))
  }

  /** A wait that ends when the signal says so. */
  async #heard<T>(action: Promise<T>): Promise<T> {
    const { signal } = this.context
    if (signal === undefined) return action
    signal.throwIfAborted()
    let stop = () => {}
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop)
    })
    try {
      return await Promise.race([action, stopped])
    } finally {
      signal.removeEventListener('abort', stop)
      action.catch(() => {})
    }
  }

  /** Says that somebody waits for results. */
  async #live(): Promise<void> {
    await this.server.commands.set(keyOf.run(this.run), '1', 'EX', RUN_LIFE_S)
  }

  async #fill(): Promise<void> {
    const added: Promise<void>[] = []
    while (this.#next < this.tasks.length && this.#queued.size < MAX_QUEUED) {
      added.push(this.#add(this.tasks[this.#next++]))
    }
    await Promise.all(added)
  }

  async #add(task: Task): Promise<void> {
    const point = this.plan.points[task.point]
    const source = sourceOf(point)
    const { digest, bytes } = this.executor.inputsOf(source)
    this.#queued.set(taskKey(task), task)
    if (!this.#storedInputs.has(digest)) {
      this.#storedInputs.add(digest)
      await this.server.commands.set(keyOf.inputs(digest), Buffer.from(bytes), 'EX', INPUTS_LIFE_S)
    }
    const data: QueuedTask = {
      run: this.run,
      inputs: digest,
      index: source.index,
      pointDigest: this.executor.pointDigestOf(point),
      ...(this.plan.hasFoundWarmUp === true ? { warmUpNs: fixedWarmUpNs(point.scenario.spec) } : {}),
      ...task,
      seed: this.plan.seed,
    }
    const options = { jobId: this.#jobId(task), removeOnComplete: true, removeOnFail: { age: INPUTS_LIFE_S } }
    await this.server.queue.add('replication', data, options)
  }

  #jobId({ point, replication }: Task): string {
    return `${this.run}-${point}-${replication}`
  }

  async #nextResult(): Promise<QueueResult | undefined> {
    try {
      const entry = await this.server.waiting.blpopBuffer(keyOf.results(this.run), WAIT_S)
      return entry === null ? undefined : decodeResult(entry[1])
    } catch (error) {
      // The connection broke: what was lost on the way is noticed by the next check.
      if (error instanceof InvariantError) throw error
      await sleep(200)
      return undefined
    }
  }

  async #accept({ task, answer }: QueueResult): Promise<FinishedTask | undefined> {
    const key = taskKey(task)
    if (!this.#queued.has(key)) return undefined
    if (answer.kind === 'error') throw errorOf(answer.error)
    if (answer.kind === 'unknownInputs') {
      this.#storedInputs.clear()
      await this.#addAgain(task)
      return undefined
    }
    this.#queued.delete(key)
    return { task, measures: decodeMeasures(answer.bytes), bytes: answer.bytes }
  }

  /** Looks after tasks without results, and says that somebody is still waiting. */
  async #check(): Promise<void> {
    this.#checkAtMs = performance.now() + CHECK_EVERY_MS
    const { commands, queue } = this.server
    if (commands.status !== 'ready') {
      this.#note(`the queue ${this.executor.shownAs} does not answer; svcsim waits for it`)
      return
    }
    await this.#live()
    const tasks = [...this.#queued.values()]
    const jobs = await Promise.all(tasks.map((task) => queue.getJob(this.#jobId(task))))
    // A result may have come since: only then is nothing known of a task that has no job.
    const resultCount = await commands.llen(keyOf.results(this.run))
    await commands.expire(keyOf.results(this.run), RESULTS_LIFE_S)
    for (const [index, job] of jobs.entries()) {
      const task = tasks[index]
      if (job?.failedReason) throw this.#death(task, job.failedReason)
      if (job === undefined && resultCount === 0) await this.#addAgain(task)
    }
    if (performance.now() < this.#noteAtMs || (await queue.getWorkersCount()) > 0) return
    this.#note(`nobody takes tasks from ${this.executor.shownAs}; start \`svcsim worker --queue ADDRESS\``)
  }

  async #addAgain(task: Task): Promise<void> {
    await this.server.queue.remove(this.#jobId(task))
    this.#storedInputs.clear()
    await this.#add(task)
  }

  #note(text: string): void {
    if (performance.now() < this.#noteAtMs) return
    this.#noteAtMs = performance.now() + NOTE_EVERY_MS
    this.context.onNote?.(text)
  }

  #death(task: Task, reason: string): InvariantError {
    return new InvariantError(
      `two workers died over one replication, or could not go on: ${reason}`,
      taskContext(this.plan, task),
    )
  }
}

/** @throws InputError QUEUE_PLAN */
function sourceOf({ source }: DesignPoint): NonNullable<DesignPoint['source']> {
  if (source !== undefined) return source
  const message =
    'other machines need the texts that a plan is made from, and this one is made from a cluster'
  const hint = 'make the plan by loadExperiment'
  throw new InputError([{ severity: 'error', code: 'QUEUE_PLAN', message, hint }])
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

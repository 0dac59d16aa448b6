/**
 * What threads are worth: a sweep of 200 points of one second simulated each, in one thread and in two, by wall-clock time. And
 * what they cost: the processor time that the whole process spends on a task in a thread beyond the same task inline, for
 * tasks that are nearly no work, each of another point. Processor time says that on a busy machine too.
 */
import { ThreadExecutor } from '../src/experiment/executors/thread-executor.js'
import type { ExperimentPlan } from '../src/experiment/plan.js'
import { runExperiment } from '../src/experiment/run-experiment.js'

/** Wall-clock times, ms. */
export interface ThreadTimes {
  /** In the main thread, by thread count 1. */
  readonly inlineMs: number
  readonly oneThreadMs: number
  readonly twoThreadsMs: number
}

/** Runs a plan inline, by one thread and by two; threads are started before. Best of so many runs each, taken in turn. */
export async function threadTimes(plan: ExperimentPlan, runCount: number): Promise<ThreadTimes> {
  const [one, two] = [new ThreadExecutor(1), new ThreadExecutor(2)]
  const inlineMs: number[] = []
  const oneThreadMs: number[] = []
  const twoThreadsMs: number[] = []
  for (let run = 0; run <= runCount; run++) {
    inlineMs.push(await timeOf(() => runExperiment(plan)))
    oneThreadMs.push(await timeOf(() => runExperiment(plan, { executor: one })))
    twoThreadsMs.push(await timeOf(() => runExperiment(plan, { executor: two })))
  }
  await Promise.all([one.close(), two.close()])
  // The first run of each has started the threads and compiled the code.
  const best = (times: readonly number[]) => Math.min(...times.slice(1))
  return { inlineMs: best(inlineMs), oneThreadMs: best(oneThreadMs), twoThreadsMs: best(twoThreadsMs) }
}

/** Processor time that a task costs more in a thread than inline, ms; least of so many runs each, taken in turn. */
export async function threadOverheadMs(plan: ExperimentPlan, runCount: number): Promise<number> {
  const executor = new ThreadExecutor(1)
  const inlineMs: number[] = []
  const threadMs: number[] = []
  for (let run = 0; run < runCount; run++) {
    inlineMs.push(await processorTimeOf(() => runExperiment(plan)))
    threadMs.push(await processorTimeOf(() => runExperiment(plan, { executor })))
  }
  await executor.close()
  return (Math.min(...threadMs) - Math.min(...inlineMs)) / (plan.points.length * plan.replications)
}

/** Of all threads of this process, those that collect garbage and compile code among them, ms. */
async function processorTimeOf(action: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}

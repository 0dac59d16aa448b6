/**
 * What threads are worth: a sweep of 200 points of one second simulated each, in one thread and in two. One replication of a
 * point takes some 20 ms, so that what a thread costs per task would show.
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

async function timeOf(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await action()
  return performance.now() - startMs
}

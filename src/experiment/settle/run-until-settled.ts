/** Runs a plan with as many replications of each point as it takes; see `settle-point.ts`. */
import type { Results } from '../../results/results-schema.js'
import { assembleResults } from '../assemble-results.js'
import { openExecutor } from '../executors/open-executor.js'
import type { ExperimentPlan } from '../plan.js'
import { type ReplicationRange, type RunOptions, runReplications } from '../run-experiment.js'
import { settleWarmUp } from '../settle-warm-up.js'
import { type Goals, type SettledPoint, settlePoint } from './settle-point.js'

/**
 * Runs all of a plan.
 *
 * @returns results of the fewest replications of any point; points with more say so
 * @throws InputError, InvariantError as `runExperiment`
 */
export async function runUntilSettled(
  given: ExperimentPlan,
  goals: Goals,
  options: RunOptions = {},
): Promise<Results> {
  const plan = await settleWarmUp(given, options.signal)
  const settled: SettledPoint[] = []
  const progress = new SettlingProgress(options)
  const executor = options.executor ?? openExecutor(options)
  try {
    for (const [index, point] of plan.points.entries()) {
      const pointsLeft = plan.points.length - index
      const run = (range: ReplicationRange, reached: string | undefined) => {
        const runOptions = progress.optionsFor(range.to - range.from, pointsLeft, reached)
        return runReplications(plan, index, range, { ...runOptions, executor })
      }
      settled.push(await settlePoint(plan, point, goals, plan.replications, run))
    }
    return settledResults(plan, settled)
  } finally {
    if (executor !== options.executor) await executor.close()
  }
}

/** @param settled - by point of the plan */
export function settledResults(plan: ExperimentPlan, settled: readonly SettledPoint[]): Results {
  const fewest = settled.reduce(
    (least, { replications }) => Math.min(least, replications),
    Number.POSITIVE_INFINITY,
  )
  const points = settled.map(({ result, replications }) =>
    replications === fewest ? result : { ...result, replications },
  )
  return assembleResults({ ...plan, replications: fewest }, points)
}

/** Progress of batches whose number is not known before: every point that is left is taken to need one like this. */
export class SettlingProgress {
  #done = 0
  #eventCount = 0

  constructor(readonly options: RunOptions) {}

  /**
   * @param pointsLeft - this one included
   * @param note - what else is worth telling
   */
  optionsFor(count: number, pointsLeft: number, note?: string): RunOptions {
    const { onProgress } = this.options
    const [doneBefore, eventsBefore] = [this.#done, this.#eventCount]
    const total = doneBefore + count * pointsLeft
    return {
      ...this.options,
      onProgress: ({ done, ratio, eventCount }) => {
        this.#done = doneBefore + done
        this.#eventCount = eventsBefore + eventCount
        const share = (doneBefore + ratio * count) / total
        onProgress?.({
          done: this.#done,
          total,
          ratio: share,
          eventCount: this.#eventCount,
          ...(note === undefined ? {} : { note }),
        })
      },
    }
  }
}

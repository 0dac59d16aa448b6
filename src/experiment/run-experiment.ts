/**
 * Runs a plan: every replication of every point, here and now, one after another; results are put together in the order of
 * the plan. Every now and then the event loop gets a turn, so that signals and progress are seen to.
 */
import { setImmediate } from 'node:timers/promises'
import type { ReplicationMeasures } from '../metrics/replication-collector.js'
import type { Results } from '../results/results-schema.js'
import { assembleResults } from './assemble-results.js'
import { measuredPoint } from './measured-point.js'
import type { DesignPoint, ExperimentPlan } from './plan.js'
import { type ReplicationOptions, replicationInSlices } from './run-replication.js'
import { settleWarmUp } from './settle-warm-up.js'

export interface RunOptions {
  /** Called after every replication, and some times a second during long ones. */
  readonly onProgress?: ((progress: ExperimentProgress) => void) | undefined
  /** Stops the run within a fraction of a second: `runExperiment` then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface ExperimentProgress {
  /** Replications done, of all points. */
  readonly done: number
  readonly total: number
  /** Share of the whole run that is done, by replications and simulated time; 0 to 1. */
  readonly ratio: number
  readonly eventCount: number
}

/** How long a slice of a replication should take: long enough to cost nothing, short enough to hear a signal. */
const SLICE_MS = { least: 10, most: 40 }
const FIRST_SLICE_NS = 10_000_000
/** The event loop gets a turn this often. */
const TURN_EVERY_MS = 50

/**
 * Runs all of a plan.
 *
 * @returns the same value for the same plan, always
 * @throws InputError, InvariantError as `runReplication`
 */
export async function runExperiment(given: ExperimentPlan, options: RunOptions = {}): Promise<Results> {
  const plan = await settleWarmUp(given, options.signal)
  const turns = new Turns(plan.points.length * plan.replications, options)
  const points = []
  for (const point of plan.points) {
    const measures: ReplicationMeasures[] = []
    for (let replication = 0; replication < plan.replications; replication++) {
      measures.push(await runInTurns(point, { seed: plan.seed, replication, trace: plan.trace }, turns))
    }
    points.push(measuredPoint(plan, point, measures))
  }
  return assembleResults(plan, points)
}

async function runInTurns(
  point: DesignPoint,
  options: ReplicationOptions,
  turns: Turns,
): Promise<ReplicationMeasures> {
  const horizonNs = point.scenario.spec.horizon
  const slices = replicationInSlices(point, options, FIRST_SLICE_NS)
  let sliceNs = FIRST_SLICE_NS
  for (let untilNs = FIRST_SLICE_NS; ; ) {
    const startMs = performance.now()
    const slice = slices.next(untilNs)
    if (slice.done === true) {
      await turns.replicationDone(slice.value.totals.eventCount)
      return slice.value
    }
    sliceNs = nextSliceNs(sliceNs, performance.now() - startMs)
    await turns.sliceDone(slice.value.nowNs / horizonNs, slice.value.eventCount)
    untilNs = slice.value.nowNs + sliceNs
  }
}

/** Simulated time per slice follows what the last one took; results do not depend on it. */
function nextSliceNs(sliceNs: number, tookMs: number): number {
  if (tookMs < SLICE_MS.least) return sliceNs * 2
  return tookMs > SLICE_MS.most ? Math.max(1, Math.floor(sliceNs / 2)) : sliceNs
}

/** Gives the event loop its turns and tells of progress. Wall-clock time decides when, and about nothing else. */
class Turns {
  #done = 0
  #eventCount = 0
  #lastTurnMs = performance.now()

  constructor(
    readonly total: number,
    readonly options: RunOptions,
  ) {}

  async replicationDone(eventCount: number): Promise<void> {
    this.#done++
    this.#eventCount += eventCount
    await this.#turn(0, 0)
  }

  /** @param share - of the replication at hand that is done */
  async sliceDone(share: number, eventCount: number): Promise<void> {
    if (performance.now() - this.#lastTurnMs >= TURN_EVERY_MS) await this.#turn(share, eventCount)
  }

  async #turn(share: number, eventCount: number): Promise<void> {
    const { total, options } = this
    const ratio = (this.#done + share) / total
    options.onProgress?.({ done: this.#done, total, ratio, eventCount: this.#eventCount + eventCount })
    await setImmediate()
    options.signal?.throwIfAborted()
    this.#lastTurnMs = performance.now()
  }
}

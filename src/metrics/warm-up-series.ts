/**
 * Listens to a pilot run and says how long its warm-up was, by MSER-5 (mser.ts).
 *
 * Each client group has a series of its own: its completed requests by intended start, in equal spans of simulated time,
 * 5,000 to the horizon. The mean response time of a span is one observation; spans without a completed request have none.
 * So memory does not grow with the run, and a warm-up is known to five spans, a thousandth of the horizon. The longest of
 * all groups counts. Calls of pods are left out: those who made them wait for them.
 */
import type { ConnectionRecord, Observer, RequestRecord } from '../model/records.js'
import { Outcome } from '../model/records.js'
import { batchMeans, MSER_BATCH, mserTruncation } from './mser.js'

/** Spans of simulated time up to the horizon. */
export const SPAN_COUNT = 5_000
/** With fewer batches of any group nothing is said. */
const MIN_BATCHES = 10

/** What a pilot run says. */
export interface WarmUpFinding {
  /** Simulated time to cut off, integer ns. */
  readonly warmUpNs: number
  /** The series of a group is too short to tell: its minimum is at the end of the first half, or it has under 10 batches. */
  readonly isTooShort: boolean
}

/** The observer of a pilot run, whose own warm-up is 0. */
export class WarmUpSeries implements Observer {
  readonly #sumsNs: readonly (Float64Array | undefined)[]
  readonly #counts: readonly (Uint32Array | undefined)[]
  readonly #spanNs: number

  /**
   * @param isOfClients - by call site: are the callers a client group?
   * @param horizonNs - end of the pilot run
   */
  constructor(isOfClients: readonly boolean[], horizonNs: number) {
    this.#sumsNs = isOfClients.map((each) => (each ? new Float64Array(SPAN_COUNT) : undefined))
    this.#counts = isOfClients.map((each) => (each ? new Uint32Array(SPAN_COUNT) : undefined))
    this.#spanNs = Math.max(1, Math.ceil(horizonNs / SPAN_COUNT))
  }

  connectionReached(_record: Readonly<ConnectionRecord>): void {}

  requestEnded({ call, outcome, intendedNs, responseTimeNs }: Readonly<RequestRecord>): void {
    const sums = this.#sumsNs[call]
    const counts = this.#counts[call]
    if (sums === undefined || counts === undefined || outcome !== Outcome.completed) return
    const span = Math.floor(intendedNs / this.#spanNs)
    sums[span] += responseTimeNs
    counts[span]++
  }

  finding(): WarmUpFinding {
    const all = this.#sumsNs.flatMap((sums, call) => {
      const counts = this.#counts[call]
      return sums === undefined || counts === undefined ? [] : [this.#ofGroup(sums, counts)]
    })
    return {
      warmUpNs: all.reduce((longest, each) => Math.max(longest, each.warmUpNs), 0),
      isTooShort: all.some((each) => each.isTooShort),
    }
  }

  #ofGroup(sums: Float64Array, counts: Uint32Array): WarmUpFinding {
    const observations: number[] = []
    const spans: number[] = []
    for (let span = 0; span < SPAN_COUNT; span++) {
      if (counts[span] === 0) continue
      observations.push(sums[span] / counts[span])
      spans.push(span)
    }
    const means = batchMeans(observations)
    if (means.length < MIN_BATCHES) return { warmUpNs: 0, isTooShort: true }
    const { batchCount, isAtBoundary } = mserTruncation(means)
    const warmUpNs = batchCount === 0 ? 0 : spans[batchCount * MSER_BATCH] * this.#spanNs
    return { warmUpNs, isTooShort: isAtBoundary }
  }
}

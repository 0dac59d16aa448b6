/**
 * Response times counted in log-linear buckets (see base/histogram-buckets.ts): recording costs a few ns and memory does not
 * grow with the number of requests. A quantile is known to 1 part in 512; mean, minimum and maximum are exact.
 */
import { InvariantError } from '../base/diagnostics.js'
import { bucketMiddle } from '../base/histogram-buckets.js'

/** Buckets per octave: 2^8, each 1/256 wide. */
export const HISTOGRAM_BITS = 8

const PER_OCTAVE = 256
const BUCKET_COUNT = (53 - HISTOGRAM_BITS + 1) * PER_OCTAVE
/** A float's exponent and highest mantissa bits are its bucket, but for a constant. */
const MANTISSA_SHIFT = 20 - HISTOGRAM_BITS
const EXPONENT_BIAS = 1023
const BUCKET_OFFSET = (EXPONENT_BIAS + HISTOGRAM_BITS - 1) * PER_OCTAVE

const floatView = new DataView(new ArrayBuffer(8))

/** All that a histogram holds, as plain data. */
export interface HistogramState {
  /** Numbers of the buckets that hold anything, in increasing order, and their counts. */
  readonly buckets: readonly number[]
  readonly counts: readonly number[]
  readonly sumNs: number
  /** Infinity if nothing was recorded. */
  readonly minNs: number
  readonly maxNs: number
}

/** One histogram of times in integer ns. */
export class ResponseHistogram {
  /**
   * The histogram that said so of itself.
   *
   * @throws InvariantError if a bucket is none
   */
  static of(state: HistogramState): ResponseHistogram {
    const histogram = new ResponseHistogram()
    for (const [at, bucket] of state.buckets.entries()) {
      if (!(bucket in histogram.#counts)) throw new InvariantError('no bucket of a histogram', { bucket })
      histogram.#counts[bucket] = state.counts[at]
      histogram.#count += state.counts[at]
    }
    histogram.#sumNs = state.sumNs
    histogram.#minNs = state.minNs
    histogram.#maxNs = state.maxNs
    return histogram
  }

  readonly #counts = new Uint32Array(BUCKET_COUNT)
  #count = 0
  #sumNs = 0
  #minNs = Number.POSITIVE_INFINITY
  #maxNs = 0

  get count(): number {
    return this.#count
  }

  /** Counts one time. @param timeNs - an integer, 0 to 2^53 - 1 */
  record(timeNs: number): void {
    this.#counts[bucketOf(timeNs)]++
    this.#count++
    this.#sumNs += timeNs
    if (timeNs < this.#minNs) this.#minNs = timeNs
    if (timeNs > this.#maxNs) this.#maxNs = timeNs
  }

  /** Takes in all that another one has. */
  add(other: ResponseHistogram): void {
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) this.#counts[bucket] += other.#counts[bucket]
    this.#count += other.#count
    this.#sumNs += other.#sumNs
    this.#minNs = Math.min(this.#minNs, other.#minNs)
    this.#maxNs = Math.max(this.#maxNs, other.#maxNs)
  }

  /** Exact mean, ns; null if nothing was recorded. */
  meanNs(): number | null {
    return this.#count === 0 ? null : this.#sumNs / this.#count
  }
  minNs(): number | null {
    return this.#count === 0 ? null : this.#minNs
  }
  maxNs(): number | null {
    return this.#count === 0 ? null : this.#maxNs
  }

  /**
   * The time that a share of all times does not exceed: nearest rank, the middle of its bucket, within [min, max].
   *
   * @param ratio - above 0, at most 1
   * @returns ns; null if nothing was recorded
   */
  quantileNs(ratio: number): number | null {
    if (this.#count === 0) return null
    const rank = Math.max(1, Math.ceil(ratio * this.#count - 1e-9))
    let seen = 0
    let bucket = 0
    while (seen + this.#counts[bucket] < rank) seen += this.#counts[bucket++]
    return Math.min(this.#maxNs, Math.max(this.#minNs, bucketMiddle(bucket, HISTOGRAM_BITS)))
  }

  /** All of it, so that `ResponseHistogram.of` makes an equal one. */
  state(): HistogramState {
    return { ...this.entries(), sumNs: this.#sumNs, minNs: this.#minNs, maxNs: this.#maxNs }
  }

  /** The buckets that hold anything, in increasing order, with their counts. */
  entries(): { buckets: number[]; counts: number[] } {
    const buckets: number[] = []
    const counts: number[] = []
    for (let bucket = 0; bucket < BUCKET_COUNT; bucket++) {
      if (this.#counts[bucket] === 0) continue
      buckets.push(bucket)
      counts.push(this.#counts[bucket])
    }
    return { buckets, counts }
  }
}

/** As `bucketNumber` of base/histogram-buckets.ts, from the bits of the float: 5 ns. */
function bucketOf(timeNs: number): number {
  if (timeNs < PER_OCTAVE) return timeNs
  floatView.setFloat64(0, timeNs)
  return (floatView.getUint32(0) >>> MANTISSA_SHIFT) - BUCKET_OFFSET
}

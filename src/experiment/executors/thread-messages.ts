/** What the main thread and a worker thread say to each other. */
import type { WorkloadTrace } from '../../workload/workload-trace.js'
import type { PortableError } from './portable-error.js'

/** One replication, please. */
export interface ThreadRequest {
  /** Names the point among all that this process has planned. */
  readonly pointKey: string
  /** Sent where the thread may not have it yet: a thread keeps the points that it worked on last. */
  readonly content: PointContent | undefined
  readonly seed: number
  readonly replication: number
  /** Shared memory: share and events of the replication at hand go to the two places from `gaugeAt` on. */
  readonly gauges: Float64Array
  readonly gaugeAt: number
}

/** A point as `encodePoint` gives it, and the trace that is replayed. */
export interface PointContent {
  readonly bytes: Uint8Array
  readonly trace: WorkloadTrace | undefined
}

/** `unknownPoint`: the content has to be sent along. */
export type ThreadAnswer =
  | { readonly kind: 'measures'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly error: PortableError }
  | { readonly kind: 'unknownPoint' }

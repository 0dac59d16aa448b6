/** What the main thread and a worker thread say to each other. */
import type { WorkloadTrace } from '../../workload/workload-trace.js'
import type { PortableError } from './portable-error.js'

/** One replication, please. */
export interface ThreadRequest {
  /** As `encodePoint` gives it. */
  readonly point: ThreadPart<Uint8Array>
  /** The rules of its nodes, as `encodeRules` gives them: points of a sweep mostly have them in common. */
  readonly rules: ThreadPart<Uint8Array>
  /** Replayed in place of drawn requests; as `sharedTrace` gives it. */
  readonly trace: ThreadPart<WorkloadTrace> | undefined
  readonly seed: number
  readonly replication: number
  /** Shared memory: share and events of the replication at hand go to the two places from `gaugeAt` on. */
  readonly gauges: Float64Array
  readonly gaugeAt: number
}

/** Something that many requests may need, and that a thread keeps. */
export interface ThreadPart<Content> {
  /** Names it among all of its kind that this process has sent. */
  readonly key: number
  /** Sent where the thread may not have it yet. */
  readonly content: Content | undefined
}

/** `unknownPart`: the contents have to be sent along. */
export type ThreadAnswer =
  | { readonly kind: 'measures'; readonly bytes: Uint8Array }
  | { readonly kind: 'error'; readonly error: PortableError }
  | { readonly kind: 'unknownPart' }

/**
 * When a caller tries a failed request again: after a pause that doubles, within its patience, its number of attempts and
 * its budget (a share of its first attempts, so that retries can not multiply an overload).
 *
 * The pause is drawn evenly from half of its length to all of it: stream `retry/<caller>/<service>`, one draw per retry.
 * Sources: gRPC A6 (retry throttling); AWS Architecture Blog, "Exponential Backoff and Jitter" (equal jitter).
 */
import type { Stream } from '../engine/streams.js'
import type { ClientGroup } from '../input/scenario-schema.js'
import { Outcome } from './records.js'

/** Attempts saved up that a budget of any size allows at once. */
const BURST = 10

export type RetrySettings = NonNullable<ClientGroup['retry']>

const OUTCOME_OF = {
  refused: Outcome.refused,
  timedOut: Outcome.timedOut,
  reset: Outcome.reset,
  rejected: Outcome.rejected,
} as const

/** The retries of one call site: all of its callers share the budget. */
export class Retries {
  readonly #outcomes: ReadonlySet<number>
  #savedUp = BURST

  constructor(
    readonly settings: RetrySettings,
    readonly stream: Stream,
  ) {
    this.#outcomes = new Set(settings.on.map((name) => OUTCOME_OF[name]))
  }

  /** A first attempt adds to the budget. */
  noteRequest(): void {
    this.#savedUp = Math.min(BURST, this.#savedUp + this.settings.budget)
  }

  /**
   * May a request be tried again? If so, the attempt is counted.
   *
   * @param attempts - made so far, at least 1
   * @returns the pause before it, ns; -1: no
   */
  pauseNs(outcome: number, attempts: number): number {
    const { attempts: most, backoff, maxBackoff } = this.settings
    if (attempts >= most || !this.#outcomes.has(outcome) || this.#savedUp < 1) return -1
    this.#savedUp -= 1
    let wholeNs = backoff as number
    for (let doubled = 1; doubled < attempts && wholeNs < maxBackoff; doubled++) wholeNs *= 2
    const halfNs = Math.ceil(Math.min(wholeNs, maxBackoff) / 2)
    return halfNs === 0 ? 0 : halfNs + this.stream.below(halfNs)
  }
}

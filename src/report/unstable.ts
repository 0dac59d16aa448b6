/** What stands beside figures of calls without a steady state, in every format. */
import type { CallResult, Results } from '../results/results-schema.js'

/** Beside a figure. */
export const UNSTABLE_MARK = '†'

/** What the mark says, as a sentence. */
export const UNSTABLE_LEGEND = `${UNSTABLE_MARK}: no steady state at this point, so its times depend on how long the run is and on limits of queues.`

export function isUnstable(call: CallResult | undefined): boolean {
  return call?.instability !== undefined
}

/** Does any call of any point have no steady state? */
export function hasUnstable({ points }: Results): boolean {
  return points.some(({ calls }) => calls.some(isUnstable))
}

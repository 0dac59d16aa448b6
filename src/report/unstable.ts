/** What stands beside figures of calls without a steady state, in every format. */
import type { MetricUnit } from '../results/metric-catalogue.js'
import type { CallResult } from '../results/results-schema.js'

/** Beside a figure. */
export const UNSTABLE_MARK = '†'

/** What the mark says, as a sentence. */
export const UNSTABLE_LEGEND = `${UNSTABLE_MARK}: no steady state at this point, so its times depend on how long the run is and on limits of queues.`

/** What marks can be put to: figures that depend on the length of the run. */
export function isMarkable(unit: MetricUnit): boolean {
  return unit === 'duration'
}

/** A text for each call, with the mark where it has no steady state; of one width if any has. */
export function markedTexts(
  texts: readonly string[],
  unit: MetricUnit,
  calls: readonly (CallResult | undefined)[],
): readonly string[] {
  if (!isMarkable(unit) || !calls.some(isUnstable)) return texts
  return texts.map((text, index) => `${text} ${isUnstable(calls[index]) ? UNSTABLE_MARK : ' '}`)
}

export function isUnstable(call: CallResult | undefined): boolean {
  return call?.instability !== undefined
}

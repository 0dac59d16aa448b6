/**
 * Does a cell keep the objectives? Requests that hang count neither as completed nor as failed: where the run ends before their
 * time-outs, no objective sees them. A cell with more requests under way than its own figures explain has not passed.
 */
import { NS_PER_S } from '../../base/nanoseconds.js'
import type { CallResult } from '../../results/results-schema.js'
import type { SettledPoint } from '../settle/settle-point.js'
import { pointVerdict } from '../thresholds/point-verdict.js'
import type { Verdict } from '../thresholds/verdict.js'

/** Requests under way at the end, over those that Little's law gives for the ones that complete: so many times as many. */
const MOST_TIMES_EXPECTED = 3
/** Beside so many, as small counts scatter. */
const MOST_BY_CHANCE = 20

/**
 * The verdict on its objectives; undecided where they pass and requests hang that they are about.
 *
 * @param client - the client group whose rate varies: its requests count in any case
 */
export function cellVerdict(cell: SettledPoint, client: string): Verdict {
  const verdict = pointVerdict(cell.result)
  return verdict === 'passed' && isHanging(cell, client) ? 'undecided' : verdict
}

/** Are there more requests under way than the figures explain, of the client group or of a call that an objective is about? */
export function isHanging({ result, replications }: SettledPoint, client: string): boolean {
  const watched = (result.thresholds ?? []).map(({ metric }) => metric)
  return result.calls
    .filter((call) => call.caller === client || watched.some((metric) => isAbout(metric, call)))
    .some((call) => hasHangingRequests(call, replications))
}

/** Is the figure, by its full name, one of the call? */
function isAbout(metric: string, { caller, service }: CallResult): boolean {
  return metric.startsWith(`client.${caller}.`) || metric.startsWith(`service.${service}.`)
}

function hasHangingRequests(
  { outcomes, completedPerSec, responseTime }: CallResult,
  replications: number,
): boolean {
  const expected = ((completedPerSec.value ?? 0) * (responseTime.mean.value ?? 0)) / NS_PER_S
  return outcomes.unfinished / replications > MOST_BY_CHANCE + MOST_TIMES_EXPECTED * expected
}

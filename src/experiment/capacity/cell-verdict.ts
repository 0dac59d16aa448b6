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

/** The verdict on its objectives; undecided where they pass and requests hang. */
export function cellVerdict({ result, replications }: SettledPoint): Verdict {
  const verdict = pointVerdict(result)
  const isHanging = result.calls.some((call) => hasHangingRequests(call, replications))
  return verdict === 'passed' && isHanging ? 'undecided' : verdict
}

function hasHangingRequests(
  { outcomes, completedPerSec, responseTime }: CallResult,
  replications: number,
): boolean {
  const expected = ((completedPerSec.value ?? 0) * (responseTime.mean.value ?? 0)) / NS_PER_S
  return outcomes.unfinished / replications > MOST_BY_CHANCE + MOST_TIMES_EXPECTED * expected
}

/** One verdict on a point: failed if a threshold is, passed if all are. */
import type { PointResult } from '../../results/results-schema.js'
import type { Verdict } from './verdict.js'

/** What its thresholds say together; undecided without any. */
export function pointVerdict({ thresholds = [] }: PointResult): Verdict {
  const verdicts = thresholds.map(({ verdict }) => verdict)
  if (verdicts.includes('failed')) return 'failed'
  return verdicts.length === 0 || verdicts.includes('undecided') ? 'undecided' : 'passed'
}

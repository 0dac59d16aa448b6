/** What follows from the verdicts on thresholds: the JUnit file and the exit code. */
import fs from 'node:fs'
import path from 'node:path'
import { junitReport } from '../report/junit-report.js'
import type { Results } from '../results/results-schema.js'
import { OutputError, ThresholdFailed, usageError } from './exit-codes.js'
import type { JudgingOptions } from './options.js'
import type { Surroundings } from './surroundings.js'
import { writeFile } from './write-file.js'

/**
 * Looks at `--junit` before anything is run, so that a mistake costs no waiting.
 *
 * @throws OutputError if its folder does not exist
 */
export function checkJunit({ junit }: Pick<JudgingOptions, 'junit'>, cwd: string): void {
  if (junit === undefined) return
  const folder = path.dirname(path.resolve(cwd, junit))
  if (!fs.existsSync(folder)) throw new OutputError(`"${junit}"`, 'its folder does not exist')
}

/**
 * Writes the JUnit file, if one is wanted, and ends with exit code 99 where a threshold was not kept.
 *
 * @throws ThresholdFailed where one failed, or is undecided and that is a failure; OutputError; InputError USAGE if a JUnit file
 *   is wanted and there is no threshold
 */
export function judgeResults(results: Results, options: JudgingOptions, { cwd }: Surroundings): void {
  const isUndecidedPassed = options.onUndecided === 'pass'
  const { junit } = options
  const verdicts = results.points.flatMap(({ thresholds = [] }) => thresholds.map(({ verdict }) => verdict))
  if (junit !== undefined) {
    if (verdicts.length === 0)
      throw usageError('--junit has no thresholds to tell of', "add --threshold 'p99 < 250ms'")
    writeFile(path.resolve(cwd, junit), Buffer.from(junitReport(results, isUndecidedPassed)), `"${junit}"`)
  }
  const failed = verdicts.filter((verdict) => verdict === 'failed').length
  const undecided = verdicts.filter((verdict) => verdict === 'undecided').length
  if (failed > 0 || (undecided > 0 && !isUndecidedPassed)) {
    throw new ThresholdFailed(
      `thresholds: ${verdicts.length - failed - undecided} passed, ${failed} failed, ${undecided} undecided`,
    )
  }
}

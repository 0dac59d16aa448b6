/** `svcsim report`: saved results rendered again. */
import path from 'node:path'
import { InputError } from '../../base/diagnostics.js'
import { namesInResults } from '../../experiment/thresholds/figure-names.js'
import { readThresholds } from '../../experiment/thresholds/read-thresholds.js'
import { judgeSaved } from '../../experiment/thresholds/verdict.js'
import { mergeResults } from '../../results/merge-results.js'
import { bundleToResults } from '../../results/results-bundle.js'
import { readResults } from '../../results/results-json.js'
import type { Results } from '../../results/results-schema.js'
import { outputTarget, printReport, writeTarget } from '../deliver-results.js'
import { checkJunit, judgeResults } from '../judge.js'
import { writtenThreshold } from '../load-plan.js'
import type { JudgingOptions, OutputOptions } from '../options.js'
import { decodeText, readBytes } from '../read-file.js'
import { reportComparison } from '../report-comparison.js'
import type { Surroundings } from '../surroundings.js'

/**
 * @throws InputError RESULTS_INVALID, RESULTS_VERSION, RESULTS_MISMATCH (what neither can be joined nor compared),
 *   FILE_UNREADABLE, and those of thresholds; OutputError; ThresholdFailed
 */
export async function reportVerb(
  files: readonly string[],
  options: OutputOptions & JudgingOptions,
  surroundings: Surroundings,
): Promise<void> {
  checkJunit(options, surroundings.cwd)
  const parts: Results[] = []
  for (const file of files) parts.push(await readResultsFile(file, surroundings))
  const merged = parts.length === 1 ? parts[0] : joined(parts)
  if (merged instanceof InputError) {
    await reportComparison({ files, parts, mismatch: merged }, options, surroundings)
    return
  }
  const results = withThresholds(merged, options.threshold ?? [])
  if (options.output === undefined) await printReport(results, options, surroundings)
  else
    await writeTarget(
      results,
      outputTarget(options.output, surroundings.cwd),
      [options.format],
      options,
      surroundings,
    )
  // Rendering alone is no question to the results: verdicts that they hold were told when they were made.
  if (options.threshold !== undefined || options.junit !== undefined)
    judgeResults(results, options, surroundings)
}

/** The results with these thresholds judged in place of those that they hold. */
function withThresholds(results: Results, texts: readonly string[]): Results {
  if (texts.length === 0) return results
  const thresholds = readThresholds(
    texts.map((text) => writtenThreshold('--threshold', text)),
    namesInResults(results),
  )
  const points = results.points.map((point) => ({
    ...point,
    thresholds: judgeSaved(thresholds, point, point.replications ?? results.replications),
  }))
  return { ...results, points }
}

/** Parts of one experiment as one, or why they are none. */
function joined(parts: readonly Results[]): Results | InputError {
  try {
    return mergeResults(parts)
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
}

/** JSON begins with a brace or a blank; a bundle, which is a MessagePack map, with a byte above them. */
async function readResultsFile(file: string, { cwd, readStdin }: Surroundings): Promise<Results> {
  const isStdin = file === '-'
  const shownAs = isStdin ? '<stdin>' : file
  const bytes = isStdin ? await readStdin() : await readBytes(path.resolve(cwd, file), shownAs)
  const isBundle = (bytes[0] ?? 0) >= 0x80 && bytes[0] !== 0xef
  return isBundle ? bundleToResults(bytes, shownAs) : readResults(decodeText(bytes, shownAs), shownAs)
}

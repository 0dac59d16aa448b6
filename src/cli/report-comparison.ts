/** `svcsim report` of several results that are no parts of one experiment: a comparison, as `svcsim compare` makes it, or a page. */
import path from 'node:path'
import { type Diagnostic, InputError } from '../base/diagnostics.js'
import { compareResults } from '../experiment/compare/compare-results.js'
import { renderComparison } from '../report/comparison-report.js'
import type { Results } from '../results/results-schema.js'
import { isComparisonFormat, writeComparison } from './deliver-comparison.js'
import { asBytes, type OutputTarget, outputTarget, writeFiles } from './deliver-results.js'
import { usageError } from './exit-codes.js'
import { stableArgument } from './load-cluster.js'
import type { JudgingOptions, OutputOptions } from './options.js'
import { shellText } from './shell-text.js'
import type { Surroundings } from './surroundings.js'

/** Results side by side. */
export interface ComparedFiles {
  /** As the user named them; as many as `parts`. */
  readonly files: readonly string[]
  readonly parts: readonly Results[]
  /** Why they can not be joined. */
  readonly mismatch: InputError
}

/**
 * Compares results, each called as its file is. The standard error says why they were not joined.
 *
 * @throws InputError RESULTS_MISMATCH in formats that hold one experiment, and where no setting is in all results; USAGE for
 *   thresholds, which judge one experiment; OutputError
 */
export async function reportComparison(
  compared: ComparedFiles,
  options: OutputOptions & Pick<JudgingOptions, 'threshold' | 'junit'>,
  surroundings: Surroundings,
): Promise<void> {
  const target = options.output === undefined ? undefined : outputTarget(options.output, surroundings.cwd)
  const format = target?.kind === 'file' ? target.format : options.format
  const isPage = format === 'html'
  if (!isPage && !isComparisonFormat(format)) throw hinted(compared.mismatch, FORMATS_HINT)
  if (options.threshold !== undefined || options.junit !== undefined)
    throw usageError('thresholds judge one experiment', `these results are compared: ${reasonOf(compared)}`)
  if (isPage) await deliverPage(compared, target, options, surroundings)
  else await deliverComparison(compared, target, options, surroundings)
  if (options.quiet !== true)
    await surroundings.stderr.write(`note: compared, not joined: ${reasonOf(compared)}\n`)
}

const FORMATS_HINT = 'they can be compared with --format text, md, csv, json or html'

async function deliverComparison(
  { files, parts, mismatch }: ComparedFiles,
  target: OutputTarget | undefined,
  options: OutputOptions,
  surroundings: Surroundings,
): Promise<void> {
  const names = distinctNames(files)
  const named = parts.map((results, index) => ({ name: names[index], results }))
  const comparison = compareResults(named, repeatingCommand(files, surroundings))
  if (comparison === undefined) throw hinted(mismatch, 'nor can they be compared: they share no setting')
  const { format } = options
  const folderFormats = isComparisonFormat(format) ? [format] : []
  if (target !== undefined) await writeComparison(comparison, target, folderFormats, options, surroundings)
  else for (const each of folderFormats) await surroundings.stdout.write(renderComparison(comparison, each))
}

async function deliverPage(
  { files, parts }: ComparedFiles,
  target: OutputTarget | undefined,
  options: OutputOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { comparisonReport } = await import('../report/page/comparison-report.js')
  const names = distinctNames(files)
  const page = comparisonReport(parts.map((results, index) => ({ label: names[index], results })))
  if (target === undefined) {
    await surroundings.stdout.write(page.text)
    return
  }
  const isFile = target.kind === 'file'
  const folder = isFile
    ? { path: path.dirname(target.path), shownAs: path.dirname(target.shownAs) }
    : { path: target.path, shownAs: target.shownAs }
  const name = isFile ? path.basename(target.path) : page.name
  await writeFiles(asBytes([{ ...page, name }]), folder, options, surroundings)
}

/** Files of one name, as the standard input twice, get a number. */
function distinctNames(files: readonly string[]): readonly string[] {
  return files.map((file, index) => {
    const before = files.slice(0, index).filter((each) => each === file).length
    return before === 0 ? file : `${file} (${before + 1})`
  })
}

function repeatingCommand(files: readonly string[], surroundings: Surroundings): string {
  return `svcsim ${shellText(['report', ...files.map((file) => stableArgument(file, surroundings))])}`
}

function reasonOf({ mismatch }: ComparedFiles): string {
  return mismatch.diagnostics.map(({ message }) => message).join('; ')
}

/** The same errors with what can be done instead. */
function hinted({ diagnostics }: InputError, hint: string): InputError {
  return new InputError(diagnostics.map((each): Diagnostic => ({ ...each, hint })))
}

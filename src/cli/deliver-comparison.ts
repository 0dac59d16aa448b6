/** What becomes of a comparison: files of the format that their name ends in, a folder of several, or the standard output. */
import path from 'node:path'
import { type ComparisonFormat, renderComparison } from '../report/comparison-report.js'
import type { Comparison } from '../results/comparison-schema.js'
import { asBytes, type OutputTarget, writeFiles } from './deliver-results.js'
import { usageError } from './exit-codes.js'
import type { OutputOptions } from './options.js'
import type { Surroundings } from './surroundings.js'

/** Names of files in a folder of reports. */
const FILE_NAMES: Readonly<Record<ComparisonFormat, string>> = {
  text: 'comparison.txt',
  json: 'comparison.json',
  csv: 'comparison.csv',
  md: 'README.md',
}

/** Has a comparison such a form? A page is made elsewhere. */
export function isComparisonFormat(format: string): format is ComparisonFormat {
  return Object.hasOwn(FILE_NAMES, format)
}

/**
 * The form of a file.
 *
 * @throws InputError USAGE for a format that a comparison has not
 */
export function comparisonFormat(format: string, output: string): ComparisonFormat {
  if (isComparisonFormat(format)) return format
  const form = format === 'msgpack' ? 'MessagePack' : format
  throw usageError(`--output "${output}": a comparison has no ${form} form`, 'write .json, .csv or .md')
}

/**
 * Writes a comparison to a file in the format of its name, or to a folder in the formats given.
 *
 * @throws InputError USAGE as `comparisonFormat`; OutputError
 */
export async function writeComparison(
  comparison: Comparison,
  target: OutputTarget,
  folderFormats: readonly ComparisonFormat[],
  options: Pick<OutputOptions, 'quiet'>,
  surroundings: Surroundings,
): Promise<void> {
  const rendered = (name: string, format: ComparisonFormat) => ({
    name,
    text: renderComparison(comparison, format),
  })
  if (target.kind === 'folder') {
    const files = folderFormats.map((format) => rendered(FILE_NAMES[format], format))
    await writeFiles(asBytes(files), target, options, surroundings)
    return
  }
  const folder = { path: path.dirname(target.path), shownAs: path.dirname(target.shownAs) }
  const file = rendered(path.basename(target.path), comparisonFormat(target.format, target.shownAs))
  await writeFiles(asBytes([file]), folder, options, surroundings)
}

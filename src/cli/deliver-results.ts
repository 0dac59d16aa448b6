/** What becomes of results: files first, then the standard output, so that a reader who has gone costs no file. */
import fs from 'node:fs'
import path from 'node:path'
import { closestName } from '../base/closest-name.js'
import { type ReportFile, type ReportFormat, renderReport } from '../report/render-report.js'
import { resultsToBundle } from '../results/results-bundle.js'
import type { Results } from '../results/results-schema.js'
import { OutputError, systemReason, usageError } from './exit-codes.js'
import type { OutputOptions } from './options.js'
import type { Surroundings } from './surroundings.js'
import { writeFile } from './write-file.js'

/** Formats that a file can have, by the end of its name. */
const FILE_FORMATS = {
  '.json': 'json',
  '.msgpack': 'msgpack',
  '.csv': 'csv',
  '.md': 'md',
  '.html': 'html',
  '.hgrm': 'hgrm',
  '.om': 'openmetrics',
} as const
type FileFormat = (typeof FILE_FORMATS)[keyof typeof FILE_FORMATS]

/** What a run writes into a folder. */
const FOLDER_FORMATS: readonly ReportFormat[] = ['json', 'csv']

/** Where `--output` leads. Paths are absolute. */
export type OutputTarget =
  | { readonly kind: 'file'; readonly format: FileFormat; readonly path: string; readonly shownAs: string }
  | { readonly kind: 'folder'; readonly path: string; readonly shownAs: string }

/** A file to be written into a folder. */
export interface NamedBytes {
  /** Path within the folder. */
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * Reads `--output` before anything is run, so that a mistake costs no waiting.
 *
 * @throws InputError USAGE if the name has an end that stands for no format
 * @throws OutputError if the folder of a file does not exist
 */
export function outputTarget(output: string, cwd: string): OutputTarget {
  const absolute = path.resolve(cwd, output)
  const extension = path.extname(output).toLowerCase()
  if (extension === '' || /[/\\]$/.test(output) || isExistingFolder(absolute)) {
    return { kind: 'folder', path: absolute, shownAs: output }
  }
  if (!isFileExtension(extension)) throw unknownExtension(output, extension)
  if (!isExistingFolder(path.dirname(absolute)))
    throw new OutputError(`"${output}"`, 'its folder does not exist')
  return { kind: 'file', format: FILE_FORMATS[extension], path: absolute, shownAs: output }
}

/** What a verb does in its own way. */
export interface DeliveryOptions {
  /** In place of the usual report for `--format text`. */
  readonly renderText?: (results: Results) => string
  /** What goes into a folder. */
  readonly folderFormats?: readonly ReportFormat[]
}

/**
 * Writes results to where the options say.
 *
 * @throws OutputError, ClosedPipe
 */
export async function deliverResults(
  results: Results,
  options: OutputOptions,
  surroundings: Surroundings,
  { renderText, folderFormats = FOLDER_FORMATS }: DeliveryOptions = {},
): Promise<void> {
  const { output, format, quiet = false } = options
  const target = output === undefined ? undefined : outputTarget(output, surroundings.cwd)
  if (target !== undefined) await writeTarget(results, target, folderFormats, options, surroundings)
  if (target !== undefined && quiet) return
  if (format === 'text' && renderText !== undefined) {
    await surroundings.stdout.write(renderText(results))
    return
  }
  await printReport(results, options, surroundings)
}

/**
 * Writes results to a file in the format of its name, or to a folder in the formats given.
 *
 * @throws OutputError
 */
export async function writeTarget(
  results: Results,
  target: OutputTarget,
  folderFormats: readonly ReportFormat[],
  options: OutputOptions,
  surroundings: Surroundings,
): Promise<void> {
  if (target.kind === 'folder') {
    const reports = await Promise.all(folderFormats.map((format) => rendered(results, format, options)))
    await writeFiles(asBytes(reports.flat()), target, options, surroundings)
    return
  }
  const [main, ...charts] = await fileBytes(results, target.format, options)
  const files = [{ name: path.basename(target.path), bytes: main.bytes }, ...charts]
  const folder = { path: path.dirname(target.path), shownAs: path.dirname(target.shownAs) }
  await writeFiles(files, folder, options, surroundings)
}

/** Prints the main file of a report, and says what can not be printed. */
export async function printReport(
  results: Results,
  options: OutputOptions,
  { stdout, stderr }: Surroundings,
): Promise<void> {
  const [main, ...others] = await rendered(results, options.format, options)
  await stdout.write(main?.text ?? '')
  if (others.length > 0 && options.quiet !== true) {
    const what = options.format === 'md' ? 'charts' : 'other files'
    await stderr.write(`note: the ${others.length} ${what} of the report are written with --output only\n`)
  }
}

/** Writes files into a folder, which is made if need be, as are folders in it; and says so. */
export async function writeFiles(
  files: readonly NamedBytes[],
  folder: { readonly path: string; readonly shownAs: string },
  { quiet = false }: Pick<OutputOptions, 'quiet'>,
  { stderr }: Surroundings,
): Promise<void> {
  const names = files.map(({ name, bytes }) => {
    const shownAs = path.join(folder.shownAs, name)
    const file = path.join(folder.path, name)
    makeFolder(path.dirname(file), path.dirname(shownAs))
    writeFile(file, bytes, `"${shownAs}"`)
    return shownAs
  })
  if (!quiet) await stderr.write(`wrote ${names.join(', ')}\n`)
}

/** The files of a report as bytes. */
export function asBytes(files: readonly ReportFile[]): NamedBytes[] {
  return files.map(({ name, text }) => ({ name, bytes: Buffer.from(text) }))
}

/** The main file first. */
async function fileBytes(
  results: Results,
  format: FileFormat,
  options: OutputOptions,
): Promise<readonly [NamedBytes, ...NamedBytes[]]> {
  if (format === 'msgpack') return [{ name: 'results.msgpack', bytes: resultsToBundle(results) }]
  const [main, ...others] = asBytes(await rendered(results, format, options))
  return [main, ...others]
}

function rendered(
  results: Results,
  format: ReportFormat,
  { assumptions = false }: Pick<OutputOptions, 'assumptions'>,
): Promise<readonly ReportFile[]> {
  return renderReport(results, format, { isShowingAssumptions: assumptions })
}

function makeFolder(folder: string, shownAs: string): void {
  try {
    fs.mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new OutputError(`the folder "${shownAs}"`, systemReason(error))
  }
}

function isExistingFolder(folder: string): boolean {
  return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isFileExtension(extension: string): extension is keyof typeof FILE_FORMATS {
  return Object.hasOwn(FILE_FORMATS, extension)
}

function unknownExtension(output: string, extension: string): Error {
  const known = Object.keys(FILE_FORMATS)
  const nearest = closestName(extension, known)
  const hint =
    nearest === undefined ? `one of ${known.join(', ')}, or a folder` : `did you mean "${nearest}"?`
  return usageError(`--output "${output}" ends in no format that svcsim writes`, hint)
}

/** `svcsim report`: saved results rendered again. */
import path from 'node:path'
import { mergeResults } from '../../results/merge-results.js'
import { bundleToResults } from '../../results/results-bundle.js'
import { readResults } from '../../results/results-json.js'
import type { Results } from '../../results/results-schema.js'
import { outputTarget, printReport, writeTarget } from '../deliver-results.js'
import type { OutputOptions } from '../options.js'
import { decodeText, readBytes } from '../read-file.js'
import type { Surroundings } from '../surroundings.js'

/** @throws InputError RESULTS_INVALID, RESULTS_VERSION, RESULTS_MISMATCH, FILE_UNREADABLE; OutputError */
export async function reportVerb(
  files: readonly string[],
  options: OutputOptions,
  surroundings: Surroundings,
): Promise<void> {
  const parts: Results[] = []
  for (const file of files) parts.push(await readResultsFile(file, surroundings))
  const results = parts.length === 1 ? parts[0] : mergeResults(parts)
  if (options.output === undefined) await printReport(results, options, surroundings)
  else
    await writeTarget(
      results,
      outputTarget(options.output, surroundings.cwd),
      [options.format],
      options,
      surroundings,
    )
}

/** JSON begins with a brace or a blank; a bundle, which is a MessagePack map, with a byte above them. */
async function readResultsFile(file: string, { cwd, readStdin }: Surroundings): Promise<Results> {
  const isStdin = file === '-'
  const shownAs = isStdin ? '<stdin>' : file
  const bytes = isStdin ? await readStdin() : await readBytes(path.resolve(cwd, file), shownAs)
  const isBundle = (bytes[0] ?? 0) >= 0x80 && bytes[0] !== 0xef
  return isBundle ? bundleToResults(bytes, shownAs) : readResults(decodeText(bytes, shownAs), shownAs)
}

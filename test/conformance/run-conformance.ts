/**
 * `npm run conformance -- FILE|FOLDER...`: runs conformance data and says what failed, and why.
 */
import { existsSync } from 'node:fs'
import type { CaseResult } from './case-result.js'
import { dataFiles, type FileResult, runFile } from './data-files.js'

const USAGE = 'usage: npm run conformance -- FILE|FOLDER...'

/** Where text goes. */
export interface Output {
  out(line: string): void
  error(line: string): void
}

/**
 * Runs all data among the arguments.
 *
 * @param paths - files and folders
 * @returns the exit code: 0, 1 if a case failed, 2 if the arguments are of no use
 */
export function runConformance(paths: readonly string[], { out, error }: Output): 0 | 1 | 2 {
  const wrong = usageError(paths)
  if (wrong !== undefined) {
    error(wrong)
    error(USAGE)
    return 2
  }
  const files = dataFiles(paths)
  if (files.length === 0) {
    error('there are no conformance data among the arguments')
    error(USAGE)
    return 2
  }
  let passed = 0
  let failed = 0
  for (const path of files) {
    const file = runFile(path)
    for (const line of failures(file)) out(line)
    const failedHere = file.results.filter(isFailed).length
    failed += failedHere
    passed += file.results.length - failedHere
  }
  out(`${passed} passed, ${failed} failed`)
  return failed > 0 ? 1 : 0
}

function usageError(paths: readonly string[]): string | undefined {
  if (paths.length === 0) return 'no file or folder is given'
  const option = paths.find((path) => path.startsWith('-'))
  if (option !== undefined) return `unknown option "${option}"`
  const missing = paths.find((path) => !existsSync(path))
  return missing === undefined ? undefined : `there is no file or folder "${missing}"`
}

function failures({ path, results }: FileResult): string[] {
  return results
    .filter(isFailed)
    .flatMap(({ name, reasons, details }) => [
      `FAILED ${path}: ${name}`,
      ...[...reasons, ...details].map((line) => `    ${line}`),
    ])
}

function isFailed({ reasons }: CaseResult): boolean {
  return reasons.length > 0
}

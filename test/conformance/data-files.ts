/**
 * Finds the files of conformance data among files and folders, and runs each.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { runCases } from './case-kinds.js'
import { type CaseResult, caseResult, isRecord, messageOf } from './case-result.js'
import type { FlowFile } from './flow-cases.js'
import { type RawGolden, runGolden } from './golden-cases.js'

const OBJECTS = '.objects.json'
const DUMP = '.txt'
/** What tells about the data, and is none. */
const LEFT_OUT = /^(?:index\.json|readme(?:\..*)?)$/i

/** What became of the cases of one file. */
export interface FileResult {
  readonly path: string
  readonly results: readonly CaseResult[]
}

/**
 * The data files among some paths: of folders, at any depth, those that end in `.json` or `.txt`. `index.json` and READMEs
 * are left out, and a dump stands for itself and its objects.
 *
 * @returns sorted within each folder, without repetition
 */
export function dataFiles(paths: readonly string[]): string[] {
  const files = paths.flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]))
  const data = files.filter((path) => !LEFT_OUT.test(basename(path))).map(goldenPath)
  return [...new Set(data)]
}

/** Runs the cases of one data file. */
export function runFile(path: string): FileResult {
  try {
    return { path, results: path.endsWith(OBJECTS) ? [runGoldenFile(path)] : runCaseFile(path) }
  } catch (error) {
    return { path, results: [caseResult(basename(path), [`not understood: ${messageOf(error)}`])] }
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => /\.(?:json|txt)$/.test(path) && statSync(path).isFile())
}

/** Of a dump the file with its objects, where there is one. */
function goldenPath(path: string): string {
  if (!path.endsWith(DUMP)) return path
  const objects = `${path.slice(0, -DUMP.length)}${OBJECTS}`
  return existsSync(objects) ? objects : path
}

function runGoldenFile(path: string): CaseResult {
  const stem = path.slice(0, -OBJECTS.length)
  const golden: unknown = readJson(path)
  if (!isGolden(golden)) return caseResult(basename(stem), ['not understood: it has no node and objects'])
  return runGolden(basename(stem), golden, readFileSync(`${stem}${DUMP}`, 'utf8'))
}

function isGolden(content: unknown): content is RawGolden {
  return isRecord(content) && isRecord(content.node) && Array.isArray(content.objects)
}

function runCaseFile(path: string): CaseResult[] {
  const content: unknown = path.endsWith('.json') ? readJson(path) : undefined
  if (!isCaseFile(content)) throw new Error('it is neither a file of cases nor a dump with its objects')
  return runCases(content)
}

function isCaseFile(content: unknown): content is FlowFile {
  return isRecord(content) && Array.isArray(content.cases)
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

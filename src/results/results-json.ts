/**
 * Results as JSON text: equal results are equal bytes, whatever order their keys were put in, and what is read has the
 * form of the schema and agrees with itself (issued = sum of the outcomes, and so on: `results-check.ts`).
 */
import { canonicalJson } from '../base/canonical-json.js'
import { type Diagnostic, InputError, InvariantError, type SourcePlace } from '../base/diagnostics.js'
import { type JsonPath, jsonErrorOffset, jsonPlace, textPlace } from './json-places.js'
import { type Complaint, findContradictions } from './results-check.js'
import { RESULTS_SCHEMA_VERSION, type Results, resultsSchema } from './results-schema.js'

/** Errors that are listed; the rest are counted. */
const MAX_ERRORS = 20

/** Arrays of numbers, and estimates: shorter and easier to compare on one line. Strings hold no line breaks in JSON. */
const NUMBER_ARRAY = /\[\n(?: +-?[0-9][0-9.e+-]*,?\n)+ *\]/g
const ESTIMATE = /\{\n +"value": [^\n"]+\n +"halfWidth95": [^\n"]+\n +\}/g

/**
 * Writes results.
 *
 * @returns UTF-8 text with keys in the order of the schema, indented by two spaces, `\n` at every line end and at the end
 * @throws InvariantError if the results do not have the form of the schema
 */
export function resultsToJson(results: Results): string {
  const text = canonicalJson(settledResults(results), 2)
  const isOneLine = (block: string) =>
    block.replaceAll(/\n */g, ' ').replaceAll(/\[ | \]/g, (edge) => edge.trim())
  return `${text.replaceAll(NUMBER_ARRAY, isOneLine).replaceAll(ESTIMATE, isOneLine)}\n`
}

/**
 * Reads results.
 *
 * @param source - the text of a results file, or the value that it stands for
 * @param fileName - as the user named it, for messages
 * @throws InputError RESULTS_INVALID, with the place in the text, the path of each wrong field and what was expected
 * @throws InputError RESULTS_VERSION if the file is of another version of the format
 */
export function readResults(source: unknown, fileName: string): Results {
  const text = typeof source === 'string' ? source : undefined
  const value = text === undefined ? source : parseJson(text, fileName)
  const place = (path: JsonPath) => (text === undefined ? undefined : jsonPlace(text, path, fileName))
  checkVersion(value, fileName, place(['schemaVersion']))
  const checked = resultsSchema.safeParse(value)
  const complaints = checked.success
    ? findContradictions(checked.data)
    : checked.error.issues.map(asComplaint)
  if (checked.success && complaints.length === 0) return checked.data
  const shown = complaints.slice(0, MAX_ERRORS)
  const hidden = complaints.length - shown.length
  throw new InputError(
    shown.map((each, index) =>
      complaintAsError(each, index === MAX_ERRORS - 1 ? hidden : 0, place, fileName),
    ),
  )
}

/**
 * The same results with keys in the order of the schema and without undefined ones.
 *
 * @throws InvariantError if the results do not have the form of the schema
 */
export function settledResults(results: Results): Results {
  const checked = resultsSchema.safeParse(withoutUndefined(results))
  if (checked.success) return checked.data
  const first = checked.error.issues[0]
  throw new InvariantError('results do not have the form of their schema', {
    field: fieldName((first?.path ?? []) as JsonPath),
    problem: first?.message ?? '',
  })
}

/** `points[0].calls[1].parts.dns`, or "the file" for the root. */
export function fieldName(path: JsonPath): string {
  const name = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('')
  return name === '' ? 'the file' : name.replace(/^\./, '')
}

function parseJson(text: string, fileName: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const offset = jsonErrorOffset(text) ?? text.length
    const found =
      offset >= text.length ? 'it ends too early' : `unexpected ${JSON.stringify(text.charAt(offset))}`
    throw invalid(`"${fileName}" is not JSON: ${found}`, textPlace(text, offset, 1, fileName))
  }
}

function checkVersion(value: unknown, fileName: string, place: SourcePlace | undefined): void {
  const isObject = typeof value === 'object' && value !== null
  const version: unknown = isObject && 'schemaVersion' in value ? value.schemaVersion : undefined
  if (version === RESULTS_SCHEMA_VERSION) return
  if (typeof version !== 'string') {
    throw invalid(`"${fileName}" does not hold results of svcsim: it has no schemaVersion`, place)
  }
  const message = `"${fileName}" is of version "${version}"; this svcsim reads "${RESULTS_SCHEMA_VERSION}"`
  throw new InputError([{ severity: 'error', code: 'RESULTS_VERSION', message, ...optional(place) }])
}

function complaintAsError(
  complaint: Complaint,
  hidden: number,
  place: (path: JsonPath) => SourcePlace | undefined,
  fileName: string,
): Diagnostic {
  const more = hidden === 0 ? '' : ` (and ${hidden} more)`
  const message = `${fieldName(complaint.path)} in "${fileName}" is wrong: ${complaint.problem}${more}`
  return { severity: 'error', code: 'RESULTS_INVALID', message, ...optional(place(complaint.path)) }
}

/** What the schema has to say, without zod's standing beginning. */
function asComplaint(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): Complaint {
  const problem = issue.message.replace(/^Invalid input: /, '')
  return { path: issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key)), problem }
}

function invalid(message: string, place: SourcePlace | undefined): InputError {
  return new InputError([{ severity: 'error', code: 'RESULTS_INVALID', message, ...optional(place) }])
}

function optional(place: SourcePlace | undefined): { place?: SourcePlace } {
  return place === undefined ? {} : { place }
}

/** JSON has no word for undefined, and an optional field may be written so. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutUndefined(each)]))
}

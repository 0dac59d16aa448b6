/** From the issues that zod finds to errors with code, place and proposal. */
import { z } from 'zod'
import { closestName } from '../base/closest-name.js'
import type { Diagnostic } from '../base/diagnostics.js'
import type { DiagnosticCode } from '../base/error-codes.js'
import { deepestOf, entryOf, kindOf, originOf, placeOfKey, type TreeNode } from './tree.js'

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]

/**
 * One error or more for every issue, in the order of zod.
 *
 * @param schema - what was asked of the document; proposals come from it
 */
export function issueDiagnostics(issues: readonly Issue[], root: TreeNode, schema: z.ZodType): Diagnostic[] {
  return issues.flatMap((issue) => diagnosticsOf(issue, [], root, schema))
}

function diagnosticsOf(issue: Issue, above: Path, root: TreeNode, schema: z.ZodType): Diagnostic[] {
  const path = [...above, ...issue.path.filter((step) => typeof step !== 'symbol')]
  const field = fieldName(path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, root, schema))
    case 'invalid_union':
      return unionDiagnostics(issue, path, root, schema)
    case 'invalid_type':
      return [typeDiagnostic(issue.expected, path, root)]
    case 'invalid_value':
      return [valueDiagnostic(issue.values.map(String), path, root)]
    case 'custom':
      return [problem(codeOf(issue.params), `${field}: ${issue.message}`, path, root)]
    default:
      return [problem('FIELD_VALUE', `${field}: ${lowerFirst(issue.message)}`, path, root)]
  }
}

/** Of several forms, the one that the writer seems to have meant: by whether a map is written. */
function unionDiagnostics(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: Path,
  root: TreeNode,
  schema: z.ZodType,
): Diagnostic[] {
  const isMap = deepestOf(root, path).kind === 'map'
  const branches = issue.errors.filter((branch) => branch.length > 0)
  const isAboutType = (branch: readonly Issue[]) =>
    branch[0].code === 'invalid_type' && branch[0].path.length === 0
  const meant = branches.find((branch) => isMap !== isAboutType(branch)) ?? branches[0]
  if (meant === undefined) {
    const proposal =
      'discriminator' in issue ? `${String(issue.discriminator)} is missing or not known` : issue.message
    return [problem('FIELD_VALUE', `${fieldName(path)}: ${proposal}`, path, root)]
  }
  return meant.flatMap((inner) => diagnosticsOf(inner, path, root, schema))
}

function unknownKey(key: string, path: Path, root: TreeNode, schema: z.ZodType): Diagnostic {
  const node = deepestOf(root, path)
  const entry = node.kind === 'map' ? entryOf(node, key) : undefined
  const nearest = closestName(key, fieldsAt(schema, path))
  const place = entry === undefined ? originOf(root).place(path) : placeOfKey(entry)
  const message = `There is no field "${key}" in ${fieldName(path)}`
  const hint = nearest === undefined ? 'see `svcsim schema` for all fields' : `did you mean "${nearest}"?`
  return { severity: 'error', code: 'FIELD_UNKNOWN', message, hint, place }
}

function typeDiagnostic(expected: string, path: Path, root: TreeNode): Diagnostic {
  const last = path[path.length - 1]
  const parent = deepestOf(root, path.slice(0, -1))
  const isMissing = parent.kind === 'map' && typeof last === 'string' && entryOf(parent, last) === undefined
  if (isMissing) return problem('FIELD_MISSING', `${fieldName(path)} is missing`, path, root)
  const message = `${fieldName(path)} is ${kindOf(deepestOf(root, path))}`
  return {
    ...problem('FIELD_TYPE', message, path, root),
    hint: `it must be ${TYPE_WORDS[expected] ?? expected}`,
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map',
}

function valueDiagnostic(allowed: readonly string[], path: Path, root: TreeNode): Diagnostic {
  const node = deepestOf(root, path)
  const given = node.kind === 'scalar' ? `"${String(node.value)}"` : kindOf(node)
  const nearest = node.kind === 'scalar' ? closestName(String(node.value), allowed) : undefined
  const hint = `it must be ${allowed.join(', ')}${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`
  return { ...problem('FIELD_VALUE', `${fieldName(path)} is ${given}`, path, root), hint }
}

function problem(code: DiagnosticCode, message: string, path: Path, root: TreeNode): Diagnostic {
  return { severity: 'error', code, message, place: originOf(root).place(path) }
}

function codeOf(params: Readonly<Record<string, unknown>> | undefined): DiagnosticCode {
  const code = params === undefined ? undefined : propertyOf(params, 'code')
  return typeof code === 'string' ? (code as DiagnosticCode) : 'FIELD_VALUE'
}

/** `spec.clients[0].arrivals`; the document itself has no name. */
function fieldName(path: Path): string {
  if (path.length === 0) return 'the scenario'
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

/** The fields that the schema knows at a path. */
function fieldsAt(schema: z.ZodType, path: Path): string[] {
  let current: unknown = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  for (const step of path) current = stepInto(current, step)
  const properties = propertyOf(current, 'properties')
  return isObject(properties) ? Object.keys(properties) : []
}

function stepInto(node: unknown, step: string | number): unknown {
  if (typeof step === 'number') return propertyOf(node, 'items')
  const properties = propertyOf(node, 'properties')
  return propertyOf(properties, step) ?? propertyOf(node, 'additionalProperties')
}

function propertyOf(node: unknown, key: string): unknown {
  return isObject(node) ? node[key] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** From the issues that zod finds to errors with code, place and proposal. */
import type { z } from 'zod'
import { closestName } from '../base/closest-name.js'
import type { Diagnostic } from '../base/diagnostics.js'
import type { DiagnosticCode } from '../base/error-codes.js'
import { formatCount } from '../base/units.js'
import type { DiagnosticList } from './diagnostic-list.js'
import { SchemaFields } from './schema-fields.js'
import { deepestOf, entryOf, kindOf, originOf, placeOfKey, type TreeNode } from './tree.js'
import { shortened, wordList } from './words.js'

type Issue = z.core.$ZodIssue
type Path = readonly (string | number)[]

/**
 * Adds one error or more for every issue, in the order of zod, until the list is full.
 *
 * @param root - the document that was checked
 * @param schema - what was asked of it; proposals come from it
 */
export function noteIssues(
  errors: DiagnosticList,
  issues: readonly Issue[],
  root: TreeNode,
  schema: z.ZodType,
): void {
  const noter = new IssueNoter(errors, root, new SchemaFields(schema))
  for (const issue of issues) noter.note(issue, [])
}

type Problem = Pick<Diagnostic, 'code' | 'message'> & Partial<Pick<Diagnostic, 'hint' | 'place'>>

class IssueNoter {
  constructor(
    private readonly errors: DiagnosticList,
    private readonly root: TreeNode,
    private readonly fields: SchemaFields,
  ) {}

  /** @param above - path of the map that the issue's own path begins in */
  note(issue: Issue, above: Path): void {
    const path = [...above, ...issue.path.filter((step) => typeof step !== 'symbol')]
    if (issue.code === 'unrecognized_keys') this.noteUnknownKeys(issue.keys, path)
    else if (issue.code === 'invalid_union' && issue.errors.length > 0) this.noteUnion(issue.errors, path)
    else this.add(path, () => this.problemOf(issue, path))
  }

  private add(path: Path, make: () => Problem): void {
    this.errors.add(() => ({ severity: 'error', place: originOf(this.root).place(path), ...make() }))
  }

  private noteUnknownKeys(keys: readonly string[], path: Path): void {
    for (const key of keys) {
      if (this.errors.isFull) this.errors.cut()
      else this.add(path, () => this.unknownKey(key, path))
    }
  }

  private unknownKey(key: string, path: Path): Problem {
    const nearest = closestName(key, this.fields.at(path))
    return {
      code: 'FIELD_UNKNOWN',
      message: `There is no field "${shortened(key)}" in ${fieldName(path)}`,
      hint: nearest === undefined ? 'see `svcsim schema` for all fields' : `did you mean "${nearest}"?`,
      place: this.placeOfField(key, path),
    }
  }

  /** Of several forms, the one that the writer seems to have meant: the first whose type fits what is written. */
  private noteUnion(branches: readonly (readonly Issue[])[], path: Path): void {
    const failed = branches.filter((branch) => branch.length > 0)
    const isOfAnotherType = (branch: readonly Issue[]) =>
      branch[0].code === 'invalid_type' && branch[0].path.length === 0
    const meant = failed.find((branch) => !isOfAnotherType(branch)) ?? failed[0] ?? []
    for (const issue of meant) this.note(issue, path)
  }

  private problemOf(issue: Issue, path: Path): Problem {
    const field = fieldName(path)
    switch (issue.code) {
      case 'invalid_union':
        return this.missingOr(path, () => this.noChoice(optionsOf(issue), path))
      case 'invalid_value':
        return this.missingOr(path, () => this.noChoice(issue.values.map(String), path))
      case 'invalid_type':
        return this.missingOr(path, () => this.wrongType(issue, path))
      case 'invalid_format':
        return this.wrongValue(path, issue.message)
      case 'invalid_key':
        return this.wrongKey(path, issue.issues[0]?.message)
      case 'too_big':
        return this.wrongSize(path, `at most ${formatCount(Number(issue.maximum))}`)
      case 'too_small':
        return this.wrongSize(path, leastText(issue))
      case 'custom': {
        const expected = textIn(issue.params, 'expected')
        const code = (textIn(issue.params, 'code') ?? 'FIELD_VALUE') as DiagnosticCode
        if (expected !== undefined) return { ...this.wrongValue(path, expected), code }
        if (code === 'LIMIT_EXCEEDED') return { ...this.wrongSize(path, ''), code, hint: issue.message }
        return { code, message: `${field}: ${issue.message}` }
      }
      default:
        return { code: 'FIELD_VALUE', message: `${field}: ${issue.message}` }
    }
  }

  /** What is not written at all is missing, whatever zod calls it. */
  private missingOr(path: Path, make: () => Problem): Problem {
    const last = path[path.length - 1]
    const parent = deepestOf(this.root, path.slice(0, -1))
    const isMissing = parent.kind === 'map' && typeof last === 'string' && entryOf(parent, last) === undefined
    const problem = make()
    if (!isMissing) return problem
    return { ...problem, code: 'FIELD_MISSING', message: `${fieldName(path)} is missing` }
  }

  private wrongType(issue: Extract<Issue, { code: 'invalid_type' }>, path: Path): Problem {
    const isOurs = !issue.message.startsWith('Invalid input')
    const expected = isOurs ? issue.message : (TYPE_WORDS[issue.expected] ?? issue.expected)
    const isFraction = issue.expected === 'int'
    const given = isFraction ? this.shown(path) : kindOf(deepestOf(this.root, path))
    return {
      code: 'FIELD_TYPE',
      message: `${fieldName(path)} is ${given}`,
      hint: `it must be ${expected}`,
    }
  }

  private noChoice(allowed: readonly string[], path: Path): Problem {
    const node = deepestOf(this.root, path)
    const nearest = node.kind === 'scalar' ? closestName(String(node.value), allowed) : undefined
    const proposal = nearest === undefined ? '' : `; did you mean "${nearest}"?`
    return this.wrongValue(path, `${wordList(allowed)}${proposal}`)
  }

  private wrongValue(path: Path, expected: string): Problem {
    return {
      code: 'FIELD_VALUE',
      message: `${fieldName(path)} is ${this.shown(path)}`,
      hint: `it must be ${expected}`,
    }
  }

  private wrongKey(path: Path, expected: string | undefined): Problem {
    const key = String(path[path.length - 1])
    const map = path.slice(0, -1)
    return {
      code: 'FIELD_VALUE',
      message: `${fieldName(map)} has the key "${shortened(key)}"`,
      hint: `it must be ${expected ?? 'another text'}`,
      place: this.placeOfField(key, map),
    }
  }

  /** A number, or the length of a list or text. */
  private wrongSize(path: Path, wanted: string): Problem {
    const node = deepestOf(this.root, path)
    if (node.kind === 'list') {
      const message = `${fieldName(path)} has ${formatCount(node.items.length)} items`
      return { code: 'FIELD_VALUE', message, hint: `there must be ${wanted}` }
    }
    const isText = node.kind === 'scalar' && typeof node.value === 'string'
    return this.wrongValue(path, isText ? `${wanted} characters long` : wanted)
  }

  /** A scalar as text, quoted where it is a text; else what it is. */
  private shown(path: Path): string {
    const node = deepestOf(this.root, path)
    if (node.kind !== 'scalar' || node.value === null) return kindOf(node)
    return typeof node.value === 'string' ? `"${shortened(node.value)}"` : String(node.value)
  }

  private placeOfField(key: string, map: Path) {
    const node = deepestOf(this.root, map)
    const entry = node.kind === 'map' ? entryOf(node, key) : undefined
    return entry === undefined ? originOf(this.root).place(map) : placeOfKey(entry)
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

function leastText({ minimum, inclusive }: Extract<Issue, { code: 'too_small' }>): string {
  return inclusive === false ? `above ${minimum}` : `at least ${formatCount(Number(minimum))}`
}

/** Values of the field that tells the forms of a union apart. */
function optionsOf(issue: Extract<Issue, { code: 'invalid_union' }>): string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
}

function textIn(params: Readonly<Record<string, unknown>> | undefined, key: string): string | undefined {
  const value = params?.[key]
  return typeof value === 'string' ? value : undefined
}

/** `spec.clients[0].arrivals`; the document itself has no name. */
function fieldName(path: Path): string {
  if (path.length === 0) return 'the scenario'
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')
}

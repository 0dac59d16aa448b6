/**
 * The fields of one map of a manifest, each taken out by name and checked for its type. What is not written, or is
 * `null`, is undefined, as in Kubernetes. A wrong type is an error, and then undefined too, so that reading goes on.
 */
import { formatCount } from '../../base/units.js'
import { entryOf, kindOf, type MapEntry, type MapNode, type TreeNode } from '../tree.js'
import { shortened, wordList } from '../words.js'
import type { FieldTable } from './field-tables.js'
import { isSetting, type Reading } from './reading.js'

const EMPTY_MAP: ReadonlyMap<string, string> = new Map()
const NOTHING: ReadonlySet<string> = new Set()

/** Who is being read, for messages: `Service "web"`. */
export interface Subject {
  readonly kind: string
  readonly name: string
}

export class Fields {
  constructor(
    readonly reading: Reading,
    readonly subject: Subject,
    /** Where the map stands: `spec.ports[0]`; empty for the object itself. */
    readonly path: string,
    /** The map, or where it should be. */
    readonly node: TreeNode,
    private readonly entries: readonly MapEntry[],
    /** Fields that are not there, but for which another one seems to be misspelt. */
    private readonly misspelt: ReadonlySet<string>,
  ) {}

  /** Is the field neither there nor misspelt? Then it can be said to be missing. */
  isMissing(name: string): boolean {
    return this.value(name) === undefined && !this.isMisspelt(name)
  }

  /** Is there an unknown field that seems to be meant for this one? */
  isMisspelt(name: string): boolean {
    return this.misspelt.has(name)
  }

  /** The entry of a field, if it is written and not null. */
  entry(name: string): MapEntry | undefined {
    for (const entry of this.entries) {
      if (entry.key === name) return isNull(entry.value) ? undefined : entry
    }
    return undefined
  }

  value(name: string): TreeNode | undefined {
    return this.entry(name)?.value
  }

  /** The full name of a field, for messages. */
  pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`
  }

  /** What to point at for a field: its value, or the map where it is missing. */
  at(name: string): TreeNode {
    return this.value(name) ?? this.node
  }

  text(name: string): string | undefined {
    const node = this.value(name)
    if (node === undefined) return undefined
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return this.wrongType(name, node, 'a text')
    if (this.reading.noteFlaw(node)) return undefined
    const { textCharacters } = this.reading.limits
    if (node.value.length <= textCharacters) return node.value
    const message = `${this.pathOf(name)} has ${formatCount(node.value.length)} characters`
    this.error('LIMIT_EXCEEDED', message, name, limitHint(textCharacters))
    return undefined
  }

  /** A whole number of a range; the range is told where it is left. */
  integer(name: string, min: number, max: number): number | undefined {
    return this.checkedInteger(name, min, max, max)
  }

  /** A whole number from 0 to a limit of svcsim, which is none of Kubernetes. */
  limited(name: string, limit: number): number | undefined {
    const value = this.checkedInteger(name, 0, Number.MAX_SAFE_INTEGER, limit)
    if (value === undefined || value <= limit) return value
    this.error('LIMIT_EXCEEDED', `${this.pathOf(name)} is ${formatCount(value)}`, name, limitHint(limit))
    return undefined
  }

  private checkedInteger(name: string, min: number, max: number, shownMax: number): number | undefined {
    const node = this.value(name)
    if (node === undefined) return undefined
    if (node.kind !== 'scalar' || typeof node.value !== 'number')
      return this.wrongType(name, node, 'a number')
    const { value } = node
    if (Number.isInteger(value) && value >= min && value <= max) return value
    this.error(
      'FIELD_VALUE',
      `${this.pathOf(name)} is ${value}`,
      name,
      `it must be a whole number, ${min} to ${shownMax}`,
    )
    return undefined
  }

  boolean(name: string): boolean | undefined {
    const node = this.value(name)
    if (node === undefined) return undefined
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
    return this.wrongType(name, node, 'true or false')
  }

  /** One of a few words. The empty text counts as not written, as in Kubernetes. */
  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const node = this.value(name)
    if (node?.kind === 'scalar' && typeof node.value !== 'string') {
      return this.wrongType(name, node, wordList(choices))
    }
    const text = this.text(name)
    if (text === undefined || text === '') return undefined
    const choice = choices.find((each) => each === text)
    if (choice !== undefined) return choice
    const closest = this.reading.nearest(text, choices)
    const proposal = closest === undefined ? '' : `; did you mean "${closest}"?`
    this.error(
      'FIELD_VALUE',
      `${this.pathOf(name)} is "${text}"`,
      name,
      `it must be ${wordList(choices)}${proposal}`,
    )
    return undefined
  }

  /** One of a few words, or the default if it is not written; undefined if it is written and none of them. */
  choice<Choice extends string>(
    name: string,
    choices: readonly Choice[],
    otherwise: Choice,
  ): Choice | undefined {
    const node = this.value(name)
    const isWritten = node !== undefined && !(node.kind === 'scalar' && node.value === '')
    return isWritten ? this.oneOf(name, choices) : otherwise
  }

  /** The items of a list; none if it is not written. */
  list(name: string): readonly TreeNode[] {
    const node = this.value(name)
    if (node === undefined) return []
    if (node.kind === 'list') return node.items
    this.wrongType(name, node, 'a list')
    return []
  }

  /** The fields of a map below this one; empty if it is not written. */
  fields(name: string, table: FieldTable): Fields {
    const node = this.value(name)
    return openFields(
      this.reading,
      this.subject,
      this.pathOf(name),
      node ?? this.node,
      table,
      node === undefined,
    )
  }

  /** The fields of each map of a list below this one. */
  fieldsOfItems(name: string, table: FieldTable): readonly Fields[] {
    const path = this.pathOf(name)
    return this.list(name).map((item, index) =>
      openFields(this.reading, this.subject, `${path}[${index}]`, item, table, false),
    )
  }

  /** A list of texts. */
  texts(name: string): readonly { readonly text: string; readonly node: TreeNode }[] {
    const texts: { readonly text: string; readonly node: TreeNode }[] = []
    for (const node of this.list(name)) {
      if (this.reading.noteFlaw(node)) continue
      if (node.kind === 'scalar' && typeof node.value === 'string') texts.push({ text: node.value, node })
      else this.errorAt('FIELD_TYPE', `${this.pathOf(name)} holds ${kindOf(node)}`, node, textHint(node))
    }
    return texts
  }

  /** A map of texts, such as labels. Shared and frozen where it is empty. */
  textMap(name: string): ReadonlyMap<string, string> {
    const node = this.value(name)
    if (node === undefined) return EMPTY_MAP
    if (node.kind !== 'map') {
      this.wrongType(name, node, 'a map')
      return EMPTY_MAP
    }
    return this.textsOf(name, node)
  }

  private textsOf(name: string, node: MapNode): ReadonlyMap<string, string> {
    const texts = new Map<string, string>()
    for (const entry of node.entries) {
      const { key, value } = entry
      if (this.reading.noteFlaw(entry) || this.reading.noteFlaw(value)) continue
      if (value.kind === 'scalar' && typeof value.value === 'string') texts.set(key, value.value)
      else if (isNull(value)) texts.set(key, '')
      else {
        this.errorAt('FIELD_TYPE', `${this.pathOf(name)}.${key} is ${kindOf(value)}`, value, textHint(value))
      }
    }
    return texts
  }

  /** Notes an error at a field's value, or at the map where the field is missing. */
  error(code: Parameters<Reading['error']>[0], message: string, name: string, hint?: string): void {
    this.errorAt(code, message, this.at(name), hint)
  }

  /** Notes an error at a value or key somewhere below this map. */
  errorAt(
    code: Parameters<Reading['error']>[0],
    message: string,
    at: MapEntry | TreeNode,
    hint?: string,
  ): void {
    this.reading.error(code, `${describe(this.subject)}: ${message}`, at, hint)
  }

  /** Notes an error at one entry of a map, such as a label: at its key, or at its value. */
  errorInMap(
    code: Parameters<Reading['error']>[0],
    message: string,
    at: { readonly name: string; readonly key: string; readonly part: 'key' | 'value' },
    hint?: string,
  ): void {
    const map = this.at(at.name)
    const entry = map.kind === 'map' ? entryOf(map, at.key) : undefined
    this.errorAt(code, message, entry === undefined ? map : at.part === 'key' ? entry : entry.value, hint)
  }

  /** Notes that a field is missing, unless it is there with a wrong type, or under a misspelt name. */
  missing(name: string, hint?: string): void {
    if (!this.isMissing(name)) return
    this.error('FIELD_MISSING', `${this.pathOf(name)} is missing`, name, hint)
  }

  private wrongType(name: string, node: TreeNode, expected: string): undefined {
    if (this.reading.noteFlaw(node)) return undefined
    const hint = node.kind === 'scalar' ? typeHint(expected, node.value) : `it must be ${expected}`
    this.error('FIELD_TYPE', `${this.pathOf(name)} is ${kindOf(node)}`, name, hint)
    return undefined
  }
}

/** Numbers, true and false can be quoted; maps and lists have to go. */
function textHint(node: TreeNode): string {
  return node.kind === 'scalar' ? 'it must be a text: put it in quotes' : 'it must be a text'
}

function limitHint(limit: number): string {
  return `svcsim takes at most ${formatCount(limit)}`
}

function typeHint(expected: string, value: unknown): string {
  if (expected === 'a text') return 'it must be a text: put it in quotes'
  const isQuotedNumber = expected === 'a number' && typeof value === 'string' && /^[0-9]+$/.test(value)
  return isQuotedNumber ? 'it must be a number: remove the quotes' : `it must be ${expected}`
}

/** `Service "web"`, or the kind alone for an object without a name. */
export function describe(subject: Subject): string {
  return subject.name === '' ? subject.kind : `${subject.kind} "${shortened(subject.name)}"`
}

/** Is nothing written here? */
export function isNull(node: TreeNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

/**
 * Opens a map: says which of its fields are unknown or not modelled.
 *
 * @param isMissing - whether the map itself is not written; `node` is then what to point at
 */
export function openFields(
  reading: Reading,
  subject: Subject,
  path: string,
  node: TreeNode,
  table: FieldTable,
  isMissing: boolean,
): Fields {
  if (isMissing || isNull(node)) return new Fields(reading, subject, path, node, [], NOTHING)
  if (node.kind !== 'map') {
    const message = `${describe(subject)}: ${path === '' ? 'the object' : path} is ${kindOf(node)}`
    reading.error('FIELD_TYPE', message, node, 'it must be a map of fields')
    return new Fields(reading, subject, path, node, [], NOTHING)
  }
  const misspelt = new Set<string>()
  for (const entry of node.entries) {
    const use = table.uses.get(entry.key)
    if (use === 'read' || use === 'silent') continue
    if (use === 'ignored') noteIgnored(reading, subject, table, entry)
    else if (!table.isOpen) {
      const meant = noteUnknown({ reading, subject, path, table, map: node }, entry)
      if (meant !== undefined) misspelt.add(meant)
    }
  }
  return new Fields(reading, subject, path, node, node.entries, misspelt)
}

function genericPath(table: FieldTable, key: string): string {
  return table.path === '' ? shortened(key) : `${table.path}.${shortened(key)}`
}

function noteIgnored(reading: Reading, subject: Subject, table: FieldTable, entry: MapEntry): void {
  if (isNull(entry.value)) return
  const what = `${subject.kind} field ${genericPath(table, entry.key)} is not modelled`
  reading.tally('FIELD_IGNORED', what, entry, 'the results are as if it were not there')
}

/** A map with unknown fields. */
interface OpenedMap {
  readonly reading: Reading
  readonly subject: Subject
  readonly path: string
  readonly table: FieldTable
  readonly map: MapNode
}

/**
 * Notes an unknown field. A name near a known field that is not there is a mistake; another one may be newer than this
 * version.
 *
 * @returns the field that was meant
 */
function noteUnknown({ reading, subject, path, table, map }: OpenedMap, entry: MapEntry): string | undefined {
  const closest = reading.nearest(entry.key, table.uses.keys())
  const fullName = path === '' ? shortened(entry.key) : `${path}.${shortened(entry.key)}`
  const message = `${describe(subject)}: there is no field ${fullName}`
  if (closest !== undefined && entryOf(map, closest) === undefined) {
    reading.error('FIELD_UNKNOWN', message, entry, `did you mean "${closest}"?`)
    return closest
  }
  if (isSetting(entry.keyFile)) reading.error('FIELD_UNKNOWN', message, entry)
  else {
    const what = `${subject.kind} field ${genericPath(table, entry.key)} is not known`
    reading.tally('FIELD_UNKNOWN', what, entry, 'it is left out; check its spelling and indentation')
  }
  return undefined
}

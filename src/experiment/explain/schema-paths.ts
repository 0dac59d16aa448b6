/**
 * Fields of a JSON Schema by path. Lists and maps need not be named: `pods.servers` is `pods.web.servers`, and
 * `clients.browsers.count` is `clients.count`. An alternative goes by its word: `events.killPods.how`.
 */
import { closestName } from '../../base/closest-name.js'
import { alternativesOf, choiceOf, elementOf, objectsIn, type SchemaNode } from './schema-node.js'

/** A field found: one schema for each alternative that has it. */
export interface FoundField {
  /** With `NAME` for the key of a map or list that was named. */
  readonly path: string
  readonly schemas: readonly SchemaNode[]
  /** Must it be given, wherever it can be? */
  readonly isRequired: boolean
}

/** Every path of properties and of alternatives with a word, each once, in the order of the schema. */
export function fieldPaths(schema: SchemaNode): readonly string[] {
  const paths = new Set<string>()
  collect(schema, '', paths)
  return [...paths]
}

function collect(schema: SchemaNode, prefix: string, paths: Set<string>): void {
  for (const each of objectsIn(schema)) {
    const { properties } = each
    const word = choiceOf(each)
    if (word !== undefined && prefix !== '') paths.add(prefix + word)
    for (const [name, property] of Object.entries(properties ?? {})) {
      paths.add(prefix + name)
      collect(property, `${prefix}${name}.`, paths)
    }
  }
}

/** The field of that path, or undefined. */
export function fieldAt(schema: SchemaNode, path: string): FoundField | undefined {
  const segments = path.replaceAll(/\[\w*\]/g, '').split('.')
  return walk({ path: '', schemas: [schema], isRequired: false }, segments)
}

function walk(from: FoundField, [segment, ...rest]: readonly string[]): FoundField | undefined {
  if (segment === undefined) return from
  const ways = [property(from, segment), choice(from, segment), element(from, segment, rest.length === 0)]
  for (const way of ways) {
    const found = way === undefined ? undefined : walk(way, rest)
    if (found !== undefined) return found
  }
  return undefined
}

function property({ path, schemas }: FoundField, name: string): FoundField | undefined {
  const owners = schemas.flatMap(objectsIn).filter(({ properties }) => has(properties, name))
  if (owners.length === 0) return undefined
  return {
    path: path === '' ? name : `${path}.${name}`,
    schemas: owners.flatMap(({ properties }) => properties?.[name] ?? []),
    isRequired: owners.every(({ required }) => required?.includes(name) === true),
  }
}

/** One of several alternatives, by its word. */
function choice({ path, schemas }: FoundField, word: string): FoundField | undefined {
  const chosen = schemas.flatMap(objectsIn).filter((each) => choiceOf(each) === word)
  return chosen.length === 0 ? undefined : { path: `${path}.${word}`, schemas: chosen, isRequired: false }
}

/** An element of a map or list by a name of the user's, or its position; as the last part, not one that looks misspelt. */
function element({ path, schemas }: FoundField, name: string, isLast: boolean): FoundField | undefined {
  const elements = schemas
    .flatMap(alternativesOf)
    .filter(({ properties }) => properties === undefined)
    .flatMap((each) => elementOf(each) ?? [])
  const isMap = schemas.flatMap(alternativesOf).some((each) => each.items === undefined && elementOf(each))
  const fields = elements.flatMap(objectsIn).flatMap(({ properties }) => Object.keys(properties ?? {}))
  const isNamed = isMap || fields.includes('name') || /^\d+$/.test(name)
  if (name === '' || elements.length === 0 || !isNamed) return undefined
  if (isLast && closestName(name, fields) !== undefined) return undefined
  return { path: `${path}.NAME`, schemas: elements, isRequired: false }
}

function has(properties: SchemaNode['properties'], name: string): boolean {
  return properties !== undefined && Object.hasOwn(properties, name)
}

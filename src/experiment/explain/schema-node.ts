/** JSON Schema as fields see it: alternatives, properties, maps and lists. */

/** What is read of a JSON Schema of draft 7. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly examples?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode | readonly SchemaNode[]
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
  readonly allOf?: readonly SchemaNode[]
}

/** The schemas that a value can follow, choices within choices resolved. */
export function alternativesOf(schema: SchemaNode): readonly SchemaNode[] {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])]
  return choices.length === 0 ? [schema] : choices.flatMap(alternativesOf)
}

/** What a list has items of, or a map values; undefined of anything else. */
export function elementOf(schema: SchemaNode): SchemaNode | undefined {
  const { items, additionalProperties } = schema
  if (items !== undefined) return isList(items) ? { anyOf: items } : items
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}

/** The objects that a value is, or that its lists and maps are made of. */
export function objectsIn(schema: SchemaNode): readonly SchemaNode[] {
  return alternativesOf(schema).flatMap((each) => {
    if (each.properties !== undefined) return [each]
    const element = elementOf(each)
    return element === undefined ? [] : objectsIn(element)
  })
}

/** The word by which an alternative is told from the others, such as `killPods` for `kind: killPods`. */
export function choiceOf({ properties }: SchemaNode): string | undefined {
  for (const name of ['kind', 'distribution', 'method']) {
    const word = properties?.[name]?.const
    if (typeof word === 'string') return word
  }
  return undefined
}

function isList(items: SchemaNode | readonly SchemaNode[]): items is readonly SchemaNode[] {
  return Array.isArray(items)
}

/**
 * The schema without references: each `$ref` to a definition of the document stands replaced by what it refers to.
 *
 * @param document - its definitions must not refer to themselves, which those of svcsim do not
 */
export function withoutReferences(document: Readonly<Record<string, unknown>>): SchemaNode {
  const definitions = isRecord(document.definitions) ? document.definitions : {}
  const inlined = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inlined)
    if (!isRecord(value)) return value
    const { $ref, ...rest } = value
    const target = typeof $ref === 'string' ? definitions[$ref.replace('#/definitions/', '')] : undefined
    const all = isRecord(target) ? { ...target, ...rest } : value
    return Object.fromEntries(Object.entries(all).map(([key, each]) => [key, inlined(each)]))
  }
  return inlined(document) as SchemaNode
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Which fields a schema knows at a path, for proposals. */
import { z } from 'zod'

/** The fields of one schema; worked out when somebody asks, and once. */
export class SchemaFields {
  private json: unknown

  constructor(private readonly schema: z.ZodType) {}

  /** Names of the fields of the map at a path; none where the schema asks for no map, or takes any key. */
  at(path: readonly (string | number)[]): readonly string[] {
    this.json ??= z.toJSONSchema(this.schema, { target: 'draft-7', io: 'input' })
    const properties = propertyOf(path.reduce(stepInto, this.json), 'properties')
    return isObject(properties) ? Object.keys(properties) : []
  }
}

function stepInto(node: unknown, step: string | number): unknown {
  if (typeof step === 'number') return propertyOf(node, 'items')
  const properties = propertyOf(node, 'properties')
  return propertyOf(properties, step) ?? propertyOf(node, 'additionalProperties')
}

function propertyOf(node: unknown, key: string): unknown {
  return isObject(node) && Object.hasOwn(node, key) ? node[key] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

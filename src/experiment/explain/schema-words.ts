/** Types, ranges and defaults of JSON Schema in words. */
import { alternativesOf, elementOf, type SchemaNode } from './schema-node.js'

/** What a value is: `integer, 1 to 100000`, `one of fcfs, ps`, `list of object`. */
export function typeText(schema: SchemaNode): string {
  const alternatives = alternativesOf(schema)
  return [...new Set(alternatives.map(singleType))].join(' or ')
}

function singleType(schema: SchemaNode): string {
  if (schema.const !== undefined) return valueText(schema.const)
  if (schema.enum !== undefined) return `one of ${schema.enum.map(valueText).join(', ')}`
  const element = elementOf(schema)
  if (element !== undefined && schema.properties === undefined)
    return `${schema.items === undefined ? 'map of names to' : 'list of'} ${typeText(element)}`
  const { type } = schema
  if (type === undefined) return 'any value'
  const name = typeof type === 'string' ? type : type.join(' or ')
  return `${name}${rangeText(schema)}`
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SchemaNode): string {
  // Bounds that only say that a double holds the number.
  const isSaid = (bound: number) => Math.abs(bound) < Number.MAX_SAFE_INTEGER
  const bounded = [minimum, maximum].map((each) => (each !== undefined && isSaid(each) ? each : undefined))
  const [least, most] = bounded
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`
  const parts = [
    least === undefined ? [] : [`at least ${least}`],
    exclusiveMinimum === undefined || !isSaid(exclusiveMinimum) ? [] : [`more than ${exclusiveMinimum}`],
    most === undefined ? [] : [`at most ${most}`],
    exclusiveMaximum === undefined || !isSaid(exclusiveMaximum) ? [] : [`less than ${exclusiveMaximum}`],
  ].flat()
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`
}

/** Texts as they are, all else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : JSON.stringify(value)
}

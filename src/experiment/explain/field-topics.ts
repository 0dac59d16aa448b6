/** Fields of scenarios and of results, from their JSON Schemas. */

import { scenarioJsonSchema } from '../../input/scenario-json-schema.js'
import type { ExplainedKind, ExplainedPart, Explanation } from '../../results/explanation.js'
import { resultsJsonSchema } from '../../results/results-json-schema.js'
import { choiceOf, objectsIn, type SchemaNode, withoutReferences } from './schema-node.js'
import { type FoundField, fieldAt, fieldPaths } from './schema-paths.js'
import { typeText, valueText } from './schema-words.js'
import type { Topic } from './topic.js'

/** Made when they are first asked for, as that takes some ten milliseconds. */
const scenarioFields = once(() => withoutReferences(scenarioJsonSchema()))
const resultsFields = once(() => withoutReferences(resultsJsonSchema()))

/** `spec.` may be left out. */
export const FIELD_TOPIC: Topic = {
  kind: 'field',
  description: 'fields of a scenario by path: type, default, what it means, the fields in it',
  examples: ['pods.servers', 'clients.arrivals.rate', 'events.killPods'],
  names: () => fieldPaths(scenarioFields()),
  find: (written) => {
    const schema = scenarioFields()
    const field = fieldAt(schema, written) ?? fieldAt(schema, `spec.${written}`)
    return field === undefined ? [] : [explained('field', '', field)]
  },
}

const RESULTS = 'results.'

/** With `results.` in front. */
export const RESULTS_TOPIC: Topic = {
  kind: 'results',
  description: 'fields of results files',
  examples: ['results.points.calls', 'results.seed'],
  names: () => fieldPaths(resultsFields()).map((path) => RESULTS + path),
  find: (written) => {
    if (!written.startsWith(RESULTS)) return []
    const field = fieldAt(resultsFields(), written.slice(RESULTS.length))
    return field === undefined ? [] : [explained('results', RESULTS, field)]
  },
}

function explained(
  kind: ExplainedKind,
  prefix: string,
  { path, schemas, isRequired }: FoundField,
): Explanation {
  return {
    kind,
    name: prefix + path,
    description: descriptionOf(schemas),
    facts: factsOf(schemas, isRequired),
    parts: schemas.flatMap(partsOf).filter(isFirstOfItsKind),
  }
}

/** Of every alternative once, its elements' where it has none. */
function descriptionOf(schemas: readonly SchemaNode[]): string {
  const own = schemas.flatMap(({ description }) => description ?? [])
  const texts =
    own.length > 0 ? own : schemas.flatMap(objectsIn).flatMap(({ description }) => description ?? [])
  return [...new Set(texts)].join(' ')
}

function factsOf(schemas: readonly SchemaNode[], isRequired: boolean): Record<string, string> {
  const texts = (values: readonly string[]) => [...new Set(values)].join(' or ')
  const defaults = schemas.filter((each) => each.default !== undefined)
  const examples = schemas.flatMap((each) => each.examples ?? [])
  return {
    type: texts(schemas.map(typeText)),
    ...(defaults.length === 0 ? {} : { default: texts(defaults.map((each) => valueText(each.default))) }),
    ...(isRequired ? { required: 'yes' } : {}),
    ...(examples.length === 0 ? {} : { examples: [...new Set(examples.map(valueText))].join(', ') }),
  }
}

/** The fields within; where there are several alternatives with words of their own, those come first. */
function partsOf(schema: SchemaNode): readonly ExplainedPart[] {
  const objects = objectsIn(schema)
  const choices = objects.flatMap((each) => {
    const word = choiceOf(each)
    return word === undefined ? [] : [{ word, each }]
  })
  if (choices.length > 1 && choices.length === objects.length)
    return choices.map(({ word, each }) => ({
      name: word,
      facts: { fields: Object.keys(each.properties ?? {}).join(', ') },
      description: each.description ?? '',
    }))
  return objects.flatMap(({ properties, required }) =>
    Object.entries(properties ?? {}).map(([name, field]) => ({
      name,
      facts: factsOf([field], required?.includes(name) === true),
      description: descriptionOf([field]),
    })),
  )
}

function isFirstOfItsKind(part: ExplainedPart, index: number, all: readonly ExplainedPart[]): boolean {
  const text = JSON.stringify(part)
  return all.findIndex((each) => JSON.stringify(each) === text) === index
}

/** Calls the function once, and keeps what it returned. */
function once(make: () => SchemaNode): () => SchemaNode {
  let made: SchemaNode | undefined
  return () => {
    made ??= make()
    return made
  }
}

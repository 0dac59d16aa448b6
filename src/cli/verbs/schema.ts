/** `svcsim schema`: the forms of what svcsim reads and writes, as JSON Schema (draft 7). */
import { closestName } from '../../base/closest-name.js'
import { usageError } from '../exit-codes.js'
import type { Surroundings } from '../surroundings.js'

const SCHEMAS = {
  scenario: async () => (await import('../../input/scenario-json-schema.js')).scenarioJsonSchema(),
  results: async () => (await import('../../results/results-json-schema.js')).resultsJsonSchema(),
  comparison: async () => (await import('../../results/comparison-schema.js')).comparisonJsonSchema(),
  trace: async () => (await import('../../results/trace-json.js')).traceJsonSchema(),
  rules: async () => (await import('../../results/rules-json.js')).rulesJsonSchema(),
  'rules-diff': async () => (await import('../../results/rules-json.js')).rulesDiffJsonSchema(),
}

/** @throws InputError USAGE if there is no such schema */
export async function schemaVerb(what: string, { stdout }: Surroundings): Promise<void> {
  if (!isSchemaName(what)) throw unknownSchema(what)
  const schema = await SCHEMAS[what]()
  await stdout.write(`${JSON.stringify(schema, null, 2)}\n`)
}

function isSchemaName(name: string): name is keyof typeof SCHEMAS {
  return Object.hasOwn(SCHEMAS, name)
}

function unknownSchema(what: string): Error {
  const names = Object.keys(SCHEMAS)
  const nearest = closestName(what, names)
  return usageError(
    `there is no schema "${what}"`,
    nearest === undefined ? `one of ${names.join(', ')}` : `did you mean "${nearest}"?`,
  )
}

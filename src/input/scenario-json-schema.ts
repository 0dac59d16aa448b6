/** The scenario's schema for editors: JSON Schema draft 7, which the YAML language server reads. */
import { z } from 'zod'
import { scenarioSchema } from './scenario-schema.js'

/** A plain object; the same at every call. Committed as scenarios/scenario.schema.json. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' })
  return { $schema, title: 'svcsim scenario', ...schema }
}

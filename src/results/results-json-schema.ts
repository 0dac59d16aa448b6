/** The form of results files for editors, validators and other programs. */
import { z } from 'zod'
import { resultsSchema } from './results-schema.js'

/**
 * The JSON Schema of results, draft 7, which every editor and validator understands. `results.schema.json` in this
 * folder is its text.
 */
export function resultsJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(resultsSchema, { target: 'draft-7' })
  return { ...schema, title: 'Results of svcsim' }
}

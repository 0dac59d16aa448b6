/** Traces as JSON text, and their form for other programs. */
import { z } from 'zod'
import { canonicalJson } from '../base/canonical-json.js'
import { type Trace, traceSchema } from './trace-schema.js'

/**
 * Writes a trace.
 *
 * @returns indented by two spaces, `\n` at every line end and at the end
 */
export function traceToJson(trace: Trace): string {
  return `${canonicalJson(traceSchema.parse(trace), 2)}\n`
}

/** The JSON Schema of traces, draft 7, which every editor and validator understands. */
export function traceJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(traceSchema, { target: 'draft-7' })
  return { ...schema, title: 'Traces of svcsim' }
}

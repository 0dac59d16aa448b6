/** A trace in, text out: the one entrance to its formats. Pure. */
import { traceToJson } from '../results/trace-json.js'
import type { Trace } from '../results/trace-schema.js'
import { traceText } from './trace-text.js'

/** Renders a trace. */
export function renderTrace(trace: Trace, format: 'text' | 'json'): string {
  return format === 'json' ? traceToJson(trace) : traceText(trace)
}

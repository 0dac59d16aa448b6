/** The texts and settings that an experiment is made from, as bytes for other machines. */
import { decode, encode } from '@msgpack/msgpack'
import { z } from 'zod'
import { InvariantError } from '../../base/diagnostics.js'
import { decodeTrace, encodeTrace } from '../../workload/workload-trace.js'
import type { ExperimentInputs } from '../plan.js'

const file = z.object({ path: z.string(), text: z.string() })
const setting = z.object({ path: z.string(), value: z.unknown() })
const portable = z.object({
  scenarioFile: file,
  manifestFiles: z.array(file),
  settings: z.array(setting),
  axes: z.array(
    z.object({
      name: z.string(),
      values: z.array(z.object({ label: z.string(), settings: z.array(setting) })),
    }),
  ),
  trace: z.instanceof(Uint8Array).optional(),
})

/** All that decides about the points of an experiment; the command is left out. */
export function encodeInputs(inputs: ExperimentInputs): Uint8Array {
  const { scenarioFile, manifestFiles, settings, axes, trace } = inputs
  return encode({
    scenarioFile: { path: scenarioFile.path, text: scenarioFile.text },
    manifestFiles: manifestFiles.map(({ path, text }) => ({ path, text })),
    settings,
    axes,
    ...(trace === undefined ? {} : { trace: encodeTrace(trace) }),
  })
}

/**
 * What was encoded.
 *
 * @throws InvariantError if the bytes are no inputs; InputError TRACE_INVALID
 */
export function decodeInputs(bytes: Uint8Array): ExperimentInputs {
  const { success, data } = portable.safeParse(decode(bytes))
  if (!success) throw new InvariantError('what the queue holds is no experiment')
  const { trace, ...inputs } = data
  return { ...inputs, command: '', ...(trace === undefined ? {} : { trace: decodeTrace(trace, 'queue') }) }
}

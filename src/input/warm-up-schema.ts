/** Where measuring begins: after a given time, or where MSER-5 says that the start is over. */
import { z } from 'zod'
import { InvariantError } from '../base/diagnostics.js'
import type { Nanoseconds } from '../base/nanoseconds.js'
import { parseDuration } from '../base/units.js'
import { parsedText } from './scalars.js'

/** The method that finds a warm-up by itself; src/metrics/mser.ts. */
export const MSER5 = 'mser5'

const method = z
  .literal(MSER5)
  .describe('How the warm-up is found: MSER-5, from the response times of a pilot run.')

const durationOrMethod = parsedText<Nanoseconds | typeof MSER5>(
  'DURATION',
  (text) => (text === MSER5 ? MSER5 : parseDuration(text)),
  'mser5, or a duration such as 250ms, 1.5s, 1m30s or 2h, below 104 days and in whole nanoseconds',
  ['5s', MSER5],
)

/** A duration becomes integer ns; a method its name. */
export const warmUp = z
  .union([durationOrMethod, z.strictObject({ method }).transform((settings) => settings.method)])
  .describe(
    'Simulated time cut off at the start: a duration; or mser5, which finds it in a pilot run by the response times of its requests.',
  )

export type WarmUp = z.output<typeof warmUp>

/**
 * The warm-up of a scenario that is about to run.
 *
 * @throws InvariantError if it is still to be found (settle-warm-ups.ts does)
 */
export function fixedWarmUpNs({ warmUp: value }: { readonly warmUp: WarmUp }): number {
  if (value === MSER5) throw new InvariantError('the warm-up is not settled', { warmUp: value })
  return value
}

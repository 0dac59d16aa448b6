/** Where measuring begins: after a given time, or where MSER-5 says that the start is over. */
import { z } from 'zod'
import { InvariantError } from '../base/diagnostics.js'
import { duration } from './scalars.js'

/** The method that finds a warm-up by itself; src/metrics/mser.ts. */
export const MSER5 = 'mser5'

const method = z.literal(MSER5)

/** A duration becomes integer ns; a method its name. */
export const warmUp = z
  .union([method, z.strictObject({ method }).transform((settings) => settings.method), duration])
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

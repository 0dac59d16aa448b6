/** A figure with its interval, as all sections of the results have it. */
import { z } from 'zod'

/** A figure from random draws. `value` is null where nothing was observed; `halfWidth95` null with one replication. */
export const estimate = z
  .strictObject({
    value: z
      .number()
      .nullable()
      .describe(
        'Mean over replications of the figure, for quantiles that of all requests together; null where nothing was observed.',
      ),
    halfWidth95: z
      .number()
      .min(0)
      .nullable()
      .describe("Half of the 95 % interval, by Student's t over replications; null with one."),
  })
  .meta({ id: 'Estimate' })

/** Alternatives side by side, as `svcsim compare` finds them. Versioned like the results object. */
import { z } from 'zod'
import { canonicalJson } from '../base/canonical-json.js'

export const COMPARISON_SCHEMA_VERSION = 'svcsim.dev/comparison/v1'

/** Of figures that differ by chance, at most one comparison in twenty calls any of them a real difference. */
export const SIGNIFICANCE = 0.05

const difference = z
  .strictObject({
    value: z.number().nullable().describe('Of the alternative, mean over replications.'),
    difference: z.number().nullable().describe('Alternative less baseline.'),
    low95: z.number().nullable().describe('Lower end of the 95 % interval of the difference.'),
    high95: z.number().nullable(),
    pValue: z
      .number()
      .nullable()
      .describe('Of the two-sided t test that there is no difference; null where none can be made.'),
    verdict: z
      .enum(['real', 'possible', 'none', 'equal', 'unknown'])
      .describe(
        'real: by Holm-Bonferroni over all tests of the comparison; possible: the interval excludes 0, but one of so many may by chance; none: it does not; equal: in every replication; unknown: no interval.',
      ),
  })
  .meta({ id: 'Difference' })

const figure = z.strictObject({
  metric: z.string(),
  unit: z.enum(['duration', 'ratio', 'count', 'perSec', 'number']),
  baseline: z.number().nullable(),
  alternatives: z.array(difference).describe('In the order of the alternatives after the baseline.'),
})

const subject = z.strictObject({
  kind: z.enum(['call', 'workload']),
  name: z.string().describe('CALLER → SERVICE:PORT, or the workload.'),
  unstable: z.array(z.string()).describe('Alternatives in which the call has no steady state.'),
  figures: z.array(figure),
})

export const comparisonSchema = z
  .strictObject({
    schemaVersion: z.literal(COMPARISON_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('svcsim'), version: z.string(), modelVersion: z.int() }),
    command: z.string().describe('Repeats the comparison.'),
    alternatives: z
      .array(
        z.strictObject({
          name: z.string(),
          scenario: z.string(),
          digest: z.string(),
          seed: z.int(),
          replications: z.int().min(1),
          warmUpNs: z.int(),
          horizonNs: z.int(),
          isPaired: z
            .boolean()
            .describe('Compared replication by replication on common random numbers; else by Welch.'),
          command: z.string().describe('Repeats its run.'),
        }),
      )
      .min(2)
      .describe('The first is the baseline.'),
    significance: z.number(),
    testCount: z.int().min(0).describe('Tests that Holm-Bonferroni takes together.'),
    hasRealDifference: z.boolean(),
    subjects: z.array(subject),
    unmatched: z.array(z.string()).describe('What only some alternatives have.'),
    warnings: z.array(z.strictObject({ alternative: z.string(), code: z.string(), message: z.string() })),
  })
  .describe('A comparison of svcsim.')

export type Comparison = z.output<typeof comparisonSchema>
export type ComparedSubject = Comparison['subjects'][number]
export type ComparedFigure = ComparedSubject['figures'][number]
export type Difference = z.output<typeof difference>

/** Writes a comparison, indented by two spaces, `\n` at every line end and at the end. */
export function comparisonToJson(comparison: Comparison): string {
  return `${canonicalJson(comparisonSchema.parse(comparison), 2)}\n`
}

/** The JSON Schema of `svcsim compare --format json`, draft 7. */
export function comparisonJsonSchema(): Readonly<Record<string, unknown>> {
  return { ...z.toJSONSchema(comparisonSchema, { target: 'draft-7' }), title: 'Comparison of svcsim' }
}

/**
 * A length of time that varies, as a scenario writes it: `5ms`, or a family with its mean and a second figure that people
 * know: `{ distribution: lognormal, mean: 4ms, p99: 20ms }`.
 */
import { z } from 'zod'
import type { Distribution } from '../base/distribution.js'
import { type FitFigures, type FittedKind, fitDistribution } from '../base/distribution-fit.js'
import { duration } from './scalars.js'

const mean = duration.describe('Mean.')
const cv = z
  .number()
  .positive()
  .optional()
  .describe('Coefficient of variation: standard deviation over mean.')
const p99 = duration.optional().describe('99th percentile: 1 in 100 is longer.')
const shape = z.number().positive().optional().describe('Shape parameter.')

const family = z.discriminatedUnion('distribution', [
  z.strictObject({ distribution: z.literal('constant'), mean }),
  z.strictObject({ distribution: z.literal('uniform'), min: duration, max: duration }),
  z.strictObject({ distribution: z.literal('exponential'), mean }),
  z.strictObject({
    distribution: z.literal('erlang'),
    mean,
    stages: z.int().min(1).max(1_000).optional().describe('Exponential stages in sequence.'),
    cv,
  }),
  z.strictObject({ distribution: z.literal('hyperexponential'), mean, cv }),
  z.strictObject({ distribution: z.literal('lognormal'), mean, cv, p99 }),
  z.strictObject({ distribution: z.literal('weibull'), mean, cv, p99, shape }),
  z.strictObject({
    distribution: z.literal('pareto'),
    mean,
    cv,
    p99,
    shape,
    max: duration.optional().describe('Nothing is longer: a bounded Pareto.'),
  }),
  z.strictObject({
    distribution: z.literal('empirical'),
    values: z.array(duration).min(1).max(100_000).describe('Times seen.'),
    weights: z
      .array(z.number().positive())
      .optional()
      .describe('How often each of them; all alike by default.'),
  }),
])

type Family = z.output<typeof family>

/** A duration (constant), or a family with its figures. Output: a distribution of ns. */
export const delay = z.union([duration, family]).transform((given, context): Distribution => {
  const distribution =
    typeof given === 'number' ? { kind: 'constant' as const, value: given } : distributionOf(given)
  if (typeof distribution !== 'string') return distribution
  context.issues.push({
    code: 'custom',
    message: distribution,
    input: given,
    params: { code: 'DISTRIBUTION' },
  })
  return z.NEVER
})

/** The distribution, or what is wrong with its figures. */
function distributionOf(given: Family): Distribution | string {
  switch (given.distribution) {
    case 'uniform':
      if (given.min > given.max) return 'min is longer than max'
      return { kind: 'uniform', min: given.min, max: given.max }
    case 'empirical':
      return empirical(given.values, given.weights ?? given.values.map(() => 1))
    default:
      return fitted(given)
  }
}

function empirical(values: readonly number[], weights: readonly number[]): Distribution | string {
  if (weights.length !== values.length) return 'there must be as many weights as values'
  return { kind: 'empirical', values, weights }
}

function fitted(given: Exclude<Family, { distribution: 'uniform' | 'empirical' }>): Distribution | string {
  const { distribution, ...figures } = given
  const known = Object.entries(figures).filter(([, value]) => value !== undefined)
  return fitDistribution(
    distribution satisfies FittedKind,
    Object.fromEntries(known) as unknown as FitFigures,
  )
}

/**
 * A length of time that varies, as a scenario writes it: `5ms`, or a family with its mean and a second figure that people
 * know: `{ distribution: lognormal, mean: 4ms, p99: 20ms }`.
 */
import { z } from 'zod'
import type { Distribution } from '../base/distribution.js'
import { type FitFigures, type FittedKind, fitDistribution } from '../base/distribution-fit.js'
import { duration } from './scalars.js'

const mean = duration.describe('Mean of the distribution, a duration.')
const cv = z
  .number()
  .positive()
  .optional()
  .describe(
    'Coefficient of variation: standard deviation over mean, a number above 0. By default it follows from the other figures.',
  )
const p99 = duration
  .optional()
  .describe('99th percentile: 1 in 100 is longer; a duration. By default it follows from the other figures.')
const shape = z
  .number()
  .positive()
  .optional()
  .describe('Shape parameter of the family, a number above 0. By default it follows from the other figures.')

/** The field that tells the families apart. */
function familyName<Name extends string>(word: Name) {
  return z.literal(word).describe('Family of the distribution.')
}

const family = z.discriminatedUnion('distribution', [
  z
    .strictObject({ distribution: familyName('constant'), mean })
    .describe('Always the same, as a plain duration is.'),
  z
    .strictObject({
      distribution: familyName('uniform'),
      min: duration.describe('The shortest, a duration.'),
      max: duration.describe('The longest, a duration; min or more.'),
    })
    .describe('Any time between two bounds, all alike.'),
  z
    .strictObject({ distribution: familyName('exponential'), mean })
    .describe('Without memory: coefficient of variation 1.'),
  z
    .strictObject({
      distribution: familyName('erlang'),
      mean,
      stages: z
        .int()
        .min(1)
        .max(1_000)
        .optional()
        .describe('Exponential stages in sequence, a count. By default it follows from cv.'),
      cv,
    })
    .describe('The sum of exponential stages: more regular than one of them.'),
  z
    .strictObject({ distribution: familyName('hyperexponential'), mean, cv })
    .describe('A mixture of two exponentials, for coefficients of variation above 1.'),
  z
    .strictObject({ distribution: familyName('lognormal'), mean, cv, p99 })
    .describe('The usual form of service times: a long tail to the right.'),
  z
    .strictObject({ distribution: familyName('weibull'), mean, cv, p99, shape })
    .describe('From nearly constant to a tail heavier than exponential, by its shape.'),
  z
    .strictObject({
      distribution: familyName('pareto'),
      mean,
      cv,
      p99,
      shape,
      max: duration
        .optional()
        .describe('Nothing is longer: a bounded Pareto; a duration. Without bound by default.'),
    })
    .describe('A heavy tail: rare values that are many times the mean.'),
  z
    .strictObject({
      distribution: familyName('empirical'),
      values: z
        .array(duration)
        .min(1)
        .max(100_000)
        .describe('Times seen, a list of durations; each draw is one of them.'),
      weights: z
        .array(z.number().positive())
        .optional()
        .describe('How often each of them comes, numbers above 0; all alike by default.'),
    })
    .describe('Times that were measured.'),
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

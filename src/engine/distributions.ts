/**
 * Draws of the distributions of `base/distribution.ts`.
 *
 * Everything is exact arithmetic on draws of a named stream, so that the same stream gives the same draws on every
 * machine. Draws are real numbers; whoever uses them as times rounds them to whole nanoseconds.
 * Methods: exponential and normal by ziggurat (`ziggurat.ts`); Erlang as a sum, hyperexponential as a mixture,
 * lognormal and Weibull as functions of these; uniform, Pareto and empirical by inverting the distribution function.
 * Left out: correlated draws, and shapes that need not be whole numbers of stages.
 * Validation: test/engine/distributions.test.ts (mean, variance, 99th percentile of 200,000 draws; digests).
 */
import type { Distribution } from '../base/distribution.js'
import { exp, pow } from '../base/exact-math.js'
import type { Stream } from './streams.js'
import { standardExponential, standardNormal } from './ziggurat.js'

export { distributionMean, distributionVariance, scaleDistribution } from '../base/distribution-moments.js'

/** Takes one draw from a stream: a number from 0 in the unit of the distribution. */
export type Sampler = (stream: Stream) => number

/**
 * Prepares draws of a distribution.
 *
 * @returns a function that allocates nothing. Steps of the stream per draw: constant 0; uniform, empirical and bounded
 *   Pareto 2; exponential, lognormal, Weibull and Pareto 1, rarely more; hyperexponential 3, rarely more; Erlang one
 *   per stage, rarely more
 * @throws RangeError if a parameter is out of its range
 */
export function makeSampler(distribution: Distribution): Sampler {
  switch (distribution.kind) {
    case 'constant':
      return constantSampler(distribution)
    case 'uniform':
      return uniformSampler(distribution)
    case 'exponential':
      return exponentialSampler(distribution)
    case 'erlang':
      return erlangSampler(distribution)
    case 'hyperexponential':
      return hyperexponentialSampler(distribution)
    case 'lognormal':
      return lognormalSampler(distribution)
    case 'weibull':
      return weibullSampler(distribution)
    case 'pareto':
      return distribution.max === Number.POSITIVE_INFINITY
        ? paretoSampler(distribution)
        : boundedParetoSampler(distribution)
    case 'empirical':
      return empiricalSampler(distribution)
  }
}

type Of<Kind extends Distribution['kind']> = Extract<Distribution, { kind: Kind }>

function constantSampler(distribution: Of<'constant'>): Sampler {
  const { value } = distribution
  check(distribution, isAmount(value))
  return () => value
}

function uniformSampler(distribution: Of<'uniform'>): Sampler {
  const { min, max } = distribution
  check(distribution, isAmount(min) && isAmount(max) && min <= max)
  const width = max - min
  return (stream) => min + width * stream.uniform()
}

function exponentialSampler(distribution: Of<'exponential'>): Sampler {
  const { mean } = distribution
  check(distribution, isAmount(mean))
  return (stream) => mean * standardExponential(stream)
}

function erlangSampler(distribution: Of<'erlang'>): Sampler {
  const { mean, stages } = distribution
  check(distribution, isAmount(mean) && Number.isSafeInteger(stages) && stages >= 1)
  const stageMean = mean / stages
  return (stream) => {
    let sum = 0
    for (let stage = 0; stage < stages; stage += 1) sum += standardExponential(stream)
    return stageMean * sum
  }
}

function hyperexponentialSampler(distribution: Of<'hyperexponential'>): Sampler {
  const { probability, firstMean, secondMean } = distribution
  check(distribution, isAmount(firstMean) && isAmount(secondMean) && probability >= 0 && probability <= 1)
  return (stream) => (stream.uniform() < probability ? firstMean : secondMean) * standardExponential(stream)
}

function lognormalSampler(distribution: Of<'lognormal'>): Sampler {
  const { mu, sigma } = distribution
  check(distribution, Math.abs(mu) <= 700 && isAmount(sigma))
  return (stream) => exp(mu + sigma * standardNormal(stream))
}

function weibullSampler(distribution: Of<'weibull'>): Sampler {
  const { scale, shape } = distribution
  check(distribution, isAmount(scale) && isAmount(shape) && shape > 0)
  const exponent = 1 / shape
  return (stream) => scale * pow(standardExponential(stream), exponent)
}

/** The logarithm of a Pareto draw, over `min`, is exponential. */
function paretoSampler(distribution: Of<'pareto'>): Sampler {
  const { min, shape } = distribution
  check(distribution, isAmount(min) && isAmount(shape) && shape > 0)
  const logMean = 1 / shape
  return (stream) => min * exp(logMean * standardExponential(stream))
}

function boundedParetoSampler(distribution: Of<'pareto'>): Sampler {
  const { min, shape, max } = distribution
  check(distribution, isAmount(min) && isAmount(max) && min <= max && min > 0 && isAmount(shape) && shape > 0)
  const exponent = -1 / shape
  const cut = 1 - pow(min / max, shape)
  return (stream) => Math.min(max, min * pow(1 - cut * stream.uniform(), exponent))
}

function empiricalSampler(distribution: Of<'empirical'>): Sampler {
  const { values, weights } = distribution
  check(distribution, values.length > 0 && values.length === weights.length)
  check(distribution, values.every(isAmount) && weights.every((weight) => isAmount(weight) && weight > 0))
  const cumulative = new Float64Array(weights.length)
  let sum = 0
  for (const [index, weight] of weights.entries()) {
    sum += weight
    cumulative[index] = sum
  }
  return (stream) => values[firstAbove(cumulative, stream.uniform() * sum)]
}

/** Index of the first number above `limit` in an ascending array whose last is taken to be so. */
function firstAbove(ascending: Float64Array, limit: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ascending[middle] > limit) high = middle
    else low = middle + 1
  }
  return low
}

function isAmount(value: number): boolean {
  return value >= 0 && value < Number.POSITIVE_INFINITY
}

function check(distribution: Distribution, isFulfilled: boolean): void {
  if (!isFulfilled) throw new RangeError(`not a distribution: ${JSON.stringify(distribution).slice(0, 200)}`)
}

/**
 * Mean, variance and scaling of the distributions of `distribution.ts`, in closed form and exact arithmetic.
 * Sources: N. L. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions, 1994; for the bounded Pareto
 * M. Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, section 20.3.
 */
import type { Distribution } from './distribution.js'
import { exp, expm1, ln } from './exact-math.js'
import { lnGamma } from './special-functions.js'

/**
 * The mean, in the unit of the quantity.
 *
 * @returns Infinity for a Pareto without `max` whose shape is 1 or less
 */
export function distributionMean(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value
    case 'uniform':
      return (distribution.min + distribution.max) / 2
    case 'exponential':
    case 'erlang':
      return distribution.mean
    case 'hyperexponential': {
      const { probability, firstMean, secondMean } = distribution
      return probability * firstMean + (1 - probability) * secondMean
    }
    case 'lognormal':
      return exp(distribution.mu + (distribution.sigma * distribution.sigma) / 2)
    case 'weibull':
      return distribution.scale * exp(lnGamma(1 + 1 / distribution.shape))
    case 'pareto':
      return paretoMoment(distribution, 1)
    case 'empirical':
      return weightedMean(distribution, (value) => value)
  }
}

/**
 * The variance, in the square of the unit of the quantity.
 *
 * @returns Infinity for a Pareto without `max` whose shape is 2 or less
 */
export function distributionVariance(distribution: Distribution): number {
  const mean = distributionMean(distribution)
  switch (distribution.kind) {
    case 'constant':
      return 0
    case 'uniform':
      return ((distribution.max - distribution.min) * (distribution.max - distribution.min)) / 12
    case 'exponential':
      return mean * mean
    case 'erlang':
      return (mean * mean) / distribution.stages
    case 'hyperexponential': {
      const { probability, firstMean, secondMean } = distribution
      return (
        2 * (probability * firstMean * firstMean + (1 - probability) * secondMean * secondMean) - mean * mean
      )
    }
    case 'lognormal':
      return mean * mean * expm1(distribution.sigma * distribution.sigma)
    case 'weibull':
      return (
        mean * mean * expm1(lnGamma(1 + 2 / distribution.shape) - 2 * lnGamma(1 + 1 / distribution.shape))
      )
    case 'pareto':
      return mean === Number.POSITIVE_INFINITY ? mean : paretoMoment(distribution, 2) - mean * mean
    case 'empirical':
      return weightedMean(distribution, (value) => (value - mean) * (value - mean))
  }
}

/**
 * The mean of X^order for a Pareto or bounded Pareto X; Infinity where it is.
 *
 * @param order - 1 or 2
 */
export function paretoMoment(
  { min, shape, max }: { readonly min: number; readonly shape: number; readonly max: number },
  order: number,
): number {
  // shape·min^order·∫₀^L e^((order - shape)·t) dt / (1 - e^(-shape·L)), with L = ln(max/min) and x = min·e^t.
  const length = ln(max / min)
  const rate = order - shape
  const integral = rate === 0 ? length : expm1(rate * length) / rate
  return (shape * (order === 1 ? min : min * min) * integral) / -expm1(-shape * length)
}

function weightedMean(
  { values, weights }: Extract<Distribution, { kind: 'empirical' }>,
  figure: (value: number) => number,
): number {
  let weightSum = 0
  let sum = 0
  for (const [index, weight] of weights.entries()) {
    weightSum += weight
    sum += weight * figure(values[index])
  }
  return sum / weightSum
}

/**
 * The distribution of `factor` times the quantity.
 *
 * @param factor - above 0
 */
export function scaleDistribution(distribution: Distribution, factor: number): Distribution {
  switch (distribution.kind) {
    case 'constant':
      return { ...distribution, value: distribution.value * factor }
    case 'uniform':
      return { ...distribution, min: distribution.min * factor, max: distribution.max * factor }
    case 'exponential':
    case 'erlang':
      return { ...distribution, mean: distribution.mean * factor }
    case 'hyperexponential':
      return {
        ...distribution,
        firstMean: distribution.firstMean * factor,
        secondMean: distribution.secondMean * factor,
      }
    case 'lognormal':
      return { ...distribution, mu: distribution.mu + ln(factor) }
    case 'weibull':
      return { ...distribution, scale: distribution.scale * factor }
    case 'pareto':
      return { ...distribution, min: distribution.min * factor, max: distribution.max * factor }
    case 'empirical':
      return { ...distribution, values: distribution.values.map((value) => value * factor) }
  }
}

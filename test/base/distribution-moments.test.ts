import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../src/base/distribution.js'
import {
  distributionMean,
  distributionVariance,
  scaleDistribution,
} from '../../src/base/distribution-moments.js'

const infinity = Number.POSITIVE_INFINITY

const distributions: [Distribution, mean: number, variance: number][] = [
  [{ kind: 'constant', value: 5 }, 5, 0],
  [{ kind: 'uniform', min: 2, max: 8 }, 5, 3],
  [{ kind: 'exponential', mean: 5 }, 5, 25],
  [{ kind: 'erlang', mean: 5, stages: 4 }, 5, 6.25],
  [{ kind: 'hyperexponential', probability: 0.25, firstMean: 10, secondMean: 2 }, 4, 40],
  // e^(1/2), (e - 1)·e
  [{ kind: 'lognormal', mu: 0, sigma: 1 }, 1.6487212707001282, 4.670774270471604],
  // Γ(3/2) = √π/2, 1 - π/4: Rayleigh's distribution
  [{ kind: 'weibull', scale: 1, shape: 2 }, 0.8862269254527579, 0.21460183660255172],
  // shape/(shape - 1), shape/((shape - 1)²·(shape - 2))
  [{ kind: 'pareto', min: 1, shape: 3, max: infinity }, 1.5, 0.75],
  [{ kind: 'pareto', min: 1, shape: 2, max: infinity }, 2, infinity],
  [{ kind: 'pareto', min: 1, shape: 1, max: infinity }, infinity, infinity],
  // With x from 1 to e: the density is proportional to x^-2, x^-3 for shapes 1, 2.
  [{ kind: 'pareto', min: 1, shape: 1, max: Math.E }, 1.5819767068693265, 0.2156315273819271],
  [{ kind: 'pareto', min: 1, shape: 2, max: Math.E }, 1.4621171572600098, 0.1752487039452393],
  [{ kind: 'empirical', values: [1, 2, 10], weights: [2, 1, 1] }, 3.5, 14.25],
  [{ kind: 'empirical', values: [7], weights: [0.3] }, 7, 0],
]

describe('moments in closed form', () => {
  it.each(distributions)('of %j', (distribution, mean, variance) => {
    expect(distributionMean(distribution)).toBeCloseTo(mean, 13)
    expect(distributionVariance(distribution)).toBeCloseTo(variance, 12)
  })

  it.each(distributions)('of %j scale with the quantity', (distribution, mean, variance) => {
    const scaled = scaleDistribution(distribution, 4)
    expect(scaled.kind).toBe(distribution.kind)
    expect(distributionMean(scaled)).toBeCloseTo(4 * mean, 12)
    expect(distributionVariance(scaled)).toBeCloseTo(16 * variance, 10)
  })

  it('do not jump where the shape of a bounded Pareto is the order of the moment', () => {
    const near = (shape: number) => distributionMean({ kind: 'pareto', min: 1, shape, max: 1000 })
    expect(near(1 + 1e-9)).toBeCloseTo(near(1), 7)
    expect(near(1 - 1e-9)).toBeCloseTo(near(1), 7)
  })
})

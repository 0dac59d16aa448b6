import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../src/base/distribution.js'
import { type FitFigures, type FittedKind, fitDistribution } from '../../src/base/distribution-fit.js'
import { distributionMean, distributionVariance } from '../../src/base/distribution-moments.js'
import { exp, pow } from '../../src/base/exact-math.js'

function fitted(kind: FittedKind, figures: FitFigures): Distribution {
  const distribution = fitDistribution(kind, figures)
  if (typeof distribution === 'string') throw new Error(distribution)
  return distribution
}

function cvOf(distribution: Distribution): number {
  return Math.sqrt(distributionVariance(distribution)) / distributionMean(distribution)
}

/** The 99th percentile in closed form. */
function p99Of(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'lognormal':
      return exp(distribution.mu + 2.3263478740408408 * distribution.sigma)
    case 'weibull':
      // ln 100
      return distribution.scale * pow(4.605170185988092, 1 / distribution.shape)
    case 'pareto': {
      const cut = 1 - pow(distribution.min / distribution.max, distribution.shape)
      return distribution.min * pow(1 - 0.99 * cut, -1 / distribution.shape)
    }
    default:
      throw new Error(`no closed form for ${distribution.kind}`)
  }
}

function expectRelative(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual / expected - 1)).toBeLessThanOrEqual(tolerance)
}

describe('fits with known parameters', () => {
  it.each<[string, FittedKind, FitFigures, Distribution]>([
    ['a constant', 'constant', { mean: 5 }, { kind: 'constant', value: 5 }],
    ['no time at all', 'constant', { mean: 0 }, { kind: 'constant', value: 0 }],
    ['an exponential', 'exponential', { mean: 5 }, { kind: 'exponential', mean: 5 }],
    ['stages', 'erlang', { mean: 5, stages: 4 }, { kind: 'erlang', mean: 5, stages: 4 }],
    ['stages from cv', 'erlang', { mean: 5, cv: 0.5 }, { kind: 'erlang', mean: 5, stages: 4 }],
    ['stages from a rounded cv', 'erlang', { mean: 5, cv: 0.577 }, { kind: 'erlang', mean: 5, stages: 3 }],
    ['one stage', 'erlang', { mean: 5, cv: 1 }, { kind: 'erlang', mean: 5, stages: 1 }],
    [
      'equal branches',
      'hyperexponential',
      { mean: 5, cv: 1 },
      { kind: 'hyperexponential', probability: 0.5, firstMean: 5, secondMean: 5 },
    ],
    ['a shape', 'pareto', { mean: 3, shape: 1.5 }, { kind: 'pareto', min: 1, shape: 1.5, max: Infinity }],
  ])('%s', (_name, kind, figures, expected) => {
    expect(fitDistribution(kind, figures)).toEqual(expected)
  })

  it('a lognormal of cv 1 has sigma² = ln 2', () => {
    expect(fitted('lognormal', { mean: 1, cv: 1 })).toEqual({
      kind: 'lognormal',
      mu: expect.closeTo(-0.34657359027997264, 15),
      sigma: expect.closeTo(0.8325546111576977, 15),
    })
  })

  it.each([
    ['cv 1', { mean: 5, cv: 1 }],
    ['a 99th percentile of ln 100 means', { mean: 1, p99: 4.605170185988092 }],
  ])('a weibull of %s is exponential', (_name, figures) => {
    const distribution = fitted('weibull', figures)
    expect(distribution).toMatchObject({
      kind: 'weibull',
      scale: expect.closeTo(figures.mean, 9),
      shape: expect.closeTo(1, 9),
    })
  })
})

describe('fits', () => {
  const means = fc.constantFrom(0.001, 1, 250_000, 5_000_000, 3.7e12)

  it.each<[FittedKind, number, number]>([
    ['hyperexponential', 1, 100],
    ['lognormal', 0.01, 100],
    ['weibull', 0.01, 100],
    ['pareto', 0.01, 100],
  ])('of kind %s have the mean and any cv from %d to %d', (kind, low, high) => {
    fc.assert(
      fc.property(means, fc.double({ min: low, max: high, noNaN: true }), (mean, cv) => {
        const distribution = fitted(kind, { mean, cv })
        expectRelative(distributionMean(distribution), mean, 1e-10)
        expectRelative(cvOf(distribution), cv, 1e-9)
      }),
      { seed: 4 },
    )
  })

  it.each<[FittedKind, number]>([
    ['lognormal', 14.9],
    ['weibull', 18],
    ['pareto', 7.98],
  ])('of kind %s have the mean and any 99th percentile up to %d means', (kind, high) => {
    fc.assert(
      fc.property(means, fc.double({ min: 1.001, max: high, noNaN: true }), (mean, ratio) => {
        const distribution = fitted(kind, { mean, p99: ratio * mean })
        expectRelative(distributionMean(distribution), mean, 1e-10)
        expectRelative(p99Of(distribution), ratio * mean, 1e-10)
      }),
      { seed: 5, numRuns: 50 },
    )
  })

  it.each<[string, FitFigures, (distribution: Distribution) => number, number]>([
    [
      'shape',
      { mean: 5, shape: 1.1, max: 2_000 },
      (each) => (each.kind === 'pareto' ? each.shape : Number.NaN),
      1.1,
    ],
    [
      'shape below 1',
      { mean: 5, shape: 0.5, max: 2_000 },
      (each) => (each.kind === 'pareto' ? each.shape : Number.NaN),
      0.5,
    ],
    [
      'shape of the order of the moment',
      { mean: 5, shape: 1, max: 2_000 },
      (each) => (each.kind === 'pareto' ? each.shape : Number.NaN),
      1,
    ],
    ['cv', { mean: 5, cv: 3, max: 2_000 }, cvOf, 3],
    ['99th percentile', { mean: 5, p99: 30, max: 2_000 }, p99Of, 30],
    ['99th percentile close to the cut', { mean: 5, p99: 9, max: 10 }, p99Of, 9],
  ])('of a pareto with a cut keep mean, cut and %s', (_name, figures, figureOf, expected) => {
    const distribution = fitted('pareto', figures)
    expect(distribution).toMatchObject({ max: figures.max })
    expectRelative(distributionMean(distribution), 5, 1e-12)
    expectRelative(figureOf(distribution), expected, 1e-11)
  })

  it('take the lighter of two tails with one 99th percentile', () => {
    expect(fitted('lognormal', { mean: 1, p99: 14 })).toMatchObject({ sigma: expect.closeTo(1.9606, 4) })
    expect(fitted('weibull', { mean: 1, p99: 18 })).toMatchObject({ shape: expect.closeTo(0.286314, 5) })
    expect(fitted('pareto', { mean: 1, p99: 7.9 })).toMatchObject({ shape: expect.closeTo(1.335421, 5) })
  })
})

describe('figures that can not be', () => {
  it.each<[string, FittedKind, FitFigures]>([
    ['the mean must be above 0', 'exponential', { mean: 0 }],
    ['the mean must be above 0', 'constant', { mean: -1 }],
    ['the mean must be above 0', 'lognormal', { mean: 1e-300, cv: 1 }],
    ['the mean must be below 2^53', 'exponential', { mean: Number.NaN }],
    ['the mean must be below 2^53', 'exponential', { mean: Infinity }],
    ['a distribution of kind exponential has no cv', 'exponential', { mean: 1, cv: 1 }],
    ['a distribution of kind hyperexponential has no p99', 'hyperexponential', { mean: 1, p99: 2 }],
    ['a distribution of kind lognormal has no max', 'lognormal', { mean: 1, cv: 1, max: 2 }],
    ['a distribution of kind weibull has no stages', 'weibull', { mean: 1, stages: 2 }],
    ['a distribution of kind hyperexponential needs the mean and cv', 'hyperexponential', { mean: 1 }],
    ['a distribution of kind lognormal needs the mean and exactly one of cv, p99', 'lognormal', { mean: 1 }],
    [
      'a distribution of kind lognormal needs the mean and exactly one of cv, p99',
      'lognormal',
      { mean: 1, cv: 1, p99: 3 },
    ],
    ['cv must be from 0.01 to 100', 'lognormal', { mean: 1, cv: 0 }],
    ['cv must be from 0.01 to 100', 'lognormal', { mean: 1, cv: Number.NaN }],
    ['shape must be from 0.05 to 10000', 'weibull', { mean: 1, shape: 0 }],
    ['stages must be a whole number from 1 to 1000', 'erlang', { mean: 1, stages: 1.5 }],
    ['stages must be a whole number from 1 to 1000', 'erlang', { mean: 1, stages: 1e9 }],
    ['p99 must be above the mean', 'lognormal', { mean: 1, p99: 1 }],
    ['p99 must be above the mean', 'weibull', { mean: 1, p99: Number.NaN }],
    ['max must be above the mean', 'pareto', { mean: 1, cv: 1, max: 1 }],
    ['p99 must be below max', 'pareto', { mean: 1, p99: 3, max: 3 }],
    ['the cv of an erlang distribution is at most 1', 'erlang', { mean: 1, cv: 1.2 }],
    ['the cv of an erlang distribution is at least 0.03162', 'erlang', { mean: 1, cv: 0.02 }],
    [
      'the cv of an erlang distribution is 1/√stages: 0.5774 or 0.7071, but not 0.6',
      'erlang',
      { mean: 1, cv: 0.6 },
    ],
    ['the cv of a hyperexponential distribution is at least 1', 'hyperexponential', { mean: 1, cv: 0.9 }],
    [
      'the p99 of such a lognormal distribution is at most 14.97 times its mean',
      'lognormal',
      { mean: 1, p99: 15 },
    ],
    [
      'the p99 of such a weibull distribution is at most 18.76 times its mean',
      'weibull',
      { mean: 1, p99: 30 },
    ],
    ['the p99 of such a pareto distribution is at most 7.988 times its mean', 'pareto', { mean: 1, p99: 8 }],
    ['the cv of such a pareto distribution is at most 0.0617', 'pareto', { mean: 9, cv: 3, max: 10 }],
    ['without max, the shape of a pareto distribution must be above 1', 'pareto', { mean: 1, shape: 1 }],
    [
      'max is too far above the mean for a pareto distribution of such a shape',
      'pareto',
      { mean: 1e-9, shape: 0.05, max: 1e15 },
    ],
  ])('%s', (message, kind, figures) => {
    expect(fitDistribution(kind, figures)).toBe(message)
  })
})

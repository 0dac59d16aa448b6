import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../src/base/distribution.js'
import { regularisedGammaP } from '../../src/base/special-functions.js'
import { distributionMean, distributionVariance, makeSampler } from '../../src/engine/distributions.js'
import { Streams } from '../../src/engine/streams.js'
import { standardExponential, standardNormal } from '../../src/engine/ziggurat.js'

const DRAWS = 200_000
const infinity = Number.POSITIVE_INFINITY

/** [distribution, 99th percentile in closed form, SHA-256 of 10,000 draws as little-endian doubles] */
const cases: [Distribution, p99: number, digest: string][] = [
  [
    { kind: 'uniform', min: 2, max: 8 },
    7.94,
    '3b0520972dfa0a953e302eb6acae44f2b46e8d258d5f98a95b23d19010d01f97',
  ],
  // 5·ln 100
  [
    { kind: 'exponential', mean: 5 },
    23.02585092994046,
    '34398937747f15745280dc5f36f29313de05d66db305c4f90cdb1d7e40dc7197',
  ],
  // Chi-square with 8 degrees of freedom, 99 % at 20.0902; over 2·stages/mean
  [
    { kind: 'erlang', mean: 5, stages: 4 },
    12.5563968935,
    'd2346252dcf59c80e87818d1e574ea1733f52acdf2a4a2bb495fdb3670c3287b',
  ],
  // Root of 0.1·e^(-x/10) + 0.9·e^(-x) = 0.01
  [
    { kind: 'hyperexponential', probability: 0.1, firstMean: 10, secondMean: 1 },
    23.0258510199,
    '07afe6dea6a1a6b896514a195979cb99f5974a06469ac6a2b42fed2a04b59317',
  ],
  // e^(1 + 2.3263478740408408/2)
  [
    { kind: 'lognormal', mu: 1, sigma: 0.5 },
    8.69870302552,
    '1d91f02266609513339fd611bcf4dcfd984ee677115145e06c168549763eaa5c',
  ],
  // 2·(ln 100)^(1/1.5)
  [
    { kind: 'weibull', scale: 2, shape: 1.5 },
    5.53597073005,
    '955a1d51e86ee0b5091311557dd4135b2e5916bfb3afedf5403ff6210bfa9b7c',
  ],
  [
    { kind: 'weibull', scale: 2, shape: 0.5 },
    42.4151848838,
    '03836363ef980768db8466e1d68b08a136a6bb971f6cdf77fa5f1805092c7186',
  ],
  // 100^(1/5)
  [
    { kind: 'pareto', min: 1, shape: 5, max: infinity },
    2.51188643150958,
    'be11cabcdd29e1206ac843f3a1e606c38afaa22c49de23fc61cc2a45527a3c12',
  ],
  // (1 - 0.99·(1 - 100^-1.5))^(-1/1.5)
  [
    { kind: 'pareto', min: 1, shape: 1.5, max: 100 },
    20.2302634475,
    'e8bb86dd7c0cacb7a87d332392a7550809981072f3dceb5ec072a09823a2e8ed',
  ],
]

function draws(distribution: Distribution, count: number): Float64Array {
  const sampler = makeSampler(distribution)
  const stream = new Streams(1, 0).get('service')
  return Float64Array.from({ length: count }, () => sampler(stream))
}

function average(values: Float64Array, figure: (value: number) => number): number {
  return values.reduce((sum, value) => sum + figure(value), 0) / values.length
}

describe('draws', () => {
  it.each(cases)('of %j have its mean, variance and 99th percentile', (distribution, p99) => {
    const values = draws(distribution, DRAWS)
    const [mean, variance] = [distributionMean(distribution), distributionVariance(distribution)]
    const meanError = Math.sqrt(variance / DRAWS)
    expect(Math.abs(average(values, (value) => value) - mean)).toBeLessThan(4 * meanError)
    // The standard error of a variance needs the fourth moment, here that of the draws.
    const fourth = average(values, (value) => (value - mean) ** 4)
    const sampleVariance = average(values, (value) => (value - mean) ** 2)
    expect(Math.abs(sampleVariance - variance)).toBeLessThan(4 * Math.sqrt((fourth - variance ** 2) / DRAWS))
    const above = values.filter((value) => value > p99).length
    expect(Math.abs(above - 0.01 * DRAWS)).toBeLessThan(4 * Math.sqrt(0.0099 * DRAWS))
  })

  it.each(cases)('of %j never change', (distribution, _p99, digest) => {
    const bytes = new DataView(new ArrayBuffer(8 * 10_000))
    for (const [index, value] of draws(distribution, 10_000).entries())
      bytes.setFloat64(8 * index, value, true)
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest)
  })

  it('of a constant take nothing from the stream', () => {
    const stream = new Streams(1, 0).get('service')
    const untouched = new Streams(1, 0).get('service')
    expect(makeSampler({ kind: 'constant', value: 7 })(stream)).toBe(7)
    expect(stream.uint32()).toBe(untouched.uint32())
  })

  it('of an empirical distribution have the shares of its weights', () => {
    const values = draws({ kind: 'empirical', values: [3, 1, 2], weights: [1, 2, 5] }, 80_000)
    const counts = [3, 1, 2].map((value) => values.filter((each) => each === value).length)
    const expected = [10_000, 20_000, 50_000]
    const chiSquare = counts.reduce(
      (sum, count, index) => sum + (count - expected[index]) ** 2 / expected[index],
      0,
    )
    // 99.9 % of chi-square with 2 degrees of freedom.
    expect(chiSquare).toBeLessThan(13.82)
  })

  it('of a bounded Pareto stay within the bounds', () => {
    const values = draws({ kind: 'pareto', min: 3, shape: 0.1, max: 4 }, 10_000)
    expect(values.every((value) => value >= 3 && value <= 4)).toBe(true)
    expect(draws({ kind: 'pareto', min: 3, shape: 2, max: 3 }, 3)).toEqual(Float64Array.of(3, 3, 3))
  })
})

describe('standard draws', () => {
  /** Kolmogorov's statistic times √n; 99.9 % of true samples stay below 1.95. */
  function distance(values: Float64Array, distributionFunction: (x: number) => number): number {
    const largest = values.sort().reduce((sum, value, index) => {
      const probability = distributionFunction(value)
      return Math.max(sum, probability - index / values.length, (index + 1) / values.length - probability)
    }, 0)
    return largest * Math.sqrt(values.length)
  }

  it('of the exponential distribution follow it', () => {
    const stream = new Streams(2, 0).get('exponential')
    const values = Float64Array.from({ length: 20_000 }, () => standardExponential(stream))
    expect(distance(values, (x) => -Math.expm1(-x))).toBeLessThan(1.95)
  })

  it('of the normal distribution follow it', () => {
    const stream = new Streams(2, 0).get('normal')
    const values = Float64Array.from({ length: 20_000 }, () => standardNormal(stream))
    // Φ(x) = 1/2 ± P(1/2, x²/2)/2
    const phi = (x: number) => 0.5 + (Math.sign(x) * regularisedGammaP(0.5, (x * x) / 2)) / 2
    expect(distance(values, phi)).toBeLessThan(1.95)
  })

  it('reach their tails as often as they should', () => {
    const stream = new Streams(3, 0).get('tails')
    const exponentials = Float64Array.from({ length: 1_000_000 }, () => standardExponential(stream))
    // Beyond the start of the tail at 7.697: e^-7.697 = 4.54e-4.
    const beyond = exponentials.filter((value) => value > 7.69711747013105).length
    expect(Math.abs(beyond - 454.1)).toBeLessThan(4 * Math.sqrt(454.1))
    const normals = Float64Array.from({ length: 1_000_000 }, () => standardNormal(stream))
    // Beyond 3.654 on either side: 2.5803e-4.
    const far = normals.filter((value) => Math.abs(value) > 3.654152885361009).length
    expect(Math.abs(far - 258)).toBeLessThan(4 * Math.sqrt(258))
    expect(exponentials.every((value) => value > 0)).toBe(true)
  })
})

describe('parameters out of range', () => {
  it.each<Distribution>([
    { kind: 'constant', value: -1 },
    { kind: 'constant', value: Number.NaN },
    { kind: 'uniform', min: 2, max: 1 },
    { kind: 'uniform', min: 0, max: infinity },
    { kind: 'exponential', mean: Number.NaN },
    { kind: 'exponential', mean: infinity },
    { kind: 'erlang', mean: 1, stages: 0 },
    { kind: 'erlang', mean: 1, stages: 1.5 },
    { kind: 'hyperexponential', probability: 1.1, firstMean: 1, secondMean: 1 },
    { kind: 'lognormal', mu: 1, sigma: -1 },
    { kind: 'lognormal', mu: infinity, sigma: 1 },
    { kind: 'weibull', scale: 1, shape: 0 },
    { kind: 'pareto', min: 1, shape: 0, max: infinity },
    { kind: 'pareto', min: 2, shape: 1, max: 1 },
    { kind: 'pareto', min: 0, shape: 1, max: 1 },
    { kind: 'empirical', values: [], weights: [] },
    { kind: 'empirical', values: [1], weights: [1, 2] },
    { kind: 'empirical', values: [1], weights: [0] },
    { kind: 'empirical', values: [-1], weights: [1] },
  ])('%j is refused', (distribution) => {
    expect(() => makeSampler(distribution)).toThrow(RangeError)
  })
})

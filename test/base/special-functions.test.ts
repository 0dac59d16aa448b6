import { describe, expect, it } from 'vitest'
import {
  chiSquareUpperTail,
  erlangB,
  erlangC,
  lnGamma,
  normalQuantile,
  regularisedBeta,
  regularisedGammaP,
  regularisedGammaQ,
  studentTQuantile,
} from '../../src/base/special-functions.js'

function expectRelative(actual: number, expected: number, tolerance: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected))
}

describe('lnGamma', () => {
  it.each([
    // Γ(n) = (n - 1)!, Γ(1/2) = √π
    [1, 0],
    [2, 0],
    [3, Math.LN2],
    [5, 3.1780538303479458],
    [0.5, 0.5723649429247001],
    [0.001, 6.907178885383854],
    [101, 363.7393755555635],
    [1e6, 12815504.569147611],
  ])('of %d is %d', (x, expected) => {
    expect(Math.abs(lnGamma(x) - expected)).toBeLessThanOrEqual(1e-14 + 1e-15 * Math.abs(expected))
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (x) => {
    expect(() => lnGamma(x)).toThrow(RangeError)
  })
})

describe('incomplete gamma function', () => {
  it.each([
    // Q(1, x) = e^-x; Q(1/2, x) = erfc(√x)
    [1, 0.5, 0.6065306597126334],
    [1, 20, 2.061153622438558e-9],
    [0.5, 1, 0.15729920705028513],
    [0.5, 25, 1.5374597944280349e-12],
    // Q(3, 2) = 5·e^-2
    [3, 2, 0.6766764161830635],
  ])('Q(%d, %d) is %d', (a, x, expected) => {
    expectRelative(regularisedGammaQ(a, x), expected, 1e-13)
    expectRelative(regularisedGammaP(a, x), 1 - expected, 1e-13)
  })

  it('is 0 at 0 and 1 at infinity', () => {
    expect([regularisedGammaP(2, 0), regularisedGammaQ(2, 0)]).toEqual([0, 1])
    expect([regularisedGammaP(2, Infinity), regularisedGammaQ(2, Infinity)]).toEqual([1, 0])
  })

  it('is a half near the median of a large shape', () => {
    // The median of a gamma distribution is a - 1/3 + 8/(405·a) for large a.
    expect(regularisedGammaP(1e6, 1e6 - 1 / 3)).toBeCloseTo(0.5, 9)
  })

  it.each([
    [0, 1],
    [-1, 1],
    [1, -1],
    [1, Number.NaN],
  ])('refuses %d, %d', (a, x) => {
    expect(() => regularisedGammaP(a, x)).toThrow(RangeError)
  })
})

describe('chiSquareUpperTail', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4, upper-tail critical values
  it.each([
    [3.841, 1, 0.05],
    [6.635, 1, 0.01],
    [11.07, 5, 0.05],
    [18.307, 10, 0.05],
    [29.588, 10, 0.001],
    [124.342, 100, 0.05],
  ])('of %d with %d degrees of freedom is %d', (x, degreesOfFreedom, expected) => {
    expectRelative(chiSquareUpperTail(x, degreesOfFreedom), expected, 1e-3)
  })

  it.each([
    [3.841459, 1, 0.04999999465],
    [11.0705, 5, 0.04999995543],
    [124.3421, 100, 0.0500000846],
    [1074.679, 1000, 0.0500009866],
    [0, 4, 1],
  ])('of %d with %d degrees of freedom is %d in full', (x, degreesOfFreedom, expected) => {
    expectRelative(chiSquareUpperTail(x, degreesOfFreedom), expected, 1e-9)
  })
})

describe('regularisedBeta', () => {
  it.each([
    // I_x(1, b) = 1 - (1 - x)^b, I_x(a, 1) = x^a, I_1/2(a, a) = 1/2
    [0.3, 1, 4, 0.7599],
    [0.3, 4, 1, 0.0081],
    [0.5, 7, 7, 0.5],
    [0.5, 500, 500, 0.5],
    // The arcsine distribution: I_x(1/2, 1/2) = 2/π·arcsin √x
    [0.25, 0.5, 0.5, 0.3333333333333333],
    [0, 2, 3, 0],
    [1, 2, 3, 1],
  ])('I_%d(%d, %d) is %d', (x, a, b, expected) => {
    expect(Math.abs(regularisedBeta(x, a, b) - expected)).toBeLessThanOrEqual(1e-12)
  })

  it.each([
    [-0.1, 1, 1],
    [1.1, 1, 1],
    [0.5, 0, 1],
    [0.5, 1, Number.NaN],
  ])('refuses %d, %d, %d', (x, a, b) => {
    expect(() => regularisedBeta(x, a, b)).toThrow(RangeError)
  })
})

describe('studentTQuantile', () => {
  it.each([
    [0.975, 1, 12.7062047361747],
    [0.975, 2, 4.30265272974946],
    [0.975, 3, 3.18244630528371],
    [0.975, 4, 2.77644510519779],
    [0.975, 5, 2.57058183563632],
    [0.975, 9, 2.26215716279821],
    [0.975, 29, 2.0452296421327],
    [0.975, 30, 2.04227245630124],
    [0.975, 60, 2.00029782201426],
    [0.975, 120, 1.97993040508244],
    [0.975, 1_000, 1.9623390808264072],
    [0.975, 1_000_000, 1.9599663568141064],
    [0.025, 9, -2.26215716279821],
    [0.5, 9, 0],
    // Student's own corners: tan(π·(p - 1/2)) with one degree of freedom
    [0.75, 1, 1],
    [0.9995, 1, 636.619248768],
    [0.995, 10, 3.169272673],
  ])('of %d with %d degrees of freedom is %d', (p, degreesOfFreedom, expected) => {
    expectRelative(studentTQuantile(p, degreesOfFreedom), expected, 1e-9)
  })

  it('does not jump where search gives way to expansion', () => {
    const [before, at, after] = [999, 1_000, 1_001].map((count) => studentTQuantile(0.975, count)) as [
      number,
      number,
      number,
    ]
    expect(before - at).toBeCloseTo(at - after, 8)
    expect(before).toBeGreaterThan(at)
  })

  it.each([
    [0, 5],
    [1, 5],
    [Number.NaN, 5],
    [0.975, 0],
    [0.975, Number.NaN],
  ])('refuses %d, %d', (p, degreesOfFreedom) => {
    expect(() => studentTQuantile(p, degreesOfFreedom)).toThrow(RangeError)
  })
})

describe('normalQuantile', () => {
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.001, -3.090232306167813],
    // Values of the published algorithm's own check
    [0.25, -0.6744897501960817],
    [1e-20, -9.262340089798409],
  ])('of %d is %d', (p, expected) => {
    expect(normalQuantile(p)).toBeCloseTo(expected, 13)
  })

  it.each([0, 1, -1, Number.NaN])('refuses %d', (p) => {
    expect(() => normalQuantile(p)).toThrow(RangeError)
  })
})

describe('Erlang formulas', () => {
  it.each([
    [1, 1, 0.5],
    [5, 3, 0.11005434782608696],
    [10, 5, 0.018384570336648132],
    [10, 8, 0.12166106425295151],
    [100, 90, 0.026957380464359214],
    [1_000, 1_000, 0.02481191764616041],
    [0, 3, 1],
    [3, 0, 0],
  ])('B(%d, %d) is %d', (servers, offeredLoad, expected) => {
    expectRelative(erlangB(servers, offeredLoad), expected, 1e-12)
  })

  it.each([
    // M/M/1 waits with probability ρ, M/M/2 with 2ρ²/(1 + ρ)
    [1, 0.8, 0.8],
    [2, 1, 0.3333333333333333],
    [5, 3, 0.23615160349854228],
    [10, 8, 0.40918015079644354],
    [100, 90, 0.2169404809063664],
    [10, 10, 1],
    [10, 11, 1],
    [3, 0, 0],
  ])('C(%d, %d) is %d', (servers, offeredLoad, expected) => {
    expectRelative(erlangC(servers, offeredLoad), expected, 1e-12)
  })

  it.each([
    [-1, 1],
    [1.5, 1],
    [1, -1],
    [1, Number.NaN],
    [1, Number.POSITIVE_INFINITY],
  ])('refuse %d, %d', (servers, offeredLoad) => {
    expect(() => erlangB(servers, offeredLoad)).toThrow(RangeError)
    expect(() => erlangC(servers, offeredLoad)).toThrow(RangeError)
  })
})

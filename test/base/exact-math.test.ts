import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { exp, expm1, ln, log1p, pow } from '../../src/base/exact-math.js'
import { errorInUlps, expOfFixed, lnFixed, powReference, type Real, toFixed } from './high-precision.js'

/** Random bits from a linear congruential generator: the same on every machine, independent of the code under test. */
function bitSource(seed: bigint): () => number {
  let state = seed
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    return Number(state >> 32n)
  }
}

const view = new DataView(new ArrayBuffer(8))

/** A positive double with random mantissa bits and a power of two from `minExponent` to `maxExponent`. */
function positive(bits: () => number, minExponent: number, maxExponent: number): number {
  const exponent = minExponent + (bits() % (maxExponent - minExponent + 1))
  view.setUint32(0, (((exponent + 1023) << 20) | (bits() & 0xfffff)) >>> 0)
  view.setUint32(4, bits())
  return view.getFloat64(0)
}

function signed(bits: () => number, minExponent: number, maxExponent: number): number {
  return (bits() & 1 ? 1 : -1) * positive(bits, minExponent, maxExponent)
}

/** [function, arguments drawn, reference], with arguments whose results are in range. */
const functions: [
  name: string,
  draw: (bits: () => number) => number[],
  reference: (args: number[]) => Real,
][] = [
  ['ln', (bits) => [positive(bits, -1022, 1023)], ([x]) => absolute(lnFixed(x ?? 1))],
  // From 1 - 2^-2 to 1 + 2^-2, most of them close to 1.
  ['ln', (bits) => [1 + signed(bits, -51, -3)], ([x]) => absolute(lnFixed(x ?? 1))],
  ['exp', (bits) => [(bits() / 2 ** 32 - 0.5) * 1400], ([x]) => expOfFixed(toFixed(x ?? 0))],
  ['exp', (bits) => [signed(bits, -40, 1)], ([x]) => expOfFixed(toFixed(x ?? 0))],
  [
    'pow',
    (bits) => [positive(bits, -100, 100), signed(bits, -10, 2)],
    ([x, y]) => powReference(x ?? 1, y ?? 0),
  ],
  ['pow', (bits) => [bits() / 2 ** 32 + 2 ** -33, -1 / 1.5], ([x, y]) => powReference(x ?? 1, y ?? 0)],
  [
    'pow',
    (bits) => [1 + signed(bits, -30, -20), signed(bits, 20, 27)],
    ([x, y]) => powReference(x ?? 1, y ?? 0),
  ],
]

function absolute(fixed: bigint): Real {
  return { fixed: fixed < 0n ? -fixed : fixed, exponent: 0 }
}

function call(name: string, args: number[]): number {
  const [x = Number.NaN, y = Number.NaN] = args
  return name === 'ln' ? ln(x) : name === 'exp' ? exp(x) : pow(x, y)
}

describe('accuracy', () => {
  it.each(functions)(
    '%s is within one unit in the last place of the exact value',
    (name, draw, reference) => {
      const bits = bitSource(7n)
      for (let count = 0; count < 1_000; count += 1) {
        const args = draw(bits)
        const error = errorInUlps(call(name, args), reference(args))
        if (!(error <= 1)) expect.fail(`${name}(${args.join(', ')}) is ${error} units off`)
      }
    },
  )

  it('log1p and expm1 are within four units in the last place, also near zero', () => {
    const bits = bitSource(8n)
    for (let count = 0; count < 1_000; count += 1) {
      const x = signed(bits, -40, -1)
      const one = toFixed(1)
      const power = expOfFixed(toFixed(x))
      const expected =
        (power.exponent < 0
          ? power.fixed >> BigInt(-power.exponent)
          : power.fixed << BigInt(power.exponent)) - one
      expect(errorInUlps(expm1(x), absolute(expected))).toBeLessThanOrEqual(4)
      // 1 + x is exact for these x.
      const short = Math.fround(x) + 0
      const sum = 1 + short
      if (sum - 1 === short) expect(errorInUlps(log1p(short), absolute(lnFixed(sum)))).toBeLessThanOrEqual(4)
    }
  })
})

describe('sameness', () => {
  // Committed: a change of one bit on any machine, or by any change of the code, shows here.
  it.each([
    [
      'ln',
      (bits: () => number) => [positive(bits, -1022, 1023)],
      'e81eef10b1db8519cbc522f2cda39e38ebcd2dde73320677859d87d13e063e91',
    ],
    [
      'exp',
      (bits: () => number) => [(bits() / 2 ** 32 - 0.5) * 1490],
      'aac47b45dfa4811f6d56256d99bf17c4151b7ff9a8f6545c1b2abc49e416259d',
    ],
    [
      'pow',
      (bits: () => number) => [positive(bits, -100, 100), signed(bits, -10, 3)],
      '071270d257f3a04acf6716be0598456bc86248fc938f99902478ac892abdf6c7',
    ],
  ] as const)('%s of 200,000 arguments has one digest', (name, draw, digest) => {
    const bits = bitSource(9n)
    const results = new DataView(new ArrayBuffer(8 * 200_000))
    for (let index = 0; index < 200_000; index += 1) {
      const result = call(name, draw(bits))
      if (Number.isNaN(result)) expect.fail('NaN has more than one representation')
      results.setFloat64(8 * index, result, true)
    }
    expect(createHash('sha256').update(results).digest('hex')).toBe(digest)
  })
})

describe('special values', () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity, MIN_VALUE: tiny, MAX_VALUE: huge } = Number

  it.each([
    [1, 0],
    [0, -infinity],
    [-0, -infinity],
    [infinity, infinity],
    [-1, nan],
    [-infinity, nan],
    [nan, nan],
    [2, Math.LN2],
    [10, Math.LN10],
    [tiny, -744.4400719213812],
    [2.2250738585072014e-308, -708.3964185322641],
    [huge, 709.782712893384],
    [1 + 2 ** -52, 2.2204460492503128e-16],
    [1 - 2 ** -53, -1.1102230246251565e-16],
  ])('ln(%d) = %d', (x, expected) => {
    expect(ln(x)).toBe(expected)
  })

  it.each([
    [0, 1],
    [-0, 1],
    // One unit above e, as fdlibm has it.
    [1, Math.E + 2 ** -51],
    [infinity, infinity],
    [-infinity, 0],
    [nan, nan],
    [709.782712893384, 1.7976931348622732e308],
    [709.7827128933841, infinity],
    [-745.1332191019411, tiny],
    [-745.1332191019413, 0],
    [1e-300, 1],
  ])('exp(%d) = %d', (x, expected) => {
    expect(exp(x)).toBe(expected)
  })

  it.each([
    [0, 0, 1],
    [nan, 0, 1],
    [1, nan, 1],
    [1, infinity, 1],
    [nan, 1, nan],
    [2, nan, nan],
    [-8, 3, nan],
    [0, 2, 0],
    [0, -2, infinity],
    [infinity, 2, infinity],
    [infinity, -2, 0],
    [2, infinity, infinity],
    [2, -infinity, 0],
    [0.5, infinity, 0],
    [0.5, -infinity, infinity],
    [2, 10, 1024],
    [10, 22, 1e22],
    [2, -1074, tiny],
    [2, -1075, 0],
    [2, 1023, 8.98846567431158e307],
    [2, 1024, infinity],
    [tiny, 0.5, 2 ** -537],
    [huge, 1, huge],
    [1 - 2 ** -53, 1e30, 0],
    [1 + 2 ** -52, 1e30, infinity],
    [9, 0.5, 3],
  ])('pow(%d, %d) = %d', (x, y, expected) => {
    expect(pow(x, y)).toBe(expected)
  })

  it.each([
    [0, 0],
    [1e-300, 1e-300],
    [-1, -infinity],
    [-2, nan],
    [infinity, infinity],
    [nan, nan],
  ])('log1p(%d) = %d', (x, expected) => {
    expect(log1p(x)).toBe(expected)
  })

  it.each([
    [0, 0],
    [1e-300, 1e-300],
    [-infinity, -1],
    [-100, -1],
    [infinity, infinity],
    [709, 8.218407461554972e307],
    [nan, nan],
    [1e-10, 1.00000000005e-10],
  ])('expm1(%d) = %d', (x, expected) => {
    expect(expm1(x)).toBe(expected)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  milliCpus,
  parseDuration,
  parseQuantity,
  parseRate,
} from '../../src/base/units.js'

/** Texts that no number of any kind may be read from. */
const HOSTILE = [
  '',
  ' ',
  '-1',
  '+1',
  '-0',
  'NaN',
  'Infinity',
  '0x10',
  '0b1',
  '1_000',
  '1,000',
  '\u0661\u0662',
  '\uff11',
  '1e400',
  '1 ',
  ' 1',
  '1\n',
  'e3',
  '.',
  '1..2',
  '1.2.3',
  '__proto__',
  '12345678901234567890',
  '9007199254740993',
  '1e-400',
]

describe('parseDuration', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['10ns', 10],
    ['100us', 100_000],
    ['100\u00b5s', 100_000],
    ['100\u03bcs', 100_000],
    ['250ms', 250_000_000],
    ['1.5s', 1_500_000_000],
    ['1m30s', 90_000_000_000],
    ['2h', 7_200_000_000_000],
    ['1h2m3s4ms5us6ns', 3_723_004_005_006],
    ['0.000000001s', 1],
    ['0.1us', 100],
    ['08ms', 8_000_000],
    ['1s1s', 2_000_000_000],
    ['1.10ms', 1_100_000],
    ['0.3us', 300],
    ['2501.9997h', 9_007_198_920_000_000],
    ['9007199254740991ns', 9_007_199_254_740_991],
  ])('reads %s', (text, ns) => {
    expect(parseDuration(text)).toBe(ns)
  })

  it.each([
    ...HOSTILE,
    '1',
    '1.5ns',
    '0.0000000001s',
    '1e3s',
    '1d',
    '1S',
    '1 s',
    '1s ',
    's',
    '.5s',
    '1.s',
    '-1s',
    '1s-1s',
    '9007199254740992ns',
    '2502h',
    '1sm',
    '1ss',
  ])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })

  it('reads any whole number of nanoseconds exactly, in any unit that it is a decimal of', () => {
    const any = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(any, (ns) => {
        const digits = String(ns).padStart(10, '0')
        expect(parseDuration(`${ns}ns`)).toBe(ns)
        expect(parseDuration(`${digits.slice(0, -9)}.${digits.slice(-9)}s`)).toBe(ns)
        expect(parseDuration(`${digits.slice(0, -9)}s${digits.slice(-9)}ns`)).toBe(ns)
      }),
      { seed: 2 },
    )
  })
})

describe('parseRate', () => {
  it.each([
    ['400/s', 400],
    ['400', 400],
    ['30/m', 0.5],
    ['2/h', 2 / 3600],
    ['0.25/s', 0.25],
    ['1e3/s', 1000],
    ['1.5E-2/s', 0.015],
    ['0/s', 0],
    ['9007199254740991', 9_007_199_254_740_991],
  ])('reads %s', (text, perSecond) => {
    expect(parseRate(text)).toBe(perSecond)
  })

  it.each([
    ...HOSTILE,
    '/s',
    '400/',
    '400/d',
    '400/ms',
    '400/s/s',
    '400 /s',
    '-1/s',
    '1k/s',
    '4e-324/h',
    '.5/s',
    '1./s',
  ])('refuses %j', (text) => {
    expect(parseRate(text)).toBeUndefined()
  })
})

describe('milliCpus', () => {
  it.each([
    [1, 1_000],
    [0.5, 500],
    [0.57, 570],
    [1.001, 1_001],
    [0.0001, 1],
    [0.0015, 2],
  ])('%f CPUs are %i thousandths, rounded up', (cpus, expected) => {
    expect(milliCpus(cpus)).toBe(expected)
  })
})

describe('parseQuantity', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['500m', 0.5],
    ['100m', 0.1],
    ['250u', 0.00025],
    ['3n', 3e-9],
    ['2k', 2000],
    ['1e3', 1000],
    ['1E3', 1000],
    ['15e-1', 1.5],
    ['0.1k', 100],
    ['1.1M', 1_100_000],
    ['1Ki', 1024],
    ['64Mi', 67_108_864],
    ['1Gi', 1_073_741_824],
    ['1.5Gi', 1_610_612_736],
    ['8P', 8e15],
    ['0.005E', 5e15],
    ['7Pi', 7_881_299_347_898_368],
    ['.5', 0.5],
    ['1.', 1],
  ])('reads %s', (text, value) => {
    expect(parseQuantity(text)).toBe(value)
  })

  it.each([
    ...HOSTILE,
    'm',
    '1mi',
    '1K',
    '1ki',
    '1kB',
    '1 Gi',
    '1GiB',
    '8Pi',
    '1E',
    '1Ei',
    '10P',
    '1e',
    '1e3k',
    '1e3.5',
    '1m0',
  ])('refuses %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined()
  })
})

it('refuses long texts without reading them', () => {
  for (const part of ['9', '1s', '1.', '0', '.', 'e']) {
    const text = part.repeat(1_000_000)
    expect([parseDuration(text), parseRate(text), parseQuantity(text)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  }
})

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [-0, '0 s'],
    [1, '1 ns'],
    [0.25, '0.25 ns'],
    [999, '999 ns'],
    [1_000, '1 \u00b5s'],
    [12_345, '12.3 \u00b5s'],
    [4_206_000, '4.21 ms'],
    [4_200_000, '4.2 ms'],
    [999_400_000, '999 ms'],
    [999_600_000, '1 s'],
    [10_000_000_000, '10 s'],
    [61_000_000_000, '61 s'],
    [119_400_000_000, '119 s'],
    [119_600_000_000, '1.99 min'],
    [300_000_000_000, '5 min'],
    [10_800_000_000_000, '3 h'],
    [-1_234_567, '-1.23 ms'],
  ])('writes %d ns as %s', (ns, text) => {
    expect(formatDuration(ns)).toBe(text)
  })

  it('writes as many digits as asked for', () => {
    expect(formatDuration(4_206_789, 5)).toBe('4.2068 ms')
    expect(formatDuration(4_206_789, 1)).toBe('4 ms')
    expect(formatDuration(123_456_789, 2)).toBe('123 ms')
  })

  it('refuses what is not finite', () => {
    expect(() => formatDuration(Number.NaN)).toThrow(RangeError)
    expect(() => formatDuration(Number.POSITIVE_INFINITY)).toThrow(RangeError)
  })
})

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [1, '1'],
    [0.0123456, '0.0123'],
    [0.1, '0.1'],
    [1 / 3, '0.333'],
    [12.3456, '12.3'],
    [999.96, '1,000'],
    [12_345.6, '12,346'],
    [1_234_567.8, '1,234,568'],
    [999_999_999_999_999, '999,999,999,999,999'],
    [1e21, '1.00e+21'],
    [1e-6, '0.000001'],
    [1.234e-9, '1.23e-9'],
    [-1234.5, '-1,235'],
    [-0.5, '-0.5'],
  ])('writes %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text)
  })

  it('refuses what is not finite', () => {
    expect(() => formatNumber(Number.NaN)).toThrow(RangeError)
  })
})

describe('formatCount', () => {
  it.each([
    [0, '0'],
    [7, '7'],
    [999, '999'],
    [1000, '1,000'],
    [1_234_567, '1,234,567'],
    [-12_345, '-12,345'],
    [9_007_199_254_740_991, '9,007,199,254,740,991'],
  ])('writes %d as %s', (count, text) => {
    expect(formatCount(count)).toBe(text)
  })

  it.each([0.5, Number.NaN, 2 ** 53])('refuses %d', (value) => {
    expect(() => formatCount(value)).toThrow(RangeError)
  })
})

describe('formatPercent', () => {
  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.5, '50 %'],
    [0.12345, '12.3 %'],
    [0.9996, '99.96 %'],
    [0.999999, '99.9999 %'],
    [1.5, '150 %'],
    [-0.021, '-2.1 %'],
    [0.00001, '0.001 %'],
  ])('writes %d as %s', (ratio, text) => {
    expect(formatPercent(ratio)).toBe(text)
  })
})

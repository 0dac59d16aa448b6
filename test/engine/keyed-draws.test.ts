import { describe, expect, it } from 'vitest'
import { KeyedDraws, mixedKey } from '../../src/engine/keyed-draws.js'
import { Streams } from '../../src/engine/streams.js'

const DRAW_RANGE = 2 ** 31
const KEYS = Array.from(
  { length: 200_000 },
  (
    (stream) => () =>
      stream.uint32()
  )(new Streams(1, 0).get('clients/browsers/keys')),
)

/** Which of n endpoints kube-proxy's chain comes to, counted from its end. */
function choiceFromEnd(draws: KeyedDraws, endpoints: number): number {
  let left = endpoints
  while (left > 1) {
    const threshold = Math.round(Number((1 / left).toFixed(10)) * DRAW_RANGE)
    if (draws.draw31(threshold) < threshold) return left
    left--
  }
  return left
}

function choices(endpoints: number): number[] {
  const draws = new KeyedDraws()
  return KEYS.map((key) => {
    draws.begin(key)
    return choiceFromEnd(draws, endpoints)
  })
}

/** χ² against counts that are all expected to be the same. */
function unevenness(counts: readonly number[]): number {
  const expected = KEYS.length / counts.length
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

describe('keyed draws', () => {
  // Committed: these must never change, or all results do.
  it('of a known key are known', () => {
    const draws = new KeyedDraws()
    draws.begin(1)
    expect(mixedKey(1, 2)).toBe(1_712_224_151)
    expect([429_496_730, 536_870_912, 429_496_730].map((threshold) => draws.draw31(threshold))).toEqual([
      1_446_057_064, 102_599_326, 1_964_102_518,
    ])
    expect([draws.choose(5), draws.choose(1_000)]).toEqual([1, 826])
  })

  it.each([
    // The 99.9 % quantile of χ² with n − 1 degrees of freedom.
    [2, 10.83],
    [3, 13.82],
    [5, 18.47],
    [10, 27.88],
    [50, 85.35],
  ])('choose each of %i endpoints equally often', (endpoints, quantile) => {
    const counts = new Array<number>(endpoints).fill(0)
    for (const choice of choices(endpoints)) counts[choice - 1]++
    expect(unevenness(counts)).toBeLessThan(quantile)
  })

  it.each([
    [4, 5],
    [3, 10],
    [10, 11],
  ])('choose alike from %i and from %i endpoints as often as can be', (few, many) => {
    const [left, right] = [choices(few), choices(many)]
    const alike = left.filter((choice, at) => choice === right[at]).length / KEYS.length
    // An endpoint of the many is chosen with 1 / many, so at most few / many choose it in both. Standard error: 0.0011.
    expect(Math.abs(alike - few / many)).toBeLessThan(0.004)
  })

  it('are independent from threshold to threshold, section to section, and key to next key', () => {
    const draws = new KeyedDraws()
    const numbers = (key: number): number[] => {
      draws.begin(key)
      return [draws.draw31(5), draws.draw31(6), draws.draw31(2 ** 30), draws.draw31(5), draws.draw31(5)]
    }
    const rows = KEYS.map((key) => [...numbers(key), ...numbers(mixedKey(key, 1))])
    for (let left = 0; left < 10; left++) {
      for (let right = 0; right < left; right++) {
        // Sixteen cells: quarter of the one, quarter of the other.
        const counts = new Array<number>(16).fill(0)
        for (const row of rows) counts[(row[left] >>> 29) * 4 + (row[right] >>> 29)]++
        // The quantile of χ² with 15 degrees of freedom at 1 − 10^-4: 45 pairs are looked at.
        expect(unevenness(counts)).toBeLessThan(44.26)
      }
    }
  })

  it('choose by a look-up what a chain of rules comes to', () => {
    const draws = new KeyedDraws()
    const chosen = KEYS.map((key) => {
      draws.begin(key)
      return 7 - draws.choose(7)
    })
    expect(chosen).toEqual(choices(7))
  })

  it.each([257, 1_000])('choose each of %i equally often where there are too many for a chain', (count) => {
    const draws = new KeyedDraws()
    const counts = new Array<number>(count).fill(0)
    for (const key of KEYS) {
      draws.begin(key)
      counts[draws.choose(count)]++
    }
    // χ² has a mean of n − 1 and a variance of 2 (n − 1).
    expect(unevenness(counts)).toBeLessThan(count - 1 + 4 * Math.sqrt(2 * (count - 1)))
  })

  it('are the same for the same key, whatever was drawn before', () => {
    const draws = new KeyedDraws()
    const number = (key: number) => {
      draws.begin(key)
      return draws.draw31(DRAW_RANGE / 2)
    }
    const first = number(7)
    expect(number(8)).not.toBe(first)
    expect(number(7)).toBe(first)
  })

  it('allow for a chance of nothing and of everything', () => {
    const draws = new KeyedDraws()
    for (const key of KEYS.slice(0, 100)) {
      draws.begin(key)
      expect(draws.draw31(DRAW_RANGE)).toBeLessThan(DRAW_RANGE)
      expect(draws.draw31(0)).toBeGreaterThanOrEqual(0)
    }
  })
})

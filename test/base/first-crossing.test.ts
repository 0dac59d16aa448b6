import { describe, expect, it } from 'vitest'
import { firstCrossing } from '../../src/base/first-crossing.js'

describe('firstCrossing', () => {
  it('finds the place to the last digit', () => {
    expect(firstCrossing((x) => x * x, 2, 10, 1)).toEqual({ kind: 'reached', at: Math.SQRT2 })
    expect(firstCrossing((x) => x * x, 2, 10, 1_000)).toEqual({ kind: 'reached', at: Math.SQRT2 })
  })

  it('takes the first of two crossings', () => {
    // A parabola with its top, 4, at 2: it is 3 at 1 and at 3.
    expect(firstCrossing((x) => x * (4 - x), 3, 4, 100)).toEqual({ kind: 'reached', at: 1 })
  })

  it('says how far the function gets where it does not reach the target', () => {
    expect(firstCrossing((x) => x * (4 - x), 5, 4, 100)).toEqual({ kind: 'missed', largest: 4 })
  })

  it('passes over places where the function has no value', () => {
    expect(firstCrossing((x) => (x < 1 ? Number.NaN : x), 2, 4, 8)).toEqual({ kind: 'reached', at: 2 })
  })
})

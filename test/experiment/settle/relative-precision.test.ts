import { describe, expect, it } from 'vitest'
import { ln } from '../../../src/base/exact-math.js'
import { Streams } from '../../../src/engine/streams.js'
import { LEAST_REPLICATIONS, nextCount } from '../../../src/experiment/settle/relative-precision.js'
import { estimate } from '../../../src/metrics/estimate.js'

describe('the next number of replications', () => {
  it('follows the root of their number, and at most doubles it', () => {
    expect(nextCount({ value: 100, halfWidth95: 2 }, 10, 0.02)).toBe(undefined)
    expect(nextCount({ value: 100, halfWidth95: 2.2 }, 10, 0.02)).toBe(13)
    expect(nextCount({ value: 100, halfWidth95: 2.001 }, 10, 0.02)).toBe(11)
    expect(nextCount({ value: 100, halfWidth95: 20 }, 10, 0.02)).toBe(20)
    expect(nextCount({ value: -100, halfWidth95: 1 }, 10, 0.02)).toBe(undefined)
  })

  it('doubles where there is no interval, or no value to compare it with', () => {
    expect(nextCount({ value: 5, halfWidth95: null }, 1, 0.02)).toBe(2)
    expect(nextCount({ value: 0, halfWidth95: 1 }, 10, 0.02)).toBe(20)
    expect(nextCount({ value: null, halfWidth95: null }, 10, 0.02)).toBe(20)
    expect(nextCount({ value: 0, halfWidth95: 0 }, 10, 0.02)).toBe(undefined)
  })
})

describe('stopping when the precision is reached', () => {
  /** Means of replications with a long tail: sums of four exponential draws, mean 4, coefficient of variation 1/2. */
  function covered(least: number, asked: number): number {
    const stream = new Streams(20_260_514, 0).get('test/replications')
    const draw = () => {
      let sum = 0
      for (let stage = 0; stage < 4; stage++) sum -= ln(1 - stream.uniform())
      return sum
    }
    let inside = 0
    for (let experiment = 0; experiment < 4_000; experiment++) {
      const values = Array.from({ length: least }, draw)
      for (;;) {
        const to = nextCount(estimate(values), values.length, asked)
        if (to === undefined) break
        while (values.length < to) values.push(draw())
      }
      const { value, halfWidth95 } = estimate(values)
      if (Math.abs((value ?? 0) - 4) <= (halfWidth95 ?? 0)) inside++
    }
    return inside / 4_000
  }

  it('keeps the coverage near 95 % from ten replications on, and loses it from three', () => {
    const [fromTen, fromThree] = [covered(LEAST_REPLICATIONS, 0.15), covered(3, 0.15)]
    expect(fromTen).toBeGreaterThan(0.935)
    expect(fromThree).toBeLessThan(fromTen - 0.01)
  })
})

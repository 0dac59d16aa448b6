import { describe, expect, it } from 'vitest'
import { erlangMeanSec, erlangTail } from '../../src/base/erlang-response-time.js'

describe('response times of M/M/c', () => {
  it('are exponential with one server', () => {
    const station = { servers: 1, ratePerSec: 0.8, serviceSec: 1 }
    expect(erlangMeanSec(station)).toBeCloseTo(5, 12)
    for (const sec of [0, 0.5, 3, 20]) expect(erlangTail(station, sec)).toBeCloseTo(Math.exp(-0.2 * sec), 12)
  })

  it('have the mean that is the area below the tail', () => {
    for (const servers of [1, 2, 3, 8]) {
      const station = { servers, ratePerSec: 0.75 * servers, serviceSec: 1 }
      const step = 0.002
      let area = 0
      for (let sec = step / 2; sec < 200; sec += step) area += step * erlangTail(station, sec)
      expect(area).toBeCloseTo(erlangMeanSec(station), 4)
    }
  })

  it('are continuous where both rates of the tail meet', () => {
    // c μ − λ = μ: two servers with one erlang.
    const at = erlangTail({ servers: 2, ratePerSec: 1, serviceSec: 1 }, 2)
    const near = erlangTail({ servers: 2, ratePerSec: 1 + 1e-6, serviceSec: 1 }, 2)
    expect(at).toBeCloseTo(near, 6)
  })

  it('grow without end where the load is too large', () => {
    const station = { servers: 2, ratePerSec: 2, serviceSec: 1 }
    expect(erlangMeanSec(station)).toBe(Number.POSITIVE_INFINITY)
    expect(erlangTail(station, 1_000)).toBe(1)
  })

  it('are never negative', () => {
    expect(erlangTail({ servers: 3, ratePerSec: 1, serviceSec: 1 }, -1)).toBe(1)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CpuQuota, quotaOf } from '../../src/model/cpu-quota.js'

const MS = 1_000_000

interface Span {
  readonly lengthNs: number
  readonly busyCount: number
}

/** How long each server ran in each span, and the throttled time in all. */
function pass(quota: CpuQuota, spans: readonly Span[]): { ran: number[]; throttledNs: number } {
  let nowNs = 0
  const ran = spans.map(({ lengthNs, busyCount }) => {
    nowNs += lengthNs
    return quota.pass(nowNs, busyCount)
  })
  return { ran, throttledNs: quota.throttledNs }
}

/** The same, ns by ns, from the rule itself. */
function passSlowly(quotaNs: number, periodNs: number, spans: readonly Span[]): ReturnType<typeof pass> {
  let nowNs = 0
  let leftNs = quotaNs
  let throttledNs = 0
  const ran = spans.map(({ lengthNs, busyCount }) => {
    let ranNs = 0
    for (let count = 0; count < lengthNs; count++) {
      if (busyCount > 0 && leftNs > 0) {
        leftNs -= busyCount
        ranNs++
      } else if (busyCount > 0) {
        throttledNs++
      }
      nowNs++
      if (nowNs % periodNs === 0) leftNs = quotaNs + Math.min(0, leftNs)
    }
    return ranNs
  })
  return { ran, throttledNs }
}

describe('quotaOf', () => {
  it('is the limit times the period, 1 ms at least', () => {
    expect([500, 2_000, 1, 333].map((milli) => quotaOf(milli, 100 * MS))).toEqual([
      50 * MS,
      200 * MS,
      MS,
      33_300_000,
    ])
  })

  it('follows another period', () => {
    expect(quotaOf(500, 10 * MS)).toBe(5 * MS)
  })
})

describe('CpuQuota', () => {
  it('lets a server run for the quota of each period, and stand still for the rest', () => {
    const { ran, throttledNs } = pass(new CpuQuota(40 * MS, 100 * MS), [
      { lengthNs: 30 * MS, busyCount: 1 },
      { lengthNs: 30 * MS, busyCount: 1 },
      { lengthNs: 45 * MS, busyCount: 1 },
    ])
    expect(ran).toEqual([30 * MS, 10 * MS, 5 * MS])
    expect(throttledNs).toBe(60 * MS)
  })

  it('is used up by all servers together', () => {
    const quota = new CpuQuota(100 * MS, 100 * MS)
    expect(quota.pass(100 * MS, 4)).toBe(25 * MS)
    expect(quota.throttledNs).toBe(75 * MS)
  })

  it('counts no throttled time while there is no work', () => {
    const quota = new CpuQuota(10 * MS, 100 * MS)
    expect([quota.pass(10 * MS, 1), quota.pass(60 * MS, 0), quota.pass(80 * MS, 2)]).toEqual([10 * MS, 0, 0])
    expect(quota.throttledNs).toBe(20 * MS)
  })

  it('loses quota that is not used within its period', () => {
    const quota = new CpuQuota(10 * MS, 100 * MS)
    expect([quota.pass(950 * MS, 0), quota.pass(1_000 * MS, 1)]).toEqual([0, 10 * MS])
  })

  it('takes from the next period what the last ns took too much', () => {
    // Three servers use 10 ns in 4 ns, two too many; of the next period they have 8 ns, in 3 ns, one too many.
    const quota = new CpuQuota(10, 100)
    expect([1, 2, 3].map((period) => quota.pass(period * 100, 3))).toEqual([4, 3, 3])
  })

  it('forgets what was taken too much after a period without work', () => {
    const quota = new CpuQuota(10, 100)
    quota.pass(100, 3)
    quota.pass(250, 0)
    expect(quota.pass(300, 3)).toBe(4)
  })

  it('begins periods at multiples of the period, however long nobody worked', () => {
    const quota = new CpuQuota(10, 100)
    quota.pass(1_234, 0)
    expect([quota.periodEndNs, quota.standsStillNs(1), quota.standsStillNs(4)]).toEqual([1_300, 1_244, 1_237])
    quota.pass(1_250, 1)
    expect([quota.standsStillNs(1), quota.periodEndNs]).toEqual([1_250, 1_300])
    quota.pass(1_300, 0)
    expect([quota.standsStillNs(1), quota.periodEndNs]).toEqual([1_310, 1_400])
  })

  it('is not used up at the end of a period, where the next begins', () => {
    const quota = new CpuQuota(100, 100)
    expect([quota.pass(400, 1), quota.throttledNs]).toEqual([400, 0])
  })

  it('agrees with the rule applied ns by ns', () => {
    const span = fc.record({ lengthNs: fc.nat(150), busyCount: fc.nat(5) })
    const cases = fc.property(
      fc.integer({ min: 6, max: 120 }),
      fc.integer({ min: 1, max: 60 }),
      fc.array(span, { maxLength: 20 }),
      (quotaNs, periodNs, spans) => {
        expect(pass(new CpuQuota(quotaNs, periodNs), spans)).toEqual(passSlowly(quotaNs, periodNs, spans))
      },
    )
    fc.assert(cases, { seed: 41, numRuns: 500 })
  })
})

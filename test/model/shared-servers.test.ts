import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quotientUp, SharedServers } from '../../src/model/shared-servers.js'

interface Arrival {
  readonly atNs: number
  readonly workNs: number
}

/** When each request is done: by position in the list, which is in the order of time. */
function endsOf(serverCount: number, arrivals: readonly Arrival[]): number[] {
  const servers = new SharedServers(serverCount)
  const ends = arrivals.map(() => -1)
  let nowNs = 0
  const passTo = (untilNs: number) => {
    for (;;) {
      const nextNs = nowNs + servers.untilNextNs()
      if (nextNs > untilNs || nextNs === Number.POSITIVE_INFINITY) break
      servers.pass(nextNs - nowNs)
      nowNs = nextNs
      for (let done = servers.takeFinished(); done >= 0; done = servers.takeFinished()) ends[done] = nowNs
    }
    if (untilNs < Number.POSITIVE_INFINITY) servers.pass(untilNs - nowNs)
    nowNs = untilNs
  }
  for (const [request, { atNs, workNs }] of arrivals.entries()) {
    passTo(atNs)
    servers.start(request, workNs)
  }
  passTo(Number.POSITIVE_INFINITY)
  return ends
}

/** The same without rounding, in exact fractions: times of ends in units of 1 / `DENOMINATOR` ns. */
const DENOMINATOR = 720_720n
function exactEndsOf(serverCount: number, arrivals: readonly Arrival[]): bigint[] {
  const left = new Map<number, bigint>()
  const ends = arrivals.map(() => -1n)
  let now = 0n
  // All of them get the same; whoever has least left ends first, after (left × count / servers). Rounded down to the unit.
  const passTo = (until: bigint | undefined) => {
    while (left.size > 0) {
      const count = BigInt(left.size)
      const busy = BigInt(Math.min(left.size, serverCount))
      const least = [...left.values()].reduce((a, b) => (a < b ? a : b))
      const needed = (least * count) / busy
      const isCut = until !== undefined && now + needed > until
      const elapsed = isCut ? until - now : needed
      const share = isCut ? (elapsed * busy) / count : least
      now += elapsed
      for (const [request, each] of left) {
        left.set(request, each - share)
        if (each > share) continue
        left.delete(request)
        ends[request] = now
      }
      if (isCut) return
    }
    now = until ?? now
  }
  for (const [request, { atNs, workNs }] of arrivals.entries()) {
    passTo(BigInt(atNs) * DENOMINATOR)
    left.set(request, BigInt(workNs) * DENOMINATOR)
  }
  passTo(undefined)
  return ends
}

const SERVERS = fc.integer({ min: 1, max: 4 })

function arrivals(maxGapNs: number, maxWorkNs: number): fc.Arbitrary<Arrival[]> {
  const step = fc.record({ gapNs: fc.nat(maxGapNs), workNs: fc.integer({ min: 1, max: maxWorkNs }) })
  return fc.array(step, { minLength: 1, maxLength: 12 }).map((steps) => {
    let atNs = 0
    return steps.map(({ gapNs, workNs }) => {
      atNs += gapNs
      return { atNs, workNs }
    })
  })
}

describe('SharedServers', () => {
  it('give each request an equal part of one server', () => {
    // A alone from 0 to 2; A and B half each until B is done at 2 + 2 · 4; A has 10 - 2 - 4 left.
    const ends = endsOf(1, [
      { atNs: 0, workNs: 10 },
      { atNs: 2, workNs: 4 },
    ])
    expect(ends).toEqual([14, 10])
  })

  it('give nobody more than one server', () => {
    const ends = endsOf(3, [
      { atNs: 0, workNs: 10 },
      { atNs: 0, workNs: 7 },
      { atNs: 4, workNs: 5 },
    ])
    expect(ends).toEqual([10, 7, 9])
  })

  it('round the end of a request up to whole ns, and lose no work by it', () => {
    // Two servers for three: 2/3 each. The first is done at 1.5, at 2 by whole ns; one ns of work then is left over.
    const ends = endsOf(2, [
      { atNs: 0, workNs: 1 },
      { atNs: 0, workNs: 10 },
      { atNs: 0, workNs: 10 },
    ])
    expect(ends).toEqual([2, 11, 11])
  })

  it('take out requests that are done together in the order of their coming', () => {
    const servers = new SharedServers(1)
    for (const request of [5, 3, 9, 1]) servers.start(request, 6)
    servers.pass(servers.untilNextNs())
    expect([0, 1, 2, 3, 4].map(() => servers.takeFinished())).toEqual([5, 3, 9, 1, -1])
  })

  it('are done at once with what is no work', () => {
    const servers = new SharedServers(1)
    servers.start(7, 0)
    expect([servers.untilNextNs(), servers.takeFinished(), servers.untilNextNs()]).toEqual([0, 7, Infinity])
  })

  it('with one server are busy exactly as long as the work takes, however it is shared', () => {
    const cases = fc.property(fc.array(fc.integer({ min: 1, max: 2 ** 40 }), { minLength: 1 }), (works) => {
      const total = works.reduce((sum, each) => sum + each, 0)
      const ends = endsOf(
        1,
        works.map((workNs) => ({ atNs: 0, workNs })),
      )
      expect(Math.max(...ends)).toBe(total)
    })
    fc.assert(cases, { seed: 31, numRuns: 200 })
  })

  it('do not depend on how often one looks', () => {
    const cases = fc.property(SERVERS, fc.nat(20), fc.array(fc.nat(1_000)), (serverCount, count, steps) => {
      const [once, often] = [new SharedServers(serverCount), new SharedServers(serverCount)]
      for (let request = 0; request < count; request++) {
        for (const servers of [once, often]) servers.start(request, 100_000)
      }
      for (const stepNs of steps) often.pass(stepNs)
      once.pass(steps.reduce((sum, each) => sum + each, 0))
      expect(often.untilNextNs()).toBe(once.untilNextNs())
    })
    fc.assert(cases, { seed: 32, numRuns: 200 })
  })

  it('stay within a ns a request of shares without rounding', () => {
    const cases = fc.property(SERVERS, arrivals(60, 100), (serverCount, list) => {
      const exact = exactEndsOf(serverCount, list)
      for (const [request, endNs] of endsOf(serverCount, list).entries()) {
        const differenceNs = Number(BigInt(endNs) * DENOMINATOR - exact[request]) / Number(DENOMINATOR)
        expect(Math.abs(differenceNs)).toBeLessThanOrEqual(list.length)
      }
    })
    fc.assert(cases, { seed: 33, numRuns: 500 })
  })

  it('stay exact where work and numbers are large', () => {
    const servers = new SharedServers(7)
    const monthNs = 30 * 24 * 3_600 * 1_000_000_000
    for (let request = 0; request < 1_000; request++) servers.start(request, monthNs / 1_000 + 1)
    // 1,000 requests of monthNs / 1,000 + 1 on seven servers: (monthNs + 1,000) / 7, rounded up.
    expect(servers.untilNextNs()).toBe(370_285_714_285_858)
    servers.pass(monthNs / 10)
    servers.pass(servers.untilNextNs() - 1)
    expect(servers.takeFinished()).toBe(-1)
    servers.pass(1)
    expect(servers.takeFinished()).toBe(0)
  })
})

describe('quotientUp', () => {
  it('rounds up, below zero too', () => {
    expect([quotientUp(7, 2), quotientUp(8, 2), quotientUp(-7, 2), quotientUp(0, 3)]).toEqual([4, 4, -3, 0])
    expect(quotientUp(Number.MAX_SAFE_INTEGER, 2)).toBe(4_503_599_627_370_496)
  })
})

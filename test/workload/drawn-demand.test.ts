import { describe, expect, it } from 'vitest'
import type { Distribution } from '../../src/base/distribution.js'
import { Streams } from '../../src/engine/streams.js'
import { DrawnDemand, gapDistribution } from '../../src/workload/drawn-demand.js'
import { clientsOf, scenario } from '../kubernetes/objects.js'

const SLOTS = [
  { name: 'users/web', distribution: { kind: 'exponential', mean: 5e6 } },
  { name: 'users/web/db', distribution: { kind: 'constant', value: 1e6 } },
] as const

function groupOf(arrivals: object, more: object = {}) {
  return scenario({ clients: [clientsOf('web:80', { arrivals, count: 10, ...more })] }).spec.clients[0]
}

interface Options {
  readonly arrivals?: object
  readonly more?: object
  readonly slots?: readonly { readonly name: string; readonly distribution: Distribution }[]
  readonly streams?: Streams
  readonly count?: number
}

/** The first requests, as time, client and demands. */
function draw({ arrivals, more, slots = SLOTS, streams = new Streams(1, 0), count = 100 }: Options = {}) {
  const source = new DrawnDemand(groupOf(arrivals ?? { rate: '1000/s' }, more), slots, streams)
  return Array.from({ length: count }, () => {
    if (!source.advance()) throw new Error('drawn demand has no end')
    return { timeNs: source.timeNs, client: source.client, demandsNs: [...source.demandsNs] }
  })
}

const gapsOf = (requests: ReturnType<typeof draw>) =>
  requests.map(({ timeNs }, index) => timeNs - (index === 0 ? 0 : requests[index - 1].timeNs))

describe('gaps between requests', () => {
  it.each([
    [{ rate: '400/s' }, { kind: 'exponential', mean: 2_500_000 }],
    [
      { rate: '400/s', process: 'paced' },
      { kind: 'constant', value: 2_500_000 },
    ],
    [
      { rate: '30/m', process: 'paced' },
      { kind: 'constant', value: 2_000_000_000 },
    ],
    [
      { rate: '100/s', gap: { distribution: 'uniform', min: '5ms', max: '15ms' } },
      { kind: 'uniform', min: 5_000_000, max: 15_000_000 },
    ],
  ])('of %j', (arrivals, expected) => {
    expect(gapDistribution(groupOf(arrivals).arrivals)).toEqual(expected)
  })

  it('are all alike where requests are paced, the first after one gap', () => {
    const times = draw({ arrivals: { rate: '1000/s', process: 'paced' }, count: 4 }).map(
      (each) => each.timeNs,
    )
    expect(times).toEqual([1_000_000, 2_000_000, 3_000_000, 4_000_000])
  })

  it('do not drift from the rate where it is no whole number of ns', () => {
    const requests = draw({ arrivals: { rate: '700000/s', process: 'paced' }, count: 7_000 })
    expect(requests.slice(0, 3).map(({ timeNs }) => timeNs)).toEqual([1_429, 2_857, 4_286])
    expect(requests[6_999].timeNs).toBe(10_000_000)
    expect(new Set(gapsOf(requests))).toEqual(new Set([1_428, 1_429]))
  })

  it('of a Poisson process have the mean, the deviation and the share of short ones of an exponential', () => {
    const gaps = gapsOf(draw({ slots: [], count: 20_000 }))
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    const short = gaps.filter((gap) => gap < 100_000).length / gaps.length
    // Standard errors: 1 / √20,000 = 0.7 % of the mean; P(gap < 0.1 mean) = 1 − e^-0.1 = 0.09516
    expect(Math.abs(mean / 1e6 - 1)).toBeLessThan(0.025)
    expect(Math.abs(Math.sqrt(variance) / mean - 1)).toBeLessThan(0.03)
    expect(Math.abs(short - 0.09516)).toBeLessThan(0.0075)
  })

  it('are whole ns, and times never decrease', () => {
    const requests = draw({ arrivals: { rate: '2000000/s' }, count: 5_000 })
    expect(requests.every(({ timeNs }) => Number.isSafeInteger(timeNs))).toBe(true)
    expect(Math.min(...gapsOf(requests))).toBeGreaterThanOrEqual(0)
  })
})

describe('DrawnDemand', () => {
  it('draws every service time in whole ns', () => {
    const requests = draw()
    expect(requests.every(({ demandsNs }) => demandsNs.every(Number.isSafeInteger))).toBe(true)
    expect(new Set(requests.map(({ demandsNs }) => demandsNs[0])).size).toBe(100)
    expect(new Set(requests.map(({ demandsNs }) => demandsNs[1]))).toEqual(new Set([1e6]))
  })

  it('is the same for the same seed and replication, and another for others', () => {
    expect(draw()).toEqual(draw())
    expect(draw({ streams: new Streams(2, 0) })).not.toEqual(draw())
    expect(draw({ streams: new Streams(1, 1) })).not.toEqual(draw())
  })

  it('is independent of other groups, however often they draw', () => {
    const streams = new Streams(1, 0)
    draw({ streams, more: { name: 'others' }, slots: [{ ...SLOTS[0], name: 'others/web' }], count: 57 })
    expect(draw({ streams })).toEqual(draw())
  })

  it('draws times, clients and each service time from streams of their own', () => {
    const base = draw()
    const paced = draw({ arrivals: { rate: '1000/s', process: 'paced' } })
    expect(paced.map(({ client, demandsNs }) => [client, demandsNs])).toEqual(
      base.map(({ client, demandsNs }) => [client, demandsNs]),
    )
    const inTurn = draw({ arrivals: { rate: '1000/s', order: 'inTurn' } })
    expect(inTurn.map(({ timeNs, demandsNs }) => [timeNs, demandsNs])).toEqual(
      base.map(({ timeNs, demandsNs }) => [timeNs, demandsNs]),
    )
    const more = [{ name: 'users/auth', distribution: { kind: 'exponential', mean: 1e6 } } as const, ...SLOTS]
    expect(draw({ slots: more }).map(({ demandsNs }) => demandsNs.slice(1))).toEqual(
      base.map(({ demandsNs }) => demandsNs),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { type Observed, outcomeOf, partsOf } from './observed.js'
import { MS, requestsOf, runShop, US, users, WAY_NS } from './small-shop.js'

/** Requests every 2 ms from 2 ms on. */
const EVERY_2_MS = [users({ arrivals: { rate: '500/s', process: 'paced' } })]

function runSharing(web: object, spec: object = {}): Observed {
  const pods = {
    web: { discipline: 'ps', serviceTime: '4ms', ...web },
    db: { serviceTime: '3ms', servers: 9 },
  }
  return runShop({ pods, clients: EVERY_2_MS, horizon: '7ms', ...spec }, 'db', 'web')
}

describe('a pod whose requests share its servers', () => {
  it('serves a request slower while others are there', () => {
    // At 2, 4 and 6 ms (and the way); the first has 2 ms alone, then half, a third …: 2 + 2 · ½ + … = 4 at 9 ms.
    // The fourth comes at 8 ms, until then the first has 2 + 1 + ⅔; it lacks ⅓, which takes four times as long: 9 ⅓ ms.
    const { requests } = runSharing({}, { horizon: '12ms' })
    expect(requests[0].intendedNs).toBe(2 * MS)
    expect(partsOf(requests[0]).service).toBe(7_333_334)
    expect(requests[0].queueNs).toBe(0)
    expect(requests[0].responseTimeNs).toBe(WAY_NS + 7_333_334)
  })

  it('gives every request a server as long as there are enough', () => {
    const { requests } = runSharing({ servers: 3 }, { horizon: '40ms' })
    expect(
      new Set(requests.filter((each) => outcomeOf(each) === 'completed').map((each) => each.serviceNs)),
    ).toEqual(new Set([4 * MS]))
  })

  it('turns requests away where as many are there as its servers and its queue may hold', () => {
    // 1 server and 1 more place: two come at 2 and 4 ms, the third finds both.
    const { requests, totals } = runSharing({ serviceTime: '10ms', queueCapacity: 1 })
    expect(requests.map((each) => [outcomeOf(each), each.intendedNs / MS])).toEqual([
      ['rejected', 6],
      ['unfinished', 2],
      ['unfinished', 4],
    ])
    expect(totals.pods[1]).toMatchObject({ serverCount: 1, served: 0, rejected: 1 })
  })

  it('lets requests that wait for calls keep their place, but gives their part to others', () => {
    const calls = [{ to: 'db:80' }]
    const observed = runSharing({ serviceTime: '2ms', calls, queueCapacity: 1 }, { horizon: '30ms' })
    const [first, second, third] = requestsOf(observed, 'users').sort((a, b) => a.intendedNs - b.intendedNs)
    // The first works from 2 to 4 ms, just when the second comes, and waits for db until 7.34 ms.
    expect(partsOf(first)).toMatchObject({ service: 2 * MS, downstream: WAY_NS + 3 * MS })
    expect(partsOf(second)).toMatchObject({ service: 2 * MS })
    expect(outcomeOf(third)).toBe('rejected')
  })

  it('slows down with its speed', () => {
    const { requests } = runSharing({ speed: { 0: 0.5 } }, { clients: [users()], horizon: '1500ms' })
    expect(requests[0].serviceNs).toBe(8 * MS)
  })

  it('counts busy servers, and as its queue the requests beyond their number', () => {
    const { totals } = runSharing({ serviceTime: '100ms', servers: 2 }, { horizon: '10ms' })
    // They come at 2, 4, 6 and 8 ms and 330 µs: two servers are busy from the second on, one and two are too many.
    expect(totals.pods[1]).toEqual({
      serverCount: 2,
      served: 0,
      rejected: 0,
      busyAreaNs: (2_000 + 2 * 5_670) * US,
      queueAreaNs: (2_000 + 2 * 1_670) * US,
      hasCpuLimit: false,
      throttledNs: 0,
    })
  })

  it('may be that of the listen backlog: connections ask for one of its places', () => {
    const web = { serviceTime: '100ms', queueCapacity: 1, whenFull: 'dropConnection' }
    const { requests, totals } = runSharing(web, {
      horizon: '250ms',
      clients: [users({ ...EVERY_2_MS[0], timeout: '50ms' })],
    })
    expect(totals.pods[1].rejected).toBe(0)
    expect(new Set(requests.map(outcomeOf))).toEqual(new Set(['timedOut', 'unfinished']))
  })
})

import { describe, expect, it } from 'vitest'
import { type Observed, outcomeOf, partsOf } from './observed.js'
import { MS, requestsOf, runShop, users, WAY_NS, WAY_THERE_NS } from './small-shop.js'

const CALLS = [{ to: 'cart:80' }, { to: 'db:80' }]

function runParallel(spec: object, web: object = {}): Observed {
  const pods = {
    web: { serviceTime: '2ms', calls: CALLS, callOrder: 'parallel', ...web },
    cart: { serviceTime: '3ms' },
    db: { serviceTime: '5ms' },
  }
  return runShop({ pods, ...spec }, 'cart', 'db', 'web')
}

/** The call of `db` takes 5 ms and some, and has 1 ms. */
const IMPATIENT = { calls: [{ to: 'cart:80' }, { to: 'db:80', timeout: '1ms' }] }

describe('calls in parallel', () => {
  it('are made all at once after the own work; the answer waits for the last', () => {
    const observed = runParallel({})
    const calls = requestsOf(observed, 'web')
    expect(calls.map((each) => each.intendedNs)).toEqual(
      new Array(2).fill(1_000 * MS + WAY_THERE_NS + 2 * MS),
    )
    expect(partsOf(requestsOf(observed, 'users')[0])).toMatchObject({
      service: 2 * MS,
      downstream: WAY_NS + 5 * MS,
    })
  })

  it('take as long as one where they are equal', () => {
    const { requests } = runParallel({}, { calls: new Array(4).fill({ to: 'db:80' }) })
    // One server of db: the last of the four waits for three others.
    expect(requests.at(-1)?.downstreamNs).toBe(WAY_NS + 4 * 5 * MS)
  })

  it('hold the server until the last has ended', () => {
    const clients = [users({ arrivals: { rate: '1000/s', process: 'paced' } })]
    const observed = runParallel({ clients, horizon: '25ms' })
    // 2 ms of its own and 5.34 ms of db each: the second waits for all but the 1 ms that it came later.
    expect(
      requestsOf(observed, 'users')
        .slice(0, 2)
        .map((each) => each.queueNs),
    ).toEqual([0, 2 * MS + WAY_NS + 5 * MS - 1 * MS])
  })

  it('fail the request at once when the first fails, and once', () => {
    const observed = runParallel({}, IMPATIENT)
    const ends = observed.requests.map((each) => [
      observed.world.graph.sites[each.call].service.name,
      outcomeOf(each),
    ])
    expect(ends).toEqual([
      ['db', 'timedOut'],
      ['web', 'rejected'],
      ['cart', 'completed'],
    ])
    const [ofUsers] = requestsOf(observed, 'users')
    expect([ofUsers.downstreamNs, ofUsers.responseTimeNs]).toEqual([1 * MS, WAY_NS + 2 * MS + 1 * MS])
    expect(observed.totals.pods.map((pod) => pod.served)).toEqual([1, 1, 1])
  })

  it('fail the request once where all of them fail', () => {
    const calls = new Array(3).fill({ to: 'db:80', timeout: '1ms' })
    const observed = runParallel({}, { calls })
    expect(requestsOf(observed, 'web').map(outcomeOf)).toEqual(new Array(3).fill('timedOut'))
    expect(requestsOf(observed, 'users').map(outcomeOf)).toEqual(['rejected'])
  })

  it('that go on after a failure let go of the request when they have ended', () => {
    const clients = [users({ arrivals: { rate: '100/s', process: 'paced' } })]
    const before = runParallel({ clients, horizon: '14ms' }, IMPATIENT)
    // web has answered and the answer has arrived, while cart still works for it.
    expect(requestsOf(before, 'users').map(outcomeOf)).toEqual(['rejected'])
    expect(before.world.requests.openCount).toBe(3)
    const after = runParallel({ clients, horizon: '19ms' }, IMPATIENT)
    expect(after.world.requests.openCount).toBe(0)
  })

  it('are made for requests that nobody waits for any more', () => {
    const observed = runParallel({ clients: [users({ timeout: '1ms' })] })
    expect(requestsOf(observed, 'web').map(outcomeOf)).toEqual(['completed', 'completed'])
    expect(observed.world.requests.openCount).toBe(0)
  })

  it('use connections of their own, kept for the next request', () => {
    const calls = new Array(3).fill({ to: 'db:80', connection: 'keepAlive' })
    const observed = runParallel({ horizon: '3500ms' }, { calls })
    const ofWeb = observed.connections.filter(
      (each) => observed.world.graph.sites[each.call].caller === 'web',
    )
    expect(ofWeb).toHaveLength(3)
    expect(requestsOf(observed, 'web')).toHaveLength(9)
  })
})

/** Pools of connections and retries of callers, by hand, on a world where packets cost nothing and links are short. */
import { describe, expect, it } from 'vitest'
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, outcomeCounts, outcomeOf, partsOf, run } from './observed.js'

const MS = 1_000_000
const WEB = { workloads: [workload('web', { replicas: 4 })], services: [service('web')] }
const SPEC = {
  warmUp: '0s',
  horizon: '4050ms',
  cluster: { nodes: nodes('a') },
  pods: { web: { servers: 50, serviceTime: '100ms' } },
  costs: { preset: 'none' },
  dns: { lookupTime: '0s' },
}
const users = (more: object = {}) =>
  clientsOf('web:80', { nodes: ['a'], count: 1, arrivals: { rate: '20/s', process: 'paced' }, ...more })

function runWith(client: object, more: object = {}, objects: object = WEB): Observed {
  return run(objects, { ...SPEC, ...more, clients: [users(client)] })
}

function podsUsed({ connections }: Observed): number {
  return new Set(connections.map(({ pod }) => pod)).size
}

describe('keepAlive', () => {
  it('opens as many connections as requests are under way at once', () => {
    expect(runWith({ connection: 'keepAlive' }).connections).toHaveLength(3)
  })

  it('lets requests wait where the pool is full, and counts that as connecting', () => {
    const { connections, requests } = runWith({ connection: 'keepAlive', pool: { size: 1 } })
    expect(connections).toHaveLength(1)
    const completed = requests.filter((record) => outcomeOf(record) === 'completed')
    // One after another, each 100 ms: half of those that came.
    expect(completed.length).toBe(39)
    expect(partsOf(completed[20])).toMatchObject({ service: 100 * MS })
    expect(completed[20].connectNs).toBeGreaterThan(900 * MS)
  })

  it('takes the connection used last, or the one used first', () => {
    const busy = { connection: 'keepAlive', arrivals: { rate: '40/s', process: 'paced' } }
    const reused = (reuse: string) => {
      const { requests } = runWith({ ...busy, pool: { reuse } })
      return new Set(requests.slice(-20).map(({ pod }) => pod)).size
    }
    expect(reused('firstInFirstOut')).toBeGreaterThanOrEqual(reused('lastInFirstOut'))
  })

  it('closes idle connections when their time is over', () => {
    const rare = { connection: 'keepAlive', arrivals: { rate: '1/s', process: 'paced' } }
    expect(runWith({ ...rare, pool: { idleTimeout: '2s' } }).connections).toHaveLength(1)
    const short = runWith({ ...rare, pool: { idleTimeout: '500ms' } })
    expect(short.connections).toHaveLength(4)
    expect(short.world.connections.openCount).toBe(1)
  })

  it('uses no connection that is too old', () => {
    const rare = { connection: 'keepAlive', arrivals: { rate: '4/s', process: 'paced' } }
    expect(runWith({ ...rare, pool: { maxAge: '1s' } }).connections).toHaveLength(4)
  })
})

describe('multiplexed', () => {
  it('sends all requests over one connection, to one pod', () => {
    const observed = runWith({ connection: 'multiplexed' })
    expect(observed.connections).toHaveLength(1)
    expect(outcomeCounts(observed.requests)).toEqual({ completed: 78, unfinished: 2 })
  })

  it('lets those that come while it opens wait for it', () => {
    const links = { sameNode: '60ms' }
    const { requests, connections } = runWith({ connection: 'multiplexed' }, { links })
    expect(connections).toHaveLength(1)
    // The first came at 50 ms: 60 ms there and 60 back; the second at 100 ms waits for the rest of it.
    expect(requests[0].connectNs).toBe(120 * MS)
    expect(requests[1].connectNs).toBe(70 * MS)
  })

  it('opens more connections where it may, and spreads over them', () => {
    const observed = runWith({ connection: 'multiplexed', pool: { size: 8 } })
    expect(observed.connections.length).toBe(3)
    expect(podsUsed(observed)).toBeGreaterThan(1)
  })

  it('lets requests wait where every stream is taken', () => {
    const observed = runWith({ connection: 'multiplexed', pool: { maxStreams: 1 } })
    expect(observed.connections).toHaveLength(1)
    expect(outcomeCounts(observed.requests).completed).toBe(39)
  })

  it('keeps the connection when one request gives up', () => {
    const observed = runWith({ connection: 'multiplexed', timeout: '90ms' })
    expect(outcomeCounts(observed.requests).completed).toBe(undefined)
    expect(observed.connections).toHaveLength(1)
  })

  it('moves to another connection after its maximum of requests', () => {
    expect(runWith({ connection: 'multiplexed', maxRequests: 20 }).connections).toHaveLength(4)
  })
})

describe('retries', () => {
  /** The first pod rejects everything: it has one server that is never free. */
  const full = { servers: 1, queueCapacity: 0, serviceTime: '1s' }
  const once = { arrivals: { rate: '4/s', process: 'paced' } }

  it('are attempts of the same request, made until one succeeds or patience ends', () => {
    const retry = { attempts: 10, on: ['rejected'], backoff: '100ms', maxBackoff: '100ms', budget: 10 }
    const { requests } = runWith({ ...once, retry, timeout: '900ms' }, { pods: { web: full } })
    expect(new Set(requests.map(({ intendedNs }) => intendedNs)).size).toBe(requests.length)
    const retried = requests.filter(({ attempts }) => attempts > 1)
    expect(retried.length).toBeGreaterThan(0)
    for (const record of retried) expect(record.retryNs).toBeGreaterThanOrEqual(50 * MS)
  })

  it('stop when the budget is used up', () => {
    const retry = { attempts: 100, on: ['rejected'], backoff: '1ms', maxBackoff: '1ms', budget: 0 }
    const { requests } = runWith({ ...once, retry }, { pods: { web: { ...full, serviceTime: '10s' } } })
    const attempts = requests.reduce((sum, record) => sum + record.attempts, 0)
    // Ten at once, and none after.
    expect(attempts - requests.length).toBe(10)
  })

  it('give an attempt a time-out of its own', () => {
    const retry = { attempts: 3, on: ['timedOut'], attemptTimeout: '200ms', backoff: '0s', budget: 10 }
    const slow = { ...full, queueCapacity: 100 }
    const { requests } = runWith({ ...once, retry, timeout: '10s' }, { pods: { web: slow } })
    const [first] = requests
    expect([outcomeOf(first), first.responseTimeNs, first.attempts]).toEqual(['timedOut', 600 * MS, 3])
  })

  it('are left out after outcomes that are not named', () => {
    const retry = { attempts: 5, on: ['refused'] }
    const { requests } = runWith({ ...once, retry }, { pods: { web: full } })
    expect(requests.every(({ attempts }) => attempts === 1)).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { clientsOf, nodes, service, workload } from '../kubernetes/objects.js'
import { type Observed, outcomeOf, partsOf, run } from './observed.js'

const US = 1_000
const MS = 1_000_000
/** What a call or a request within the node costs beside service: a name, and the way of 10 µs four times. */
const WAY_US = 340

const SPEC = {
  warmUp: '0s',
  horizon: '1500ms',
  cluster: { nodes: nodes('a') },
  costs: { preset: 'none' },
}
const users = (more: object = {}) =>
  clientsOf('web:80', { arrivals: { rate: '1/s', process: 'paced' }, ...more })

function runWith(spec: object, ...names: readonly string[]): Observed {
  const objects = {
    workloads: names.map((name) => workload(name)),
    services: names.map((name) => service(name)),
  }
  return run(objects, { ...SPEC, clients: [users()], ...spec })
}

/** `caller>service` with the response time in µs, in the order of their ends. */
function endsOf({ requests, world }: Observed): [string, number][] {
  return requests.map(({ call, responseTimeNs }) => {
    const { caller, service: called } = world.graph.sites[call]
    return [`${caller}>${called.name}`, responseTimeNs / US]
  })
}

describe('a pod', () => {
  it('makes its calls one after another, after its own work', () => {
    const pods = {
      web: { serviceTime: '2ms', calls: [{ to: 'cart:80' }, { to: 'db:80' }] },
      cart: { serviceTime: '3ms' },
      db: { serviceTime: '5ms' },
    }
    const observed = runWith({ pods }, 'cart', 'db', 'web')
    expect(endsOf(observed)).toEqual([
      ['web>cart', WAY_US + 3_000],
      ['web>db', WAY_US + 5_000],
      ['users>web', WAY_US + 2_000 + (WAY_US + 3_000) + (WAY_US + 5_000)],
    ])
    expect(partsOf(observed.requests[2])).toMatchObject({
      service: 2 * MS,
      downstream: (2 * WAY_US + 8_000) * US,
    })
    expect(observed.requests.map((each) => each.intendedNs - 1_000 * MS)).toEqual([
      (WAY_US - 10 + 2_000) * US,
      (WAY_US - 10 + 2_000 + WAY_US + 3_000) * US,
      0,
    ])
  })

  it('makes calls of calls', () => {
    const pods = {
      web: { serviceTime: '1ms', calls: [{ to: 'cart:80' }] },
      cart: { serviceTime: '1ms', calls: [{ to: 'db:80' }] },
      db: { serviceTime: '1ms' },
    }
    expect(endsOf(runWith({ pods }, 'cart', 'db', 'web'))).toEqual([
      ['cart>db', WAY_US + 1_000],
      ['web>cart', 2 * (WAY_US + 1_000)],
      ['users>web', 3 * (WAY_US + 1_000)],
    ])
  })

  it('keeps connections of its calls for its next calls', () => {
    const pods = {
      web: { serviceTime: '1ms', calls: [{ to: 'db:80', connection: 'keepAlive' }] },
      db: { serviceTime: '1ms' },
    }
    const observed = runWith({ pods, horizon: '3500ms' }, 'db', 'web')
    const calls = endsOf(observed).filter(([name]) => name === 'web>db')
    expect(calls.map(([, timeUs]) => timeUs)).toEqual([WAY_US + 1_000, 1_020, 1_020])
  })

  it('holds its server until its calls have ended', () => {
    const pods = {
      web: { serviceTime: '1ms', calls: [{ to: 'db:80' }] },
      db: { serviceTime: '3ms', servers: 9 },
    }
    // Two arrive 1 ms apart; the first holds the server for 1 + 3.34 ms, the second waits for 3.34 of them.
    const clients = [users({ arrivals: { rate: '1000/s', process: 'paced' } })]
    const { requests, world } = runWith({ pods, clients, horizon: '12ms' }, 'db', 'web')
    const ofUsers = requests.filter((each) => world.graph.sites[each.call].caller === 'users')
    expect(ofUsers.slice(0, 2).map((each) => [each.queueNs / US, each.downstreamNs / US])).toEqual([
      [0, 3_340],
      [3_340, 3_340],
    ])
  })

  it('makes no further call after one that failed', () => {
    const pods = {
      web: { serviceTime: '1ms', calls: [{ to: 'gone:80' }, { to: 'db:80' }] },
      db: { serviceTime: '1ms' },
    }
    const objects = {
      workloads: ['db', 'web'].map((name) => workload(name)),
      services: ['db', 'gone', 'web'].map((name) => service(name)),
    }
    const observed = run(objects, { ...SPEC, horizon: '2100ms', pods, clients: [users()] })
    expect(observed.requests.map(outcomeOf).slice(0, 2)).toEqual(['refused', 'rejected'])
    expect(observed.totals.pods.map((pod) => pod.served)).toEqual([0, 1])
  })

  it('that is slower takes longer for the same demand', () => {
    const spec = (speed: object) => ({ pods: { web: { serviceTime: '4ms', speed } } })
    const serviceOf = (speed: object) => runWith(spec(speed), 'web').requests[0].serviceNs
    expect([serviceOf({}), serviceOf({ 0: 0.25 }), serviceOf({ 0: 7 })]).toEqual([4 * MS, 16 * MS, 571_429])
  })

  it('works on requests that nobody waits for any more, and makes their calls', () => {
    const pods = {
      web: { serviceTime: '10ms', calls: [{ to: 'db:80' }] },
      db: { serviceTime: '1ms' },
    }
    const observed = runWith({ pods, clients: [users({ timeout: '5ms' })] }, 'db', 'web')
    expect(endsOf(observed)).toEqual([
      ['users>web', 5_000],
      ['web>db', WAY_US + 1_000],
    ])
    expect(observed.totals.pods.map((pod) => pod.served)).toEqual([1, 1])
    expect(observed.world.requests.openCount).toBe(0)
  })
})

describe('demand', () => {
  it('is the same however many pods meet it, and whichever way requests come', () => {
    const spec = {
      horizon: '2s',
      pods: { web: { servers: 9, calls: [{ to: 'db:80' }, { to: 'db:80' }] }, db: { servers: 9 } },
    }
    const demandOf = (replicas: number, clients: object) => {
      const { requests, world } = run(
        {
          workloads: [workload('db', { replicas }), workload('web', { replicas })],
          services: [service('db'), service('web', { type: 'NodePort' })],
        },
        { ...SPEC, ...spec, clients: [users({ arrivals: { rate: '100/s' }, ...clients })] },
      )
      const roots = requests.filter((each) => world.graph.sites[each.call].caller === 'users')
      return roots
        .filter((each) => outcomeOf(each) === 'completed' && each.intendedNs < 1_900 * MS)
        .map(({ client, intendedNs, serviceNs }) => [intendedNs, client, serviceNs])
        .sort(([a], [b]) => a - b)
    }
    const one = demandOf(1, { location: 'inside' })
    expect(one.length).toBeGreaterThan(150)
    expect(demandOf(5, { location: 'inside' })).toEqual(one)
    expect(demandOf(5, { location: 'outside', entryPolicy: 'random', connection: 'keepAlive' })).toEqual(one)
  })
})

describe('the window', () => {
  it('holds the requests intended from the end of the warm-up on, and all connections', () => {
    const clients = [users({ arrivals: { rate: '1/s', process: 'paced' } })]
    const { requests, connections } = runWith({ warmUp: '2s', horizon: '4500ms', clients }, 'web')
    expect(requests.map((each) => each.intendedNs / MS)).toEqual([2_000, 3_000, 4_000])
    expect(connections.map((each) => each.intendedNs / MS)).toEqual([1_000, 2_000, 3_000, 4_000])
  })

  it('counts served requests, areas and packets from the end of the warm-up', () => {
    const pods = { web: { serviceTime: '1500ms', servers: 2 } }
    // Served from 1 to 2.5 s and so on, all 330 µs later: from 2 to 4.5 s, 0.50033 + 1.5 + 1.49967 + 0.49967 s.
    const { totals } = runWith({ pods, warmUp: '2s', horizon: '4500ms' }, 'web')
    expect(totals.windowNs).toBe(2_500 * MS)
    expect(totals.pods).toEqual([
      {
        serverCount: 2,
        served: 2,
        rejected: 0,
        queueAreaNs: 0,
        busyAreaNs: 3_999_670 * US,
        hasCpuLimit: false,
        throttledNs: 0,
      },
    ])
    expect(totals.nodes[0]).toMatchObject({ firstPackets: 3, processorCount: 2, busyNs: 0 })
  })
})

import { describe, expect, it } from 'vitest'
import { clientsOf, nodes, service, servicePort, workload } from '../../kubernetes/objects.js'
import { outcomeCounts, outcomeOf, partsOf, run } from '../observed.js'

/** As in paths.test.ts: 10 ms from outside, 150 µs within a zone, 500 µs between zones, 10 µs within a node. */
const US = 1_000
const MS = 1_000_000
const S = 1_000 * MS

interface Scene {
  readonly balancer?: object
  readonly clients?: object
  readonly service?: Parameters<typeof service>[1]
  readonly podsOn?: readonly string[]
  readonly nodes?: readonly string[]
  readonly serviceTime?: string
  readonly horizon?: string
  readonly spec?: object
}

/** One machine in front of pods of a Service on the nodes that are named; packets and rules cost nothing. */
function runProxy(scene: Scene = {}) {
  const podsOn = scene.podsOn ?? ['a']
  return run(
    {
      workloads: [workload('web', { replicas: podsOn.length })],
      services: [service('web', { type: 'LoadBalancer', ports: [servicePort(80)], ...scene.service })],
    },
    {
      warmUp: '0s',
      horizon: scene.horizon ?? '1s',
      cluster: {
        nodes: nodes(...(scene.nodes ?? ['a/zone-1'])),
        ...(podsOn.length === 0 ? {} : { placement: { web: podsOn } }),
      },
      pods: { web: { serviceTime: scene.serviceTime ?? '2ms', servers: 100 } },
      loadBalancers: { web: { preset: 'aws-alb', balancerNodes: 'one', ...scene.balancer } },
      costs: { preset: 'none' },
      clients: [
        clientsOf('web:80', {
          location: 'outside',
          count: 1,
          arrivals: { rate: '10/s', process: 'paced' },
          ...scene.clients,
        }),
      ],
      ...scene.spec,
    },
  )
}

describe('a load balancer at which connections end', () => {
  it('opens a connection of its own for the request: both ways in, one after the other', () => {
    const { requests } = runProxy({ balancer: { connection: 'perRequest' } })
    expect(partsOf(requests[0])).toEqual({
      connect: 2 * 10 * MS + 2 * 160 * US,
      network: 2 * 10 * MS + 2 * 160 * US,
      service: 2 * MS,
    })
    expect(requests[0].responseTimeNs).toBe(42_640 * US)
  })

  it('does the same in a cluster of IPv6', () => {
    const cluster = { ipFamily: 'IPv6', nodes: nodes('a/zone-1'), placement: { web: ['a'] } }
    const { requests } = runProxy({ spec: { cluster } })
    expect(requests[0].responseTimeNs).toBe(42_640 * US)
  })

  it('goes straight to pods where these are its targets', () => {
    const { requests } = runProxy({ balancer: { targets: 'pods' } })
    expect(requests[0].responseTimeNs).toBe(42_640 * US)
  })

  it('uses a connection to a target again, for a request of anybody', () => {
    const { requests, connections } = runProxy({ clients: { count: 5 } })
    expect(requests).toHaveLength(9)
    expect(connections).toHaveLength(1)
    expect(partsOf(requests[1])).toEqual({ connect: 20 * MS, network: 20 * MS + 320 * US, service: 2 * MS })
  })

  it('keeps the connection of a client, too, if that does', () => {
    const { requests, connections } = runProxy({ clients: { connection: 'keepAlive' } })
    expect(connections).toHaveLength(1)
    expect(partsOf(requests[1])).toEqual({ network: 20 * MS + 320 * US, service: 2 * MS })
  })

  it('opens more where requests come together, and closes them when they have been idle for long', () => {
    const busy = runProxy({
      clients: { count: 50, arrivals: { rate: '50/s', process: 'paced' } },
      serviceTime: '100ms',
      balancer: { idleTimeout: '1s' },
      horizon: '9s',
      spec: { workload: undefined },
    })
    expect(busy.connections.length).toBeGreaterThan(4)
    expect(busy.connections.length).toBeLessThan(10)
  })

  it('chooses a target for each request, not for each connection of a client', () => {
    const { requests } = runProxy({
      balancer: { targets: 'pods' },
      podsOn: ['a', 'a', 'a'],
      clients: { connection: 'keepAlive' },
    })
    expect(requests.map(({ pod }) => pod)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2])
  })

  it('shows pods its own address: clients of one machine stick to one pod of a node with session affinity', () => {
    const podsOf = (balancer: object) => {
      const { requests } = runProxy({
        balancer: { connection: 'perRequest', ...balancer },
        podsOn: ['a', 'a', 'a', 'a'],
        service: { sessionAffinity: 'ClientIP' },
        clients: { count: 40, arrivals: { rate: '100/s', process: 'paced' } },
      })
      return new Set(requests.filter(({ pod }) => pod >= 0).map(({ pod }) => pod)).size
    }
    expect(podsOf({})).toBe(1)
    expect(podsOf({ mode: 'passThrough', preservesSource: true })).toBe(4)
    expect(podsOf({ mode: 'passThrough', preservesSource: false })).toBe(1)
  })

  it('answers with an error at once where it has no target', () => {
    const { requests, connections } = runProxy({ podsOn: [], balancer: { targets: 'pods' } })
    expect(outcomeCounts(requests)).toEqual({ rejected: 9 })
    expect(requests[0].responseTimeNs).toBe(40 * MS)
    expect(connections).toEqual([])
  })

  it('answers with an error where the node refuses', () => {
    const { requests } = runProxy({ podsOn: [] })
    expect(outcomeOf(requests[0])).toBe('rejected')
    expect([requests[0].pod, requests[0].responseTimeNs]).toEqual([-1, 40 * MS + 300 * US])
  })

  it('answers with an error where a target does not answer in time', () => {
    const { requests } = runProxy({
      podsOn: ['b'],
      nodes: ['a/zone-1', 'b/zone-1'],
      service: { externalTrafficPolicy: 'Local' },
      balancer: { healthCheck: { by: 'kubeProxy' }, connectTimeout: '4s' },
      clients: { arrivals: { rate: '1/s', process: 'paced' }, timeout: '20s' },
      horizon: '12s',
    })
    // Node a drops first packets for the Service; node b, the next in turn, has the pod.
    expect(
      requests.filter((each) => outcomeOf(each) === 'rejected').map((each) => each.responseTimeNs),
    ).toEqual(Array.from({ length: 4 }, () => 4 * S + 40 * MS))
    expect(requests.filter((each) => outcomeOf(each) === 'completed')).toHaveLength(5)
  })

  it('hands on the error of a pod that is full', () => {
    const { requests } = runProxy({
      serviceTime: '2s',
      spec: { pods: { web: { servers: 1, queueCapacity: 0, serviceTime: '2s' } } },
    })
    expect(outcomeCounts(requests).rejected).toBe(8)
    expect(requests.find((each) => outcomeOf(each) === 'rejected')?.pod).toBe(0)
  })

  it('lets go of the target when the client gives up', () => {
    const { requests, world } = runProxy({
      serviceTime: '500ms',
      clients: { timeout: '100ms' },
      horizon: '3s',
      balancer: { connection: 'keepAlive' },
    })
    expect(outcomeCounts(requests)).toEqual({ timedOut: 29 })
    const tracked = world.nodes.map((node) => node.connections.table.entryCount)
    expect(tracked).toEqual([0])
  })

  it('counts requests as long as they are open, for the algorithm that goes by that', () => {
    const { requests } = runProxy({
      podsOn: ['a', 'a'],
      balancer: { targets: 'pods', algorithm: 'leastConnections' },
      clients: { count: 10, arrivals: { rate: '100/s', process: 'paced' } },
      spec: { pods: { web: { servers: 1, serviceTime: '5ms', speed: { 0: 0.01 } } } },
    })
    const counts = [0, 1].map((pod) => requests.filter((each) => each.pod === pod).length)
    expect(counts[0]).toBeLessThan(15)
    expect(counts[1]).toBeGreaterThan(70)
  })
})

describe('machines in zones', () => {
  const zones = {
    nodes: ['a/zone-1', 'b/zone-2'],
    podsOn: ['a', 'b', 'b'],
    clients: { count: 10, arrivals: { rate: '200/s', process: 'paced', order: 'inTurn' } },
  }
  /** Requests that reached each pod. */
  const counts = (balancer: object) => {
    const { requests } = runProxy({ ...zones, balancer: { targets: 'pods', ...balancer } })
    return [0, 1, 2].map((pod) => requests.filter((each) => each.pod === pod).length)
  }

  it('share clients, and their own zone only with them, without cross-zone balancing', () => {
    expect(counts({ balancerNodes: 'perZone', crossZone: false })).toEqual([97, 49, 48])
  })

  it('share all targets with it, each machine taking its turns', () => {
    expect(counts({ balancerNodes: 'perZone', crossZone: true })).toEqual([66, 64, 64])
  })
})

import { describe, expect, it } from 'vitest'
import type { OutcomeName } from '../../src/model/records.js'
import {
  clientsOf,
  endpoint,
  endpointSlice,
  nodes,
  service,
  servicePort,
  withPorts,
  workload,
} from '../kubernetes/objects.js'
import { type Observed, outcomeOf, partsOf, run } from './observed.js'

/** One request a second from the first second on; packets cost nothing; the pod takes 2 ms. */
const SPEC = {
  warmUp: '0s',
  horizon: '1500ms',
  cluster: { nodes: nodes('a', 'b'), placement: { web: ['a'] } },
  pods: { web: { serviceTime: '2ms' } },
  costs: { preset: 'none' },
}
const once = { rate: '1/s', process: 'paced' }
const users = (more: object = {}) => clientsOf('web:80', { nodes: ['a'], arrivals: once, ...more })
/** Without the workload that would be placed. */
const EMPTY = { cluster: { nodes: nodes('a', 'b') }, pods: {} }
const web = { workloads: [workload('web')], services: [service('web')] }
const MS = 1_000_000
const US = 1_000

function runWith(objects: Parameters<typeof run>[0], spec: object): Observed {
  return run(objects, { ...SPEC, ...spec })
}

/** Outcome and response time of every request. */
function endsOf({ requests }: Observed): [OutcomeName, number][] {
  return requests.map((record) => [outcomeOf(record), record.responseTimeNs])
}

describe('completed', () => {
  it('is a request whose answer came back', () => {
    expect(endsOf(runWith(web, { clients: [users()] }))).toEqual([['completed', 2_340 * US]])
  })

  it('is a request whose answer comes back just as its time is out', () => {
    expect(endsOf(runWith(web, { clients: [users({ timeout: '2340us' })] }))).toEqual([
      ['completed', 2_340 * US],
    ])
    expect(endsOf(runWith(web, { clients: [users({ timeout: '2339us' })] }))).toEqual([
      ['timedOut', 2_339 * US],
    ])
  })
})

describe('refused', () => {
  it('is a connection to a Service without endpoints: a pod hears of the REJECT when it repeats its first packet', () => {
    const spec = { ...EMPTY, horizon: '2100ms', clients: [users()] }
    const { requests } = runWith({ services: web.services }, spec)
    expect(requests.map(outcomeOf)).toEqual(['refused', 'unfinished'])
    expect([requests[0].responseTimeNs, requests[0].pod]).toEqual([1_020_300 * US, -1])
  })

  it('is told to an address six times at once, then once a second; others repeat their first packet', () => {
    const services = [service('web', { type: 'NodePort' })]
    const client = users({
      location: 'outside',
      nodes: [],
      count: 1,
      arrivals: { rate: '20/s', process: 'paced' },
    })
    const spec = { ...EMPTY, warmUp: '0s', horizon: '1100ms', clients: [client] }
    const soon = endsOf(runWith({ services }, spec)).filter(([, ns]) => ns === 20 * MS)
    // Twenty-one in 1.05 seconds: six at once, and one more a second later.
    expect(soon).toHaveLength(7)
  })

  it('is a connection from outside to a node port without endpoints: the news goes back over the link', () => {
    const services = [service('web', { type: 'NodePort' })]
    const clients = [users({ location: 'outside', nodes: [] })]
    expect(endsOf(runWith({ services }, { ...EMPTY, clients }))).toEqual([['refused', 20 * MS]])
  })

  it('is a connection to a closed port of a node', () => {
    const services = [service('web', { selector: undefined })]
    const slice = (address: string) => ({
      services,
      endpointSlices: [endpointSlice('web', { endpoints: [endpoint(address)] })],
    })
    const own = runWith(slice('192.168.0.2'), { ...EMPTY, clients: [users()] })
    const other = runWith(slice('192.168.0.3'), { ...EMPTY, clients: [users()] })
    expect(endsOf(own)).toEqual([['refused', 300 * US]])
    expect(endsOf(other)).toEqual([['refused', 600 * US]])
  })

  it('is a connection for which the load balancer has no healthy node', () => {
    const services = [service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local' })]
    const clients = [users({ location: 'outside', nodes: [] })]
    expect(endsOf(runWith({ services }, { ...EMPTY, clients }))).toEqual([['refused', 20 * MS]])
  })
})

describe('timedOut', () => {
  it('is a connection to a node without pods of the Service under externalTrafficPolicy Local: DROP', () => {
    const services = [service('web', { type: 'NodePort', externalTrafficPolicy: 'Local' })]
    const spec = (entryNode: string) => ({
      clients: [users({ location: 'outside', nodes: [], entryNodes: [entryNode], timeout: '100ms' })],
    })
    const objects = { workloads: web.workloads, services }
    expect(endsOf(runWith(objects, spec('a')))).toEqual([['completed', 42_040 * US]])
    const dropped = runWith(objects, spec('b'))
    expect(endsOf(dropped)).toEqual([['timedOut', 100 * MS]])
    expect(partsOf(dropped.requests[0])).toEqual({})
  })

  it('is a connection by ClusterIP from a node without pods of the Service under internalTrafficPolicy Local', () => {
    const services = [service('web', { internalTrafficPolicy: 'Local' })]
    const objects = { workloads: web.workloads, services }
    const clientsOn = (node: string) => ({ clients: [users({ nodes: [node], timeout: '100ms' })] })
    expect(endsOf(runWith(objects, clientsOn('a')))).toEqual([['completed', 2_340 * US]])
    expect(endsOf(runWith(objects, clientsOn('b')))).toEqual([['timedOut', 100 * MS]])
  })

  it.each([
    { podOn: 'c', outcome: 'completed' },
    { podOn: 'd', outcome: 'timedOut' },
  ])(
    'is a connection that would pass a fourth node: $outcome with the pod on $podOn',
    ({ podOn, outcome }) => {
      // From a to b by its node port 30081, there on to c by its node port 30080, there on to the pod.
      const hop = { selector: undefined, ports: [servicePort(80, { nodePort: 30_081 })] }
      const objects = {
        workloads: web.workloads,
        services: [
          service('hop', { type: 'NodePort', ...hop }),
          service('web', { type: 'NodePort', ports: [servicePort(80, { nodePort: 30_080 })] }),
        ],
        endpointSlices: [
          endpointSlice('hop', {
            endpoints: [endpoint('192.168.0.4')],
            ports: [{ name: '', protocol: 'TCP', port: 30_080 }],
          }),
        ],
      }
      const cluster = { nodes: nodes('a', 'b', 'c', 'd'), placement: { web: [podOn] } }
      const clients = [users({ to: 'hop:80', via: 'nodePort', entryNodes: ['b'], timeout: '100ms' })]
      const { requests, totals } = runWith(objects, { cluster, clients })
      expect(requests.map(outcomeOf)).toEqual([outcome])
      expect(totals.nodes.map((node) => node.firstPackets)).toEqual([1, 1, 1, 0])
    },
  )

  it('is a connection to an address that nobody has', () => {
    const objects = {
      services: [service('web', { selector: undefined })],
      endpointSlices: [endpointSlice('web', { endpoints: [endpoint('172.16.0.1')] })],
    }
    expect(endsOf(runWith(objects, { ...EMPTY, clients: [users({ timeout: '50ms' })] }))).toEqual([
      ['timedOut', 50 * MS],
    ])
  })

  it.each([
    { where: 'the name is being resolved', timeout: '299us', timeoutNs: 299 * US, dnsNs: 0 },
    { where: 'the first packet is under way', timeout: '301us', timeoutNs: 301 * US, dnsNs: 300 * US },
  ])('is a request whose time runs out while $where', ({ timeout, timeoutNs, dnsNs }) => {
    const cluster = { ...SPEC.cluster, placement: { web: ['b'] } }
    const { requests, connections } = runWith(web, { cluster, clients: [users({ timeout })] })
    expect(requests.map(outcomeOf)).toEqual(['timedOut'])
    expect(requests[0]).toMatchObject({ responseTimeNs: timeoutNs, dnsNs, pod: -1 })
    expect(connections).toEqual([])
  })

  it('is a request whose time runs out while it waits for a server, which serves it all the same', () => {
    const spec = {
      horizon: '1200ms',
      pods: { web: { serviceTime: '15ms' } },
      clients: [users({ timeout: '20ms', arrivals: { rate: '100/s', process: 'paced' } })],
    }
    const { requests, totals } = runWith(web, spec)
    // A request comes every 10 ms and is served for 15: the first waits 0, the second 5 and is too late by 340 µs.
    expect(requests.slice(0, 3).map(outcomeOf)).toEqual(['completed', 'timedOut', 'timedOut'])
    expect(requests.slice(1, 3).map((each) => each.responseTimeNs)).toEqual([20 * MS, 20 * MS])
    expect(totals.pods[0].served).toBe(79)
  })

  it('ends a call of a pod, which then answers with an error', () => {
    const objects = {
      workloads: [workload('db'), workload('web')],
      services: [service('db'), service('web')],
    }
    const pods = {
      web: { serviceTime: '2ms', calls: [{ to: 'db:80', timeout: '5ms' }] },
      db: { serviceTime: '1s' },
    }
    const cluster = { nodes: nodes('a'), placement: {} }
    const ends = endsOf(runWith(objects, { pods, cluster, clients: [users()] }))
    expect(ends).toEqual([
      ['timedOut', 5 * MS],
      ['rejected', 7_340 * US],
    ])
  })
})

describe('reset', () => {
  it('can not happen yet: pods do not go away', () => {
    const spec = { clients: [users({ arrivals: { rate: '200/s' } })], horizon: '3s' }
    expect(runWith(web, spec).requests.map(outcomeOf)).not.toContain('reset')
  })
})

describe('rejected', () => {
  it('is a request that finds the queue of its pod full', () => {
    const spec = {
      horizon: '1035ms',
      pods: { web: { serviceTime: '100ms', queueCapacity: 1 } },
      clients: [users({ timeout: '10s', arrivals: { rate: '100/s', process: 'paced' } })],
    }
    const { requests, totals } = runWith(web, spec)
    // One is served, one waits; the third, 20 ms later, is told no at once, 340 µs after it was wanted.
    const rejected = requests.filter((each) => outcomeOf(each) === 'rejected')
    expect(rejected[0]).toMatchObject({ intendedNs: 30 * MS, responseTimeNs: 340 * US, pod: 0, queueNs: 0 })
    expect(totals.pods[0].rejected).toBe(rejected.length)
  })

  it('is a request of which a call failed', () => {
    const objects = { workloads: [workload('web')], services: [service('db'), service('web')] }
    const pods = { web: { serviceTime: '2ms', calls: [{ to: 'db:80' }] } }
    const ends = endsOf(runWith(objects, { horizon: '2100ms', pods, clients: [users()] }))
    expect(ends.slice(0, 2)).toEqual([
      ['refused', 1_020_300 * US],
      ['rejected', 1_022_640 * US],
    ])
  })
})

describe('unfinished', () => {
  it('is a request that is still open at the horizon', () => {
    const spec = { horizon: '1001ms', pods: { web: { serviceTime: '1s' } }, clients: [users()] }
    expect(endsOf(runWith(web, spec))).toEqual([['unfinished', MS]])
  })

  it('is not one whose answer comes at the horizon itself', () => {
    const spec = { horizon: '1002340us', clients: [users()] }
    expect(endsOf(runWith(web, spec))).toEqual([['completed', 2_340 * US]])
  })
})

describe('pods in the network of their node', () => {
  it('are told apart by their port', () => {
    const hosted = (name: string, port: number) =>
      workload(name, { podSpec: { ...withPorts(['main', port]), hostNetwork: true } })
    const objects = {
      workloads: [hosted('agent', 9_100), hosted('web', 8_080)],
      services: [
        service('agent', { ports: [servicePort(80, { targetPort: 9_100 })] }),
        service('web', { ports: [servicePort(80, { targetPort: 8_080 })] }),
      ],
    }
    const cluster = { nodes: nodes('a', 'b'), placement: { agent: ['b'], web: ['b'] } }
    const clients = [users(), users({ name: 'others', to: 'agent:80' })]
    const { requests, world } = runWith(objects, { cluster, clients })
    const reached = requests.map((each) => [
      world.graph.sites[each.call].caller,
      world.cluster.pods[each.pod].name,
    ])
    expect(reached.sort()).toEqual([
      ['others', 'agent-0'],
      ['users', 'web-0'],
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import { clientsOf, nodes, service, servicePort, workload } from '../kubernetes/objects.js'
import { type Observed, outcomeOf, partsOf, run } from './observed.js'

/**
 * One request on its way, timed by hand. Links: 10 µs within a node, 150 µs within a zone, 500 µs between zones, 10 ms
 * from outside; a name takes 300 µs, the pod 2 ms. A new connection costs the way three times (first packet, its answer,
 * the request) and the answer a fourth: two are `connect`, two are `network`.
 */
const US = 1_000
const MS = 1_000_000

interface Way {
  readonly name: string
  /** The node that the pod is on: a and b in zone-1, c in zone-2. */
  readonly podOn: string
  readonly clients: object
  readonly targets?: 'nodes' | 'pods'
  /** By hand, ns. */
  readonly parts: object
  readonly responseTimeNs: number
  /** Rules evaluated by hand: see below. */
  readonly rules: number
}

const outside = (more: object = {}) => ({ location: 'outside', via: 'nodePort', entryNodes: ['a'], ...more })
const inside = (more: object = {}) => ({ location: 'inside', nodes: ['a'], ...more })

/*
 * Rules of a first packet, with one Service and one endpoint (kube-proxy's tables, iptables mode).
 * By ClusterIP at the client's node, 15: PREROUTING 1, KUBE-SERVICES 1, KUBE-SVC 2, KUBE-SEP 2, FORWARD 4 with
 * KUBE-FORWARD 3, POSTROUTING 1, KUBE-POSTROUTING 1. By NodePort at the entry node, 20: PREROUTING 1, KUBE-SERVICES 2,
 * KUBE-NODEPORTS 2, KUBE-EXT 2, KUBE-MARK-MASQ 1, KUBE-SVC 2, KUBE-SEP 2, FORWARD 2 with KUBE-FORWARD 2 (marked:
 * accepted), POSTROUTING 1, KUBE-POSTROUTING 3. At a node that a packet merely passes, 12: PREROUTING 1,
 * KUBE-SERVICES 2, FORWARD 4 with KUBE-FORWARD 3, POSTROUTING 1, KUBE-POSTROUTING 1. A Service of type LoadBalancer has
 * one rule more in KUBE-SERVICES, for its virtual address: 21, 13, and 18 where that rule is the one that matches.
 */
const ways: Way[] = [
  {
    name: 'outside by NodePort, to a pod on the entry node',
    podOn: 'a',
    clients: outside(),
    parts: { connect: 2 * 10_010 * US, network: 2 * 10_010 * US, service: 2 * MS },
    responseTimeNs: 42_040 * US,
    rules: 20,
  },
  {
    name: 'outside by NodePort, to a pod on another node of the zone',
    podOn: 'b',
    clients: outside(),
    parts: { connect: 2 * 10_150 * US, network: 2 * 10_150 * US, service: 2 * MS },
    responseTimeNs: 42_600 * US,
    rules: 32,
  },
  {
    name: 'outside by NodePort, to a pod in another zone',
    podOn: 'c',
    clients: outside(),
    parts: { connect: 2 * 10_500 * US, network: 2 * 10_500 * US, service: 2 * MS },
    responseTimeNs: 44_000 * US,
    rules: 32,
  },
  {
    name: 'inside by ClusterIP, to a pod on the same node',
    podOn: 'a',
    clients: inside(),
    parts: { dns: 300 * US, connect: 20 * US, network: 20 * US, service: 2 * MS },
    responseTimeNs: 2_340 * US,
    rules: 15,
  },
  {
    name: 'inside by ClusterIP, to a pod on another node',
    podOn: 'b',
    clients: inside(),
    parts: { dns: 300 * US, connect: 300 * US, network: 300 * US, service: 2 * MS },
    responseTimeNs: 2_900 * US,
    rules: 27,
  },
  {
    name: 'inside by ClusterIP, to a pod in another zone',
    podOn: 'c',
    clients: inside(),
    parts: { dns: 300 * US, connect: MS, network: MS, service: 2 * MS },
    responseTimeNs: 4_300 * US,
    rules: 27,
  },
  {
    name: 'inside by the NodePort of another node, whose pod is on a third',
    podOn: 'c',
    clients: inside({ via: 'nodePort', entryNodes: ['b'] }),
    parts: { dns: 300 * US, connect: 2 * 650 * US, network: 2 * 650 * US, service: 2 * MS },
    responseTimeNs: 4_900 * US,
    rules: 12 + 20 + 12,
  },
  {
    name: 'outside by a load balancer to nodes, to a pod on the node chosen',
    podOn: 'a',
    clients: { location: 'outside' },
    parts: { connect: 2 * 10_160 * US, network: 2 * 10_160 * US, service: 2 * MS },
    responseTimeNs: 42_640 * US,
    rules: 21,
  },
  {
    name: 'outside by a load balancer to nodes, to a pod on another node',
    podOn: 'c',
    clients: { location: 'outside' },
    parts: { connect: 2 * 10_650 * US, network: 2 * 10_650 * US, service: 2 * MS },
    responseTimeNs: 44_600 * US,
    rules: 21 + 13,
  },
  {
    name: 'outside by a load balancer straight to a pod',
    podOn: 'c',
    clients: { location: 'outside' },
    targets: 'pods',
    parts: { connect: 2 * 10_160 * US, network: 2 * 10_160 * US, service: 2 * MS },
    responseTimeNs: 42_640 * US,
    rules: 13,
  },
  {
    name: "inside by the load balancer's virtual address, which the client's own node answers for",
    podOn: 'b',
    clients: inside({ via: 'loadBalancer' }),
    parts: { dns: 300 * US, connect: 300 * US, network: 300 * US, service: 2 * MS },
    responseTimeNs: 2_900 * US,
    rules: 18 + 13,
  },
]

function runWay({ podOn, clients, targets = 'nodes' }: Way, costs: object): Observed {
  const isBalanced = !('via' in clients) && 'location' in clients && clients.location === 'outside'
  const type =
    isBalanced || ('via' in clients && clients.via === 'loadBalancer')
      ? 'LoadBalancer'
      : 'via' in clients
        ? 'NodePort'
        : 'ClusterIP'
  return run(
    { workloads: [workload('web')], services: [service('web', { type, ports: [servicePort(80)] })] },
    {
      warmUp: '0s',
      horizon: '1500ms',
      cluster: { nodes: nodes('a/zone-1', 'b/zone-1', 'c/zone-2'), placement: { web: [podOn] } },
      pods: { web: { serviceTime: '2ms' } },
      loadBalancers: type === 'LoadBalancer' ? { web: { targets } } : {},
      costs,
      clients: [clientsOf('web:80', { arrivals: { rate: '1/s', process: 'paced' }, ...clients })],
    },
  )
}

describe('a request', () => {
  it.each(ways)('$name, with packets that cost nothing', (way) => {
    const { requests, connections } = runWay(way, { preset: 'none' })
    expect(requests.map(outcomeOf)).toEqual(['completed'])
    expect(partsOf(requests[0])).toEqual(way.parts)
    expect([requests[0].intendedNs, requests[0].responseTimeNs]).toEqual([1_000 * MS, way.responseTimeNs])
    expect(connections.map((connection) => connection.rulesEvaluated)).toEqual([way.rules])
  })

  it.each(ways)('$name, with the work of packets on the nodes passed', (way) => {
    const set = { connection: 5_000, rule: 10, statisticRule: 0, recentListWalk: 0, packet: 1_000 }
    const { requests, world, totals } = runWay(way, { set })
    const nodeCount = totals.nodes.filter((node) => node.firstPackets > 0).length
    const { connect = 0, network = 0, ...others } = way.parts as Record<string, number>
    expect(partsOf(requests[0])).toEqual({
      ...others,
      rules: nodeCount * 5_000 + way.rules * 10,
      connect: connect + nodeCount * 1_000, // the answer to the first packet
      network: network + 2 * nodeCount * 1_000, // the request and its answer
    })
    expect(world.nodes.map((node) => node.processor.busyNs).reduce((sum, busy) => sum + busy)).toBe(
      nodeCount * 5_000 + way.rules * 10,
    )
  })

  it('draws every packet over a drawn link by itself: first packet, its answer, request, answer', () => {
    const distribution = { distribution: 'uniform', min: '100us', max: '200us' }
    const { requests } = run(
      { workloads: [workload('web')], services: [service('web')] },
      {
        warmUp: '0s',
        horizon: '1500ms',
        cluster: { nodes: nodes('a', 'b'), placement: { web: ['b'] } },
        pods: { web: { serviceTime: '2ms' } },
        links: { sameZone: distribution },
        costs: { preset: 'none' },
        clients: [clientsOf('web:80', { nodes: ['a'], arrivals: { rate: '1/s', process: 'paced' } })],
      },
    )
    const stream = new Streams(1, 0).get('link/sameZone')
    const [first, back, forth, answer] = Array.from({ length: 4 }, () =>
      Math.round(100_000 + 100_000 * stream.uniform()),
    )
    expect(partsOf(requests[0])).toEqual({
      dns: 300 * US,
      connect: first + back,
      network: forth + answer,
      service: 2 * MS,
    })
  })
})

describe('a pod that calls the node port of another node, under policy Local', () => {
  // kube-proxy leads pods of the cluster to any endpoint, without masquerading: an answer from elsewhere goes straight back.
  const objects = {
    workloads: [workload('web', { replicas: 3 })],
    services: [service('web', { type: 'NodePort', externalTrafficPolicy: 'Local' })],
  }
  const spec = (placement: string[]) => ({
    warmUp: '0s',
    horizon: '6s',
    cluster: { nodes: nodes('a', 'b', 'c'), placement: { web: placement } },
    clients: [
      clientsOf('web:80', {
        nodes: ['a'],
        via: 'nodePort',
        entryNodes: ['b'],
        timeout: '3s',
        arrivals: { rate: '20/s' },
      }),
    ],
  })

  it('hears from endpoints on that node, and from no other', () => {
    const { requests, connections } = run(objects, spec(['a', 'b', 'c']))
    const early = requests.filter(({ intendedNs }) => intendedNs < 3e9)
    const told = new Set(early.map(outcomeOf))
    expect(told).toEqual(new Set(['completed', 'timedOut']))
    expect(new Set(connections.map(({ pod }) => pod))).toEqual(new Set([1]))
    const lost = early.filter((each) => outcomeOf(each) === 'timedOut').length / early.length
    expect(Math.abs(lost - 2 / 3)).toBeLessThan(0.2)
  })

  it('hears from all where they are on that node', () => {
    const { requests } = run(objects, spec(['b', 'b', 'b']))
    const early = requests.filter(({ intendedNs }) => intendedNs < 3e9)
    expect(new Set(early.map(outcomeOf))).toEqual(new Set(['completed']))
  })
})

import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import { makeLoadBalancer } from '../../src/model/load-balancer.js'
import { AddressBook } from '../../src/netfilter/address-book.js'
import {
  type compile as Compile,
  compile,
  node,
  service,
  servicePort,
  withPorts,
  workload,
} from '../kubernetes/objects.js'

type Settings = Parameters<typeof makeLoadBalancer>[0]['settings']

const NODES = [node('a'), node('b'), node('c', { isReady: false }), node('d')]
/** Pods on a, b and b; d has none. */
const PLACEMENT = { cluster: { placement: { web: ['a', 'b', 'b'] } } }

function balancerOf(
  changes: Parameters<typeof service>[1],
  settings: Settings,
  replicas = 3,
): { balancer: ReturnType<typeof makeLoadBalancer>; targets: string[] } {
  const cluster: ReturnType<typeof Compile> = compile(
    {
      nodes: NODES,
      workloads: [workload('web', { replicas, podSpec: withPorts(['http', 8080]) })],
      services: [
        service('web', {
          type: 'LoadBalancer',
          ports: [servicePort(80, { nodePort: 30_080, targetPort: 8080 })],
          ...changes,
        }),
      ],
    },
    PLACEMENT,
  )
  const book = new AddressBook()
  const [web] = cluster.services
  const balancer = makeLoadBalancer({
    cluster,
    service: web,
    port: web.ports[0],
    settings,
    book,
    streams: new Streams(1, 0),
  })
  const targets = balancer.targets.map(
    ({ address, port, nodeIndex }) => `${book.textOf(address)}:${port}@${cluster.nodes[nodeIndex].name}`,
  )
  return { balancer, targets }
}

const toNodes = { algorithm: 'roundRobin', targets: 'nodes' } as const
const toPods = { algorithm: 'roundRobin', targets: 'pods' } as const

describe('LoadBalancer', () => {
  it('has the node ports of all ready nodes as targets under externalTrafficPolicy Cluster', () => {
    expect(balancerOf({}, toNodes).targets).toEqual([
      '192.168.0.2:30080@a',
      '192.168.0.3:30080@b',
      '192.168.0.5:30080@d',
    ])
  })

  it('has the nodes with a ready endpoint as targets under Local', () => {
    expect(balancerOf({ externalTrafficPolicy: 'Local' }, toNodes).targets).toEqual([
      '192.168.0.2:30080@a',
      '192.168.0.3:30080@b',
    ])
  })

  it('has ready pods, by the node that they are on, as targets where it sends straight to pods', () => {
    const { targets } = balancerOf({ externalTrafficPolicy: 'Local' }, toPods)
    expect(targets).toEqual(['10.244.0.2:8080@a', '10.244.1.2:8080@b', '10.244.1.3:8080@b'])
  })

  it.each([
    ['no healthy node under Local', { externalTrafficPolicy: 'Local' } as const, toNodes],
    ['no ready pod', {}, toPods],
  ])('has no target where there is %s', (_, changes, settings) => {
    const { balancer } = balancerOf(changes, settings, 0)
    expect(balancer.open({ sourceHash: 1 })).toBe(-1)
  })

  it('chooses by its algorithm, and counts connections as open until they close', () => {
    const { balancer } = balancerOf({}, { algorithm: 'leastConnections', targets: 'pods' })
    const open = () => balancer.open({ sourceHash: 0 })
    expect([open(), open(), open()]).toEqual([0, 1, 2])
    balancer.close(1)
    expect([open(), open()]).toEqual([1, 2])
  })

  it('draws from its own stream only where the algorithm is random', () => {
    const { balancer } = balancerOf({}, { algorithm: 'random', targets: 'nodes' })
    const stream = new Streams(1, 0).get('load-balancer/default/web/80')
    const expected = Array.from({ length: 20 }, () => stream.below(3))
    expect(Array.from({ length: 20 }, () => balancer.open({ sourceHash: 0 }))).toEqual(expected)
  })

  it('sends equal source hashes to one target', () => {
    const { balancer } = balancerOf({}, { algorithm: 'sourceHash', targets: 'nodes' })
    expect([5, 7, 5, 6, 5].map((sourceHash) => balancer.open({ sourceHash }))).toEqual([2, 1, 2, 0, 2])
  })
})

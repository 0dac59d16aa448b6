import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import { loadBalancerSchema } from '../../src/input/load-balancer-schema.js'
import type { ConnectionSource } from '../../src/model/load-balancer.js'
import { makeLoadBalancer, sharedByBalancers } from '../../src/model/load-balancers/make-load-balancer.js'
import { AddressBook } from '../../src/netfilter/address-book.js'
import { compile, node, service, servicePort, withPorts, workload } from '../kubernetes/objects.js'

const NODES = [node('a'), node('b'), node('c', { isReady: false }), node('d')]
/** Pods on a, b and b; d has none. */
const PLACEMENT = { cluster: { placement: { web: ['a', 'b', 'b'] } } }

function balancerOf(changes: Parameters<typeof service>[1], settings: object, replicas = 3) {
  const cluster = compile(
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
  const streams = new Streams(1, 0)
  const balancer = makeLoadBalancer({
    cluster,
    service: web,
    port: web.ports[0],
    settings: loadBalancerSchema.parse(settings),
    book,
    streams,
    shared: sharedByBalancers(streams),
  })
  const inUse = balancer.inUse.map((target) => {
    const { address, port, nodeIndex } = balancer.targets[target]
    return `${book.textOf(address)}:${port}@${cluster.nodes[nodeIndex].name}`
  })
  return { balancer, inUse }
}

function from(changes: Partial<ConnectionSource> = {}): ConnectionSource {
  return { client: 0, sourceHash: 0, sourcePort: 32_768, ...changes }
}

const toNodes = { algorithm: 'roundRobin', targets: 'nodes' }
const toPods = { algorithm: 'roundRobin', targets: 'pods' }

describe('LoadBalancer', () => {
  it('sends to the node ports of all ready nodes under externalTrafficPolicy Cluster', () => {
    expect(balancerOf({}, toNodes).inUse).toEqual([
      '192.168.0.2:30080@a',
      '192.168.0.3:30080@b',
      '192.168.0.5:30080@d',
    ])
  })

  it('sends to the nodes with a ready endpoint under Local', () => {
    expect(balancerOf({ externalTrafficPolicy: 'Local' }, toNodes).inUse).toEqual([
      '192.168.0.2:30080@a',
      '192.168.0.3:30080@b',
    ])
  })

  it('sends to ready pods, by the node that they are on, where pods are its targets', () => {
    const { inUse } = balancerOf({ externalTrafficPolicy: 'Local' }, toPods)
    expect(inUse).toEqual(['10.244.0.2:8080@a', '10.244.1.2:8080@b', '10.244.1.3:8080@b'])
  })

  it.each([
    ['no healthy node under Local', { externalTrafficPolicy: 'Local' } as const, toNodes],
    ['no ready pod', {}, toPods],
  ])('has no target where there is %s', (_, changes, settings) => {
    const { balancer } = balancerOf(changes, settings, 0)
    expect(balancer.open(from())).toBe(-1)
  })

  it('chooses by its algorithm, and counts connections as open until they close', () => {
    const { balancer } = balancerOf({}, { algorithm: 'leastConnections', targets: 'pods' })
    const open = () => balancer.open(from())
    expect([open(), open(), open()]).toEqual([0, 1, 2])
    balancer.close(1)
    expect([open(), open()]).toEqual([1, 2])
  })

  it('draws from its own stream only where the algorithm is random', () => {
    const { balancer } = balancerOf({}, { algorithm: 'random', targets: 'nodes' })
    const stream = new Streams(1, 0).get('load-balancer/default/web/80')
    // Nodes a, b and d: c is not ready.
    const expected = Array.from({ length: 20 }, () => [0, 1, 3][stream.below(3)])
    expect(Array.from({ length: 20 }, () => balancer.open(from()))).toEqual(expected)
  })

  it('sends equal source hashes to one target', () => {
    const { balancer } = balancerOf({}, { algorithm: 'sourceHash', targets: 'nodes' })
    const opened = [5, 7, 5, 6, 5].map((sourceHash) => balancer.open(from({ sourceHash })))
    expect(opened).toEqual([3, 1, 3, 0, 3])
  })
})

/** kube-proxy's table in the event loop's form: where packets go, and how much work they are. */
import { describe, expect, it } from 'vitest'
import type { ProxyOptions, ServicePortInfo } from '../../../src/kubernetes/proxy-inputs.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { NftablesNode } from '../../../src/netfilter/nftables/nftables-node.js'
import { leastDrawOf } from '../../../src/netfilter/nftables/numgen.js'
import { TimedSets } from '../../../src/netfilter/nftables/timed-sets.js'
import { emptyPacket, NO_INTERFACE, PROTOCOL_TCP, PROTOCOL_UDP } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { range } from '../conformance.js'
import { endpoint, generate, NODE, web } from './service-ports.js'

const VERDICTS = ['accepted', 'dropped', 'rejected']
const INTERFACES = ['lo', 'eth0', 'cbr0']

interface Sent {
  readonly way?: 'receive' | 'send'
  readonly from?: string
  readonly to: string
  readonly port: number
  readonly protocol?: number
  readonly nowNs?: number
  readonly by?: string
}

class KubeNode {
  readonly book = new AddressBook()
  readonly node: NftablesNode

  constructor(ports: readonly ServicePortInfo[], options: Partial<ProxyOptions> = {}, draws: number[] = []) {
    this.node = new NftablesNode({
      table: generate(ports, { serviceCidrs: [range('10.96.0.0/12')], ...options }),
      book: this.book,
      localAddresses: [...NODE.localAddresses, '127.0.0.0/8'].map(range),
      timedSets: new TimedSets(),
      draw32: () => draws.shift() ?? 0,
      interfaces: INTERFACES,
    })
  }

  pass({ way = 'receive', from = '10.244.9.9', to, port, protocol = PROTOCOL_TCP, nowNs = 0, by }: Sent) {
    const packet = Object.assign(emptyPacket(), {
      protocol,
      source: this.book.idOf(from),
      destination: this.book.idOf(to),
      destinationPort: port,
      inInterface: by === undefined ? NO_INTERFACE : INTERFACES.indexOf(by),
    })
    const traversal = makeTraversal()
    this.node[way](packet, nowNs, traversal)
    const { verdict, isDestinationTranslated, isMasqueraded, rulesEvaluated, affinitySetsChecked } = traversal
    return {
      ends: isDestinationTranslated
        ? `${this.book.textOf(packet.destination)}:${packet.destinationPort}`
        : VERDICTS[verdict],
      isMasqueraded,
      rulesEvaluated,
      affinitySetsChecked,
      mark: packet.mark,
    }
  }
}

const SERVICES = [
  web({
    nodePort: 30_080,
    loadBalancerVips: ['1.2.3.4'],
    loadBalancerSourceRanges: [range('203.0.113.0/24')],
  }),
  web({ name: 'shop/empty:http', clusterIp: '10.96.0.11', nodePort: 30_081, endpoints: [] }),
]
const OUTSIDE = '203.0.113.5'

describe('packets', () => {
  it.each<[string, Sent, string, boolean, number]>([
    // To firewall-check 2, to services 2; mark, numgen, hairpin, dnat 4; at forward 5; to masquerading 2.
    ['pod to cluster IP', { to: '10.96.0.10', port: 80 }, '10.244.0.2:8080', false, 15],
    // One rule more that sets the mark, two that masquerade for it.
    ['outside to cluster IP', { from: OUTSIDE, to: '10.96.0.10', port: 80 }, '10.244.0.2:8080', true, 18],
    ['pod to itself', { from: '10.244.0.2', to: '10.96.0.10', port: 80 }, '10.244.0.2:8080', true, 18],
    ['outside to node port', { from: OUTSIDE, to: '192.168.0.2', port: 30_080 }, '10.244.0.2:8080', true, 21],
    [
      'outside to an address of the node without node ports',
      { from: OUTSIDE, to: '10.244.0.1', port: 30_080 },
      'accepted',
      false,
      9,
    ],
    [
      'an allowed source to the load balancer',
      { from: OUTSIDE, to: '1.2.3.4', port: 80 },
      '10.244.0.2:8080',
      true,
      21,
    ],
    [
      'another source to the load balancer',
      { from: '8.8.8.8', to: '1.2.3.4', port: 80 },
      'dropped',
      false,
      3,
    ],
    ['no endpoints', { to: '10.96.0.11', port: 80 }, 'rejected', false, 8],
    ['node port without endpoints', { from: OUTSIDE, to: '192.168.0.2', port: 30_081 }, 'rejected', false, 8],
    ['a port that the Service lacks', { to: '10.96.0.10', port: 81 }, 'rejected', false, 9],
    ['another protocol', { to: '10.96.0.10', port: 80, protocol: PROTOCOL_UDP }, 'rejected', false, 9],
    ['a cluster IP that nobody has', { to: '10.96.0.12', port: 80 }, 'dropped', false, 10],
    ['pod to pod', { to: '10.244.0.3', port: 8080 }, 'accepted', false, 12],
  ])('%s', (_name, sent, ends, isMasqueraded, rulesEvaluated) => {
    expect(new KubeNode(SERVICES).pass(sent)).toMatchObject({ ends, isMasqueraded, rulesEvaluated, mark: 0 })
  })

  it.each<[string, Sent, string, boolean]>([
    ['to cluster IP', { to: '10.96.0.10', port: 80 }, '10.244.0.2:8080', true],
    ['to its node port', { to: '192.168.0.2', port: 30_080 }, '10.244.0.2:8080', true],
    ['to loopback, where there are no node ports', { to: '127.0.0.1', port: 30_080 }, 'accepted', false],
    ['to a Service without endpoints', { to: '10.96.0.11', port: 80 }, 'rejected', false],
    ['to a cluster IP that nobody has', { to: '10.96.0.12', port: 80 }, 'dropped', false],
    ['to the load balancer, not in its ranges', { to: '1.2.3.4', port: 80 }, 'dropped', false],
  ])('a process of the node %s', (_name, sent, ends, isMasqueraded) => {
    const passed = new KubeNode(SERVICES).pass({ way: 'send', from: '192.168.0.2', ...sent })
    expect(passed).toMatchObject({ ends, isMasqueraded })
  })

  it('take as many rules with a thousand Services as with one', () => {
    const many = Array.from({ length: 1000 }, (_, at) =>
      web({ name: `shop/more-${at}`, clusterIp: `10.97.${at >> 8}.${at & 255}`, nodePort: undefined }),
    )
    const passed = new KubeNode([...many, ...SERVICES]).pass({ to: '10.96.0.10', port: 80 })
    expect(passed.rulesEvaluated).toBe(15)
  })

  it.each([
    ['bridge', { kind: 'bridgeInterface', name: 'cbr0' }, 'cbr0', false],
    ['bridge', { kind: 'bridgeInterface', name: 'cbr0' }, 'eth0', true],
    ['prefix', { kind: 'interfacePrefix', prefix: 'cbr' }, 'cbr0', false],
    ['prefix', { kind: 'interfacePrefix', prefix: 'cbr' }, undefined, true],
  ] as const)(
    'of pods are told by their interface: %s %o, by %s',
    (_name, localTrafficDetector, by, isMasqueraded) => {
      const node = new KubeNode(SERVICES, { localTrafficDetector })
      const passed = node.pass({ to: '10.96.0.10', port: 80, ...(by === undefined ? {} : { by }) })
      expect(passed.isMasqueraded).toBe(isMasqueraded)
    },
  )
})

describe('session affinity', () => {
  const S = 1_000_000_000
  const pods = [2, 3, 4].map((host) => endpoint(host))
  const port = web({ endpoints: pods, affinityTimeoutSeconds: 60, nodePort: 30_080 })
  const toPod = (index: number) => leastDrawOf(index, 3)

  it('is shared by all addresses of a Service port, by client', () => {
    const node = new KubeNode([port], {}, [toPod(2), toPod(0), toPod(1)])
    expect(node.pass({ to: '10.96.0.10', port: 80 })).toMatchObject({
      ends: '10.244.0.4:8080',
      affinitySetsChecked: 3,
    })
    expect(node.pass({ to: '192.168.0.2', port: 30_080 })).toMatchObject({
      ends: '10.244.0.4:8080',
      affinitySetsChecked: 3,
    })
    expect(node.pass({ from: OUTSIDE, to: '192.168.0.2', port: 30_080 }).ends).toBe('10.244.0.2:8080')
  })

  it('asks sets in the order of the endpoints, up to that of the client', () => {
    const node = new KubeNode([port], {}, [toPod(1)])
    node.pass({ to: '10.96.0.10', port: 80 })
    expect(node.pass({ to: '10.96.0.10', port: 80 })).toMatchObject({
      ends: '10.244.0.3:8080',
      affinitySetsChecked: 2,
    })
  })

  it('lasts a timeout from the last new connection', () => {
    const node = new KubeNode([port], {}, [toPod(2), toPod(0)])
    const endsAt = (seconds: number) => node.pass({ to: '10.96.0.10', port: 80, nowNs: seconds * S }).ends
    expect([0, 59, 118, 178].map(endsAt)).toEqual([
      '10.244.0.4:8080',
      '10.244.0.4:8080',
      '10.244.0.4:8080',
      '10.244.0.2:8080',
    ])
  })

  it('does not tie two ports of one Service', () => {
    const other = { ...port, name: 'shop/web:https', port: 443, nodePort: undefined }
    const node = new KubeNode([port, other], {}, [toPod(2), toPod(0)])
    expect([80, 443].map((each) => node.pass({ to: '10.96.0.10', port: each }).ends)).toEqual([
      '10.244.0.4:8080',
      '10.244.0.2:8080',
    ])
  })
})

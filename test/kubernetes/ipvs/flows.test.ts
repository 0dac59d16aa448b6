/** First packets of connections through a node in mode ipvs, followed by hand through the rules of kube-proxy. */
import { describe, expect, it } from 'vitest'
import { parseIpAddress } from '../../../src/base/ip-address.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from '../../../src/kubernetes/proxy-inputs.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import type { IpProtocol } from '../../../src/netfilter/iptables/rule.js'
import { IpvsNode } from '../../../src/netfilter/ipvs/ipvs-node.js'
import { emptyPacket, protocolNumber, STATE_ESTABLISHED } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { range } from '../conformance.js'
import { endpoint, NODE, web } from '../nftables/service-ports.js'
import { tablesFor } from './ipvs-cluster.js'

const VIP = '203.0.113.20'
const CLIENT = '198.51.100.7'
const POD = '10.244.0.2'
const INTERFACES = ['eth0', 'cni0']

const here = endpoint(2)
const elsewhere = endpoint(7, { address: '10.244.1.7', nodeName: 'b' })

/** Reachable in every way, by one endpoint on the node and one elsewhere; the latter is the first to be chosen. */
const WEB = web({
  nodePort: 30_080,
  externalIps: ['203.0.113.9'],
  loadBalancerVips: [VIP],
  endpoints: [here, elsewhere],
})

interface Flow {
  readonly way?: 'receive' | 'send'
  readonly from: string
  /** `ADDRESS:PORT` */
  readonly to: string
  readonly protocol?: IpProtocol
  readonly by?: 'eth0' | 'cni0'
  readonly mark?: number
  readonly isLater?: boolean
}

class FlowNode {
  readonly #node: IpvsNode
  readonly #book = new AddressBook()
  readonly #traversal = makeTraversal()

  constructor(ports: readonly ServicePortInfo[], options: Partial<ProxyOptions> = {}, node: NodeInfo = NODE) {
    const localAddresses = [...node.localAddresses, '127.0.0.0/8', '::1'].map(range)
    const tables = tablesFor(ports, options, node)
    this.#node = new IpvsNode({ tables, book: this.#book, localAddresses, interfaces: INTERFACES })
  }

  /** What becomes of a packet: `reject`, `drop`, or where it goes, with `masquerade`. */
  flow({
    way = 'receive',
    from,
    to,
    protocol = 'tcp',
    by = 'eth0',
    mark = 0,
    isLater = false,
  }: Flow): string {
    const [, address, port] = /^\[?(.*?)\]?:([0-9]+)$/.exec(to) ?? []
    const packet = emptyPacket()
    packet.protocol = protocolNumber(protocol)
    packet.source = this.#book.idOf(from)
    packet.sourcePort = 40_000
    packet.destination = this.#book.idOf(parseIpAddress(address)?.text ?? '')
    packet.destinationPort = Number(port)
    packet.inInterface = INTERFACES.indexOf(by)
    packet.mark = mark
    if (isLater) packet.state = STATE_ESTABLISHED
    this.#node[way](packet, 0, this.#traversal)
    const { verdict, isMasqueraded } = this.#traversal
    if (verdict !== 0) return ['accept', 'drop', 'reject'][verdict]
    const end = `${this.#book.textOf(packet.destination)}:${packet.destinationPort}`
    return isMasqueraded ? `${end} masquerade` : end
  }

  get work(): [evaluated: number, matched: number] {
    return [this.#traversal.rulesEvaluated, this.#traversal.rulesMatched]
  }
}

/** What becomes of the first packet to a Service of all kinds. */
function flow(to: Flow, changes: Partial<ServicePortInfo> = {}, options: Partial<ProxyOptions> = {}): string {
  return new FlowNode([{ ...WEB, ...changes }], options).flow(to)
}

const REMOTE = '10.244.1.7:8080'
const MASQUERADED = '10.244.1.7:8080 masquerade'

describe('a connection to a cluster IP', () => {
  const to = '10.96.0.10:80'

  it('from a pod keeps its source', () => {
    expect(flow({ from: POD, to })).toBe(REMOTE)
  })

  it('from elsewhere is masqueraded', () => {
    expect(flow({ from: CLIENT, to })).toBe(MASQUERADED)
    expect(flow({ way: 'send', from: '192.168.0.2', to })).toBe(MASQUERADED)
  })

  it('from a loopback source is left alone', () => {
    expect(flow({ way: 'send', from: '127.0.0.1', to })).toBe(REMOTE)
  })

  it('is masqueraded from anyone with --masquerade-all', () => {
    expect(flow({ from: POD, to }, {}, { isMasqueradingAll: true })).toBe(MASQUERADED)
  })

  it('is judged by the interface that it came by, where kube-proxy knows pods by that', () => {
    const options = { localTrafficDetector: { kind: 'bridgeInterface', name: 'cni0' } } as const
    expect(flow({ from: POD, to, by: 'cni0' }, {}, options)).toBe(REMOTE)
    expect(flow({ from: POD, to, by: 'eth0' }, {}, options)).toBe(MASQUERADED)
  })

  it('where kube-proxy can not tell pods is masqueraded only if its source is the cluster IP', () => {
    const options = { localTrafficDetector: { kind: 'none' } } as const
    expect(flow({ from: CLIENT, to }, {}, options)).toBe(REMOTE)
    expect(flow({ way: 'send', from: '10.96.0.10', to }, {}, options)).toBe(MASQUERADED)
  })

  it('from an endpoint to itself is masqueraded', () => {
    const node = new FlowNode([web({ endpoints: [here] })])
    expect(node.flow({ from: POD, to })).toBe('10.244.0.2:8080 masquerade')
    expect(node.flow({ from: '10.244.0.3', to })).toBe('10.244.0.2:8080')
  })

  it('is refused where there is no endpoint', () => {
    expect(flow({ from: POD, to }, { endpoints: [] })).toBe('reject')
    expect(flow({ way: 'send', from: '192.168.0.2', to }, { endpoints: [] })).toBe('reject')
  })

  it('takes the endpoints in turn, whatever way it comes', () => {
    const node = new FlowNode([WEB])
    expect(node.flow({ from: POD, to })).toBe(REMOTE)
    expect(node.flow({ way: 'send', from: '192.168.0.2', to })).toBe('10.244.0.2:8080 masquerade')
    expect(node.flow({ from: POD, to })).toBe(REMOTE)
  })

  it('by UDP and SCTP are connections of their own', () => {
    const node = new FlowNode([WEB, { ...WEB, protocol: 'UDP' }])
    expect(node.flow({ from: POD, to, protocol: 'udp' })).toBe(REMOTE)
    expect(node.flow({ from: POD, to, protocol: 'tcp' })).toBe(REMOTE)
    expect(node.flow({ from: POD, to, protocol: 'sctp' })).toBe('reject')
  })
})

describe('ports of Service addresses that nobody serves', () => {
  it('are refused, as those addresses are the node’s own', () => {
    expect(flow({ from: POD, to: '10.96.0.10:81' })).toBe('reject')
    expect(flow({ from: CLIENT, to: '203.0.113.9:22' })).toBe('reject')
    expect(flow({ from: CLIENT, to: `${VIP}:30081` })).toBe('reject')
    expect(flow({ way: 'send', from: '192.168.0.2', to: '10.96.0.10:81' })).toBe('reject')
  })

  it('are the node’s own where the address is', () => {
    expect(flow({ from: CLIENT, to: '192.168.0.2:22' }, { externalIps: ['192.168.0.2'] })).toBe(
      '192.168.0.2:22',
    )
  })

  it('are let through to health checks', () => {
    const changes = { isExternalPolicyLocal: true, healthCheckNodePort: 32_000 }
    expect(flow({ from: CLIENT, to: `${VIP}:32000` }, changes)).toBe('203.0.113.20:32000')
    expect(flow({ from: CLIENT, to: `${VIP}:32001` }, changes)).toBe('reject')
  })

  it('of later packets are not asked about', () => {
    expect(flow({ from: POD, to: '10.96.0.10:81', isLater: true })).toBe('10.96.0.10:81')
  })
})

describe('a connection from outside', () => {
  it.each([
    ['a node port', '192.168.0.2:30080'],
    ['a node port by another address of the node', '10.244.0.1:30080'],
    ['an external IP', '203.0.113.9:80'],
    ['a load-balancer IP', `${VIP}:80`],
  ])('to %s is masqueraded by policy Cluster, and not by policy Local', (_, to) => {
    expect(flow({ from: CLIENT, to })).toBe(MASQUERADED)
    expect(flow({ from: CLIENT, to }, { isExternalPolicyLocal: true })).toBe('10.244.0.2:8080')
  })

  it('by policy Local goes to other nodes where this one has no endpoint, with its source', () => {
    const changes = { isExternalPolicyLocal: true, endpoints: [elsewhere] }
    expect(flow({ from: CLIENT, to: `${VIP}:80` }, changes)).toBe(REMOTE)
    expect(flow({ from: CLIENT, to: '192.168.0.2:30080' }, changes)).toBe(REMOTE)
  })

  it('to a node port finds nothing on loopback, or on addresses that are left out', () => {
    expect(flow({ way: 'send', from: '127.0.0.1', to: '127.0.0.1:30080' })).toBe('127.0.0.1:30080')
    const options = { nodePortAddresses: [range('192.168.0.0/24')] }
    expect(flow({ from: CLIENT, to: '10.244.0.1:30080' }, {}, options)).toBe('10.244.0.1:30080')
  })

  it('to an endpoint itself is no matter for IPVS', () => {
    expect(flow({ from: CLIENT, to: '10.244.1.7:8080' })).toBe(REMOTE)
    expect(flow({ from: CLIENT, to: '10.244.1.7:8080', mark: 0x4000 })).toBe(MASQUERADED)
  })
})

describe('source ranges of a load balancer', () => {
  const guard = (...ranges: string[]) => ({ loadBalancerSourceRanges: ranges.map(range) })
  const to = `${VIP}:80`

  it('drop what comes in from elsewhere', () => {
    expect(flow({ from: CLIENT, to }, guard('198.51.100.0/24'))).toBe(MASQUERADED)
    expect(flow({ from: '198.51.101.7', to }, guard('198.51.100.0/24'))).toBe('drop')
    expect(flow({ from: POD, to }, guard('198.51.100.0/24'))).toBe('drop')
  })

  it('are no matter for other addresses of the Service', () => {
    expect(flow({ from: '198.51.101.7', to: '203.0.113.9:80' }, guard('198.51.100.0/24'))).toBe(MASQUERADED)
  })

  it('stop the node itself only if it uses the address as its source and lies in none', () => {
    const fromVip = { way: 'send', from: VIP, to } as const
    expect(flow(fromVip, guard('198.51.100.0/24'))).toBe('drop')
    expect(flow(fromVip, guard('192.168.0.2/32'))).toBe(MASQUERADED)
    expect(flow({ way: 'send', from: '192.168.0.2', to }, guard('198.51.100.0/24'))).toBe(MASQUERADED)
  })
})

it('source ranges are one Service port’s, also for the node itself', () => {
  const guarded = web({
    loadBalancerVips: [VIP],
    loadBalancerSourceRanges: [range('198.51.100.0/24')],
    endpoints: [elsewhere],
  })
  const others: Partial<ServicePortInfo>[] = [{ port: 443 }, { protocol: 'UDP' }]
  const open = others.map((changes) => ({ ...guarded, loadBalancerSourceRanges: [], ...changes }))
  const node = new FlowNode([guarded, ...open])
  const fromVip = { way: 'send', from: VIP } as const
  expect(node.flow({ ...fromVip, to: `${VIP}:80` })).toBe('drop')
  expect(node.flow({ ...fromVip, to: `${VIP}:443` })).toBe(MASQUERADED)
  expect(node.flow({ ...fromVip, to: `${VIP}:80`, protocol: 'udp' })).toBe(MASQUERADED)
})

describe('an endpoint that is the node itself', () => {
  const port = web({ endpoints: [endpoint(2, { address: '192.168.0.2', port: 9000 })] })

  it('is reached without masquerading from outside, and with it from the node', () => {
    const node = new FlowNode([port])
    expect(node.flow({ from: CLIENT, to: '10.96.0.10:80' })).toBe('192.168.0.2:9000')
    expect(node.flow({ way: 'send', from: '192.168.0.2', to: '10.96.0.10:80' })).toBe(
      '192.168.0.2:9000 masquerade',
    )
  })
})

it('IPv6 is the same with its own sets', () => {
  const port = web({
    clusterIp: 'fd00:96::10',
    nodePort: 30_080,
    endpoints: [endpoint(2, { address: 'fd00:244:1::7', nodeName: 'b' })],
  })
  const options = {
    ipFamily: 6,
    localTrafficDetector: { kind: 'clusterCidr', cidr: range('fd00:244::/32') },
  } as const
  const node = new FlowNode([port], options, { ...NODE, localAddresses: ['fd00::2', 'fe80::2'] })
  const cases: [Flow, string][] = [
    [{ from: 'fd00:244::3', to: '[fd00:96::10]:80' }, 'fd00:244:1::7:8080'],
    [{ from: '2001:db8::1', to: '[fd00:96::10]:80' }, 'fd00:244:1::7:8080 masquerade'],
    [{ from: '2001:db8::1', to: '[fd00::2]:30080' }, 'fd00:244:1::7:8080 masquerade'],
    [{ from: '2001:db8::1', to: '[fd00:96::10]:81' }, 'reject'],
    [{ way: 'send', from: '::1', to: '[fd00:96::10]:80' }, 'fd00:244:1::7:8080'],
    [{ way: 'send', from: '::1', to: '[::1]:30080' }, '::1:30080'],
  ]
  for (const [packet, expected] of cases) expect(node.flow(packet)).toBe(expected)
})

describe('packets that differ in one thing are told apart', () => {
  const to = '10.96.0.10:80'
  const health = { isExternalPolicyLocal: true, healthCheckNodePort: 32_000 }
  const bridge = { localTrafficDetector: { kind: 'bridgeInterface', name: 'cni0' } } as const
  const ranges = { loadBalancerSourceRanges: [range('198.51.100.0/24')] }
  const rows: [string, Partial<ServicePortInfo>, Partial<ProxyOptions>, [Flow, string], [Flow, string]][] = [
    [
      'the interface',
      {},
      bridge,
      [{ from: POD, to, by: 'cni0' }, REMOTE],
      [{ from: POD, to, by: 'eth0' }, MASQUERADED],
    ],
    [
      'the range of the source',
      {},
      {},
      [{ from: '10.244.9.9', to }, REMOTE],
      [{ from: '10.245.9.9', to }, MASQUERADED],
    ],
    [
      'the source range',
      ranges,
      {},
      [{ from: '198.51.100.1', to: `${VIP}:80` }, MASQUERADED],
      [{ from: '198.51.99.1', to: `${VIP}:80` }, 'drop'],
    ],
    [
      'the port',
      health,
      {},
      [{ from: CLIENT, to: `${VIP}:32000` }, `${VIP}:32000`],
      [{ from: CLIENT, to: `${VIP}:32001` }, 'reject'],
    ],
    [
      'the mark',
      {},
      {},
      [{ from: CLIENT, to: REMOTE, mark: 0x4000 }, MASQUERADED],
      [{ from: CLIENT, to: REMOTE, mark: 0x80000000 }, REMOTE],
    ],
    [
      'the state',
      {},
      {},
      [{ from: CLIENT, to: '10.96.0.10:81' }, 'reject'],
      [{ from: CLIENT, to: '10.96.0.10:81', isLater: true }, '10.96.0.10:81'],
    ],
    [
      'the protocol',
      {},
      {},
      [{ from: CLIENT, to: '203.0.113.9:80', protocol: 'udp' }, 'reject'],
      [{ from: CLIENT, to: '203.0.113.9:80' }, MASQUERADED],
    ],
  ]
  it.each(rows)('by %s', (_, changes, options, ...packets) => {
    const node = new FlowNode([{ ...WEB, endpoints: [elsewhere], ...changes }], options)
    for (const [packet, expected] of [...packets, ...packets]) expect(node.flow(packet)).toBe(expected)
  })
})

describe('rules met', () => {
  const node = new FlowNode([{ ...WEB, loadBalancerSourceRanges: [range('198.51.100.0/24')] }])

  it('are counted before IPVS and after it', () => {
    node.flow({ from: POD, to: '10.96.0.10:80' })
    // nat PREROUTING 1, KUBE-SERVICES 8 with KUBE-NODE-PORT 1 inside; filter INPUT 3 with KUBE-IPVS-FILTER 2,
    // KUBE-PROXY-FIREWALL 1, KUBE-NODE-PORT 1; OUTPUT 1, KUBE-IPVS-OUT-FILTER 1; nat POSTROUTING 1, KUBE-POSTROUTING 2.
    // True: 5 jumps to chains of kube-proxy from built-in ones and 1 from KUBE-SERVICES, both looks for the cluster IP, the
    // test for no mark; 3 jumps of them in INPUT.
    expect(node.work).toEqual([22, 10])
  })

  it('end with the one that drops', () => {
    node.flow({ from: '198.51.101.7', to: `${VIP}:80` })
    // nat PREROUTING 1, KUBE-SERVICES 9, KUBE-LOAD-BALANCER 1, KUBE-MARK-MASQ 1, KUBE-NODE-PORT 1; filter INPUT 2 with
    // KUBE-IPVS-FILTER 1, KUBE-PROXY-FIREWALL 1, KUBE-SOURCE-RANGES-FIREWALL 2.
    // True: all jumps, which are 7, the mark, both looks for the load balancer that end a chain, and DROP.
    expect(node.work).toEqual([19, 11])
  })

  it('depend on whether the destination is the node itself', () => {
    const plain = new FlowNode([web({ endpoints: [elsewhere] })])
    plain.flow({ from: CLIENT, to: '192.168.0.2:22' })
    // nat PREROUTING 1, KUBE-SERVICES 4; filter INPUT 3 with KUBE-IPVS-FILTER 6, KUBE-NODE-PORT 1. True: all 5 jumps.
    expect(plain.work).toEqual([15, 5])
    plain.flow({ from: CLIENT, to: '8.8.8.8:22' })
    // nat PREROUTING 1, KUBE-SERVICES 4; filter FORWARD 2, KUBE-FORWARD 2; nat POSTROUTING 1, KUBE-POSTROUTING 1.
    expect(plain.work).toEqual([11, 5])
  })

  it('of a process that sends are OUTPUT’s alone before IPVS', () => {
    node.flow({ way: 'send', from: '192.168.0.2', to: '10.96.0.10:80' })
    // nat OUTPUT 1, KUBE-SERVICES 8, KUBE-MARK-MASQ 1, KUBE-NODE-PORT 1; filter OUTPUT 1, KUBE-IPVS-OUT-FILTER 1;
    // nat POSTROUTING 1, KUBE-POSTROUTING 4.
    expect(node.work).toEqual([18, 9])
  })
})

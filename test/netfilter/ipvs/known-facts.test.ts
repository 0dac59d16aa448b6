/** What users of kube-proxy in mode ipvs have reported, reproduced. */
import { describe, expect, it } from 'vitest'
import { ipvsTables } from '../../../src/kubernetes/ipvs/ipvs-tables.js'
import { shuffleRealServers } from '../../../src/kubernetes/ipvs/shuffle-real-servers.js'
import {
  defaultProxyOptions,
  type NodeInfo,
  type ProxyEndpoint,
  type ServicePortInfo,
} from '../../../src/kubernetes/proxy-inputs.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { IpvsNode } from '../../../src/netfilter/ipvs/ipvs-node.js'
import type { SchedulerName } from '../../../src/netfilter/ipvs/virtual-server.js'
import { emptyPacket } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { range } from './random-ipvs.js'

function endpoint(index: number): ProxyEndpoint {
  return {
    address: `10.244.9.${index + 1}`,
    port: 6443,
    nodeName: 'other',
    ready: true,
    serving: true,
    terminating: false,
    hintedZones: [],
    hintedNodes: [],
  }
}

function service(podCount: number): ServicePortInfo {
  return {
    name: 'default/kubernetes:https',
    protocol: 'TCP',
    clusterIp: '10.96.0.1',
    port: 443,
    nodePort: undefined,
    externalIps: [],
    loadBalancerVips: [],
    loadBalancerSourceRanges: [],
    isInternalPolicyLocal: false,
    isExternalPolicyLocal: false,
    affinityTimeoutSeconds: undefined,
    healthCheckNodePort: undefined,
    endpoints: Array.from({ length: podCount }, (_, index) => endpoint(index)),
  }
}

function nodeInfo(index: number): NodeInfo {
  const address = `192.168.0.${index + 1}`
  return {
    name: `node-${index}`,
    zone: '',
    address,
    localAddresses: [address],
    podCidr: `10.244.${index}.0/24`,
  }
}

/** What a pod on each node has from the cluster IP: the last number of the address of the pod that answers. */
class SmallCluster {
  readonly #book = new AddressBook()
  readonly #nodes: readonly IpvsNode[]
  readonly #packet = emptyPacket()
  readonly #traversal = makeTraversal()

  constructor(
    nodeCount: number,
    podCount: number,
    scheduler: SchedulerName,
    orderKeyOf?: (node: number) => number,
  ) {
    const options = { ...defaultProxyOptions(range('10.244.0.0/16')), ipvsScheduler: scheduler }
    const infos = Array.from({ length: nodeCount }, (_, index) => nodeInfo(index))
    this.#nodes = ipvsTables([service(podCount)], infos, options).map((tables, index) => {
      const written = orderKeyOf === undefined ? tables : shuffleRealServers(tables, orderKeyOf(index))
      return new IpvsNode({
        tables: written,
        book: this.#book,
        localAddresses: [range(infos[index].address)],
      })
    })
  }

  connectFrom(node: number, client = `10.244.${node}.77`): number {
    const packet = this.#packet
    packet.source = this.#book.idOf(client)
    packet.destination = this.#book.idOf('10.96.0.1')
    packet.destinationPort = 443
    this.#nodes[node].receive(packet, 0, this.#traversal)
    return Number(this.#book.textOf(packet.destination).split('.')[3])
  }
}

describe('round robin on every node', () => {
  // kubernetes issue 121591: a daemonset that starts everywhere overloads one API server.
  it('begins with the same pod, as long as kube-proxy adds them sorted', () => {
    const cluster = new SmallCluster(5, 3, 'rr')
    expect([0, 1, 2, 3, 4].map((node) => cluster.connectFrom(node))).toEqual([3, 3, 3, 3, 3])
    expect([0, 1, 2, 3, 4].map((node) => cluster.connectFrom(node))).toEqual([2, 2, 2, 2, 2])
  })

  it('begins anywhere, once kube-proxy adds them in no order', () => {
    const cluster = new SmallCluster(30, 3, 'rr', (node) => node * 0x9e37_79b1)
    const counts = [0, 0, 0]
    for (let node = 0; node < 30; node++) counts[cluster.connectFrom(node) - 1]++
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(5)
  })
})

describe('least connections on every node', () => {
  // kubernetes issue 79213: four pods with one connection each, all to one of two pods.
  it('sees the connections of its own node only', () => {
    const cluster = new SmallCluster(4, 2, 'lc')
    expect([0, 1, 2, 3].map((node) => cluster.connectFrom(node))).toEqual([2, 2, 2, 2])
  })

  it('would spread them if they came from one node', () => {
    const cluster = new SmallCluster(1, 2, 'lc')
    expect([0, 0, 0, 0].map((node) => cluster.connectFrom(node))).toEqual([2, 1, 2, 1])
  })
})

describe('hashing on every node', () => {
  it.each(['sh', 'mh'] as const)(
    'leads a client to one pod, by whichever node it comes (%s)',
    (scheduler) => {
      const cluster = new SmallCluster(4, 7, scheduler)
      const pods = [0, 1, 2, 3].map((node) => cluster.connectFrom(node, '198.51.100.7'))
      expect(new Set(pods).size).toBe(1)
      const others = [
        '198.51.100.1',
        '198.51.100.2',
        '198.51.100.3',
        '198.51.100.4',
        '198.51.100.5',
        '198.51.100.6',
      ]
      expect(new Set(others.map((client) => cluster.connectFrom(0, client))).size).toBeGreaterThan(1)
    },
  )
})

/**
 * Round robin on every node from a place of its own, against the known spread: every case of the family ipvs_rr_per_node of
 * test/data/validation/theory.json. Nodes add the real servers in an order drawn for each, as kube-proxy does after 1.28.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Streams } from '../../src/engine/streams.js'
import { shuffleRealServers } from '../../src/kubernetes/ipvs/shuffle-real-servers.js'
import { AddressBook } from '../../src/netfilter/address-book.js'
import { IpvsNode } from '../../src/netfilter/ipvs/ipvs-node.js'
import type { IpvsTables } from '../../src/netfilter/ipvs/ipvs-tables.js'
import { emptyPacket } from '../../src/netfilter/packet.js'
import { makeTraversal } from '../../src/netfilter/traversal.js'

interface RoundRobinCase {
  readonly id: string
  readonly family: string
  readonly parameters: {
    readonly nodes: number
    readonly connections_per_node: number
    readonly pods: number
  }
  readonly expected: {
    readonly mean_per_pod: number
    readonly sd_per_pod: number
    readonly min_possible: number
    readonly max_possible: number
  }
}

const file = readFileSync(new URL('../data/validation/theory.json', import.meta.url), 'utf8')
const cases = (JSON.parse(file).cases as RoundRobinCase[]).filter(
  ({ family }) => family === 'ipvs_rr_per_node',
)

const REPLICATION_COUNT = 400

function tablesOf(podCount: number): IpvsTables {
  const realServers = Array.from({ length: podCount }, (_, index) => ({
    address: `10.244.${index >> 8}.${index & 255}`,
    port: 8080,
    weight: 1,
    forwarding: 'masquerading' as const,
  }))
  const virtualServer = {
    protocol: 'tcp' as const,
    address: '10.96.0.10',
    port: 80,
    scheduler: 'rr' as const,
    isHashingPorts: false,
    isFallingBack: false,
    persistenceSeconds: undefined,
    realServers,
  }
  return { virtualServers: [virtualServer], boundAddresses: ['10.96.0.10'], ipSets: [], tables: [] }
}

/** Connections that each pod has from all nodes together. */
function countsOf(
  { nodes, connections_per_node, pods }: RoundRobinCase['parameters'],
  replication: number,
): number[] {
  const streams = new Streams(1, replication)
  const book = new AddressBook()
  const tables = tablesOf(pods)
  const counts = new Map(tables.virtualServers[0].realServers.map(({ address }) => [address, 0]))
  const packet = emptyPacket()
  const traversal = makeTraversal()
  for (let node = 0; node < nodes; node += 1) {
    const stream = streams.get(`node/${node}/ipvs-order`)
    const written = shuffleRealServers(tables, stream.below(2 ** 32))
    const ipvs = new IpvsNode({ tables: written, book, localAddresses: [] })
    for (let count = 0; count < connections_per_node; count += 1) {
      packet.destination = book.idOf('10.96.0.10')
      packet.destinationPort = 80
      ipvs.receive(packet, 0, traversal)
      const address = book.textOf(packet.destination)
      counts.set(address, (counts.get(address) ?? Number.NaN) + 1)
    }
  }
  return [...counts.values()]
}

describe('connections per pod under round robin of each node', () => {
  it.each(cases)('$id', ({ parameters, expected }) => {
    const squares: number[] = []
    for (let replication = 0; replication < REPLICATION_COUNT; replication += 1) {
      const counts = countsOf(parameters, replication)
      const total = counts.reduce((sum, count) => sum + count, 0)
      expect(total / counts.length).toBeCloseTo(expected.mean_per_pod, 6)
      expect(Math.min(...counts)).toBeGreaterThanOrEqual(expected.min_possible)
      expect(Math.max(...counts)).toBeLessThanOrEqual(expected.max_possible)
      squares.push(
        counts.reduce((sum, count) => sum + (count - expected.mean_per_pod) ** 2, 0) / counts.length,
      )
    }
    const mean = squares.reduce((sum, each) => sum + each, 0) / squares.length
    const variance = squares.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (squares.length - 1)
    const threeErrors = 3 * Math.sqrt(variance / squares.length)
    expect(Math.abs(mean - expected.sd_per_pod ** 2)).toBeLessThanOrEqual(threeErrors)
  })

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(0)
  })
})

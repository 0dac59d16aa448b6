/** One way of a trace is what the event loop does with the same random numbers: the same endpoint, source and rules. */
import { describe, expect, it } from 'vitest'
import { parseCidr } from '../../../src/base/ip-address.js'
import { KeyedDraws } from '../../../src/engine/keyed-draws.js'
import { Streams } from '../../../src/engine/streams.js'
import { makeDataPlane } from '../../../src/model/data-planes.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { leastDrawOf } from '../../../src/netfilter/nftables/numgen.js'
import { emptyPacket } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { traced, tracedCluster } from './traced.js'

const MODES = ['iptables', 'nftables', 'ipvs'] as const
const TARGETS = [
  ['single.default:80', '10.96.0.16', 80],
  ['sticky.default:80', '10.96.0.12', 80],
  ['192.168.1.12:30080', '192.168.1.12', 30_080],
  ['none.default:80', '10.96.0.13', 80],
] as const

describe.each(MODES)('mode %s', (mode) => {
  const loaded = tracedCluster([`proxy.mode=${mode}`])
  const [, node] = loaded.cluster.nodes

  it.each(TARGETS)('packets of a pod to %s', (to, destination, destinationPort) => {
    for (const draw of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const [outcome] = traced({ from: 'pod/shop/cart', to, draw }, loaded).outcomes
      const streams = new Streams(loaded.scenario.spec.seed, 0)
      const keys = streams.get('trace/n2')
      const draws = new KeyedDraws()
      // Keys before the n-th are those of other packets.
      for (let number = 1; number < draw; number++) keys.uint32()
      draws.begin(keys.uint32())
      const book = new AddressBook()
      const plane = makeDataPlane(loaded.cluster.nodeRules[1], {
        book,
        localAddresses: [node.address, node.gatewayAddress, '127.0.0.0/8'].map(
          (text) => parseCidr(text) ?? never(),
        ),
        interfaces: ['eth0', 'cni0', 'lo'],
        draw31: (threshold) => draws.draw31(threshold),
        draw32: (modulus) => leastDrawOf(draws.choose(modulus), modulus),
      })
      const packet = () =>
        Object.assign(emptyPacket(), {
          source: book.idOf('10.244.1.2'),
          sourcePort: 32_768,
          destination: book.idOf(destination),
          destinationPort,
          inInterface: 1,
        })
      const traversal = makeTraversal()
      // IPVS draws nothing and counts connections.
      if (mode === 'ipvs') for (let number = 1; number < draw; number++) plane.receive(packet(), 0, traversal)
      const passed = packet()
      plane.receive(passed, 0, traversal)
      const [first] = outcome.nodes
      expect([first.rulesEvaluated, first.rulesMatched, first.isTranslated, first.isMasqueraded]).toEqual([
        traversal.rulesEvaluated,
        traversal.rulesMatched,
        traversal.isDestinationTranslated,
        traversal.isMasqueraded,
      ])
      expect(`${outcome.destination.address} ${outcome.destination.port}`).toBe(
        `${book.textOf(passed.destination)} ${passed.destinationPort}`,
      )
    }
  })
})

function never(): never {
  throw new Error('no range')
}

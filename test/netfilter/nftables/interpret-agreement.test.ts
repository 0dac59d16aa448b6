/** The compiled walk and the plain one must say the same of every packet, and leave the same sets behind. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import type { ReadablePacket } from '../../../src/netfilter/iptables/interpret.js'
import { interpretTable, type NftRuleMet } from '../../../src/netfilter/nftables/interpret.js'
import { NftablesNode } from '../../../src/netfilter/nftables/nftables-node.js'
import { ReferenceSets } from '../../../src/netfilter/nftables/reference-sets.js'
import { TimedSets } from '../../../src/netfilter/nftables/timed-sets.js'
import {
  emptyPacket,
  NO_INTERFACE,
  type Packet,
  protocolNumber,
  stateMask,
} from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { ADDRESSES, INTERFACES, PORTS, PROTOCOLS, randomTable, range, TIMED_SETS } from './random-ruleset.js'

const LOCAL = [range('192.168.0.1'), range('127.0.0.0/8'), range('fd00:1::1')]
const VERDICTS = ['accepted', 'dropped', 'rejected']

const packets = fc.array(
  fc.record({
    way: fc.constantFrom('receive' as const, 'send' as const),
    sinceLastNs: fc.constantFrom(0, 1, 999_999_999, 1_000_000_000, 2_000_000_000),
    protocol: fc.constantFrom(...PROTOCOLS),
    source: fc.constantFrom(...ADDRESSES),
    sourcePort: fc.constantFrom(...PORTS),
    destination: fc.constantFrom(...ADDRESSES),
    destinationPort: fc.constantFrom(...PORTS),
    mark: fc.constantFrom(0, 0x4000, 0x80000000),
    states: fc.constantFrom(
      ['NEW'] as const,
      ['NEW'] as const,
      ['ESTABLISHED', 'DNAT'] as const,
      ['INVALID'] as const,
    ),
    inInterface: fc.constantFrom(undefined, ...INTERFACES),
  }),
  { minLength: 1, maxLength: 12 },
)

/** 32-bit draws that both sides take in the same order; 0 and the greatest come up often. */
function drawsFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    const kind = (state >>> 16) % 8
    return kind === 0 ? 0 : kind === 1 ? 0xffffffff : state
  }
}

function counted(draw: () => number) {
  const counter = { draws: 0, draw32: () => 0 }
  counter.draw32 = () => {
    counter.draws += 1
    return draw()
  }
  return counter
}

function fill(packet: Packet, from: ReadablePacket, book: AddressBook): Packet {
  packet.protocol = protocolNumber(from.protocol)
  packet.source = book.idOf(from.source)
  packet.sourcePort = from.sourcePort
  packet.destination = book.idOf(from.destination)
  packet.destinationPort = from.destinationPort
  packet.mark = from.mark
  packet.state = stateMask(from.states)
  packet.inInterface = from.inInterface === undefined ? NO_INTERFACE : INTERFACES.indexOf(from.inInterface)
  return packet
}

function trailOf(rulesMet: readonly NftRuleMet[]): string {
  return rulesMet.map((met) => `${met.isMatched ? '+' : '-'} ${met.chain}: ${met.text}`).join('\n')
}

const agreement = fc.property(
  randomTable,
  randomTable,
  packets,
  packets,
  fc.nat(),
  fc.integer({ min: 1, max: 3 }),
  (before, after, first, second, seed, elementsPerSet) => {
    const book = new AddressBook()
    const timedSets = new TimedSets({ elementsPerSet })
    const sets = new ReferenceSets(elementsPerSet)
    const [fast, plain] = [counted(drawsFrom(seed)), counted(drawsFrom(seed))]
    const node = new NftablesNode({
      table: before,
      book,
      localAddresses: LOCAL,
      timedSets,
      draw32: fast.draw32,
      interfaces: INTERFACES,
    })
    const packet = emptyPacket()
    const traversal = makeTraversal()
    let nowNs = 0
    for (const [table, batch] of [[before, first] as const, [after, second] as const]) {
      node.replaceTable(table)
      sets.retain(table)
      expect(node.ruleCount).toBe(table.chains.reduce((sum, chain) => sum + chain.rules.length, 0))
      for (const { way, sinceLastNs, ...readable } of batch) {
        nowNs += sinceLastNs
        const readableNode = { table, localAddresses: LOCAL, sets, draw32: plain.draw32 }
        const { packet: left, ...said } = interpretTable(readableNode, way, readable, nowNs)
        node[way](fill(packet, readable, book), nowNs, traversal)
        const trail = trailOf(said.rulesMet)
        expect({ ...traversal, verdict: VERDICTS[traversal.verdict] }, trail).toEqual({
          verdict: said.verdict,
          rulesEvaluated: said.rulesEvaluated,
          rulesMatched: said.rulesMatched,
          affinitySetsChecked: said.affinitySetsChecked,
          isDestinationTranslated: said.isDestinationTranslated,
          isMasqueraded: said.isMasqueraded,
          statisticRulesEvaluated: 0,
          recentListsWalked: 0,
          recentLookups: 0,
          binding: -1,
        })
        expect(packet, trail).toEqual(fill(emptyPacket(), left, book))
        expect(fast.draws, trail).toBe(plain.draws)
        expect(contents(timedSets, book, nowNs), trail).toEqual(
          TIMED_SETS.map((name) => sets.elementsOf(name, nowNs)),
        )
      }
    }
  },
)

function contents(timedSets: TimedSets, book: AddressBook, nowNs: number) {
  return TIMED_SETS.map((name) =>
    timedSets
      .elementsOf(timedSets.idOf(name), nowNs)
      .map(({ address, endsAtNs }) => ({ address: book.textOf(address), endsAtNs })),
  )
}

test('the compiled rules do what the interpreted ones do, before and after a reload', () => {
  fc.assert(agreement, { seed: 20_250_911, numRuns: 60 })
})

/** The compiled walk and the plain one must say the same of every packet, and leave the same lists behind. */
import fc, { type Arbitrary } from 'fast-check'
import { expect, test } from 'vitest'
import { AddressBook, type AddressId } from '../../../src/netfilter/address-book.js'
import { interpret, type ReadablePacket, type RuleMet } from '../../../src/netfilter/iptables/interpret.js'
import { printRule } from '../../../src/netfilter/iptables/iptables-save.js'
import { RecentLists } from '../../../src/netfilter/iptables/recent-lists.js'
import { ReferenceLists } from '../../../src/netfilter/iptables/reference-lists.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'
import { NodeNetfilter } from '../../../src/netfilter/node-netfilter.js'
import {
  emptyPacket,
  NO_INTERFACE,
  type Packet,
  protocolNumber,
  stateMask,
} from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { randomLongChains } from './random-long-chains.js'
import { ADDRESSES, LISTS, PORTS, PROTOCOLS, randomTables, range } from './random-tables.js'

const LOCAL = [range('192.168.0.1'), range('127.0.0.0/8'), range('fd00:1::1')]
const INTERFACES = ['eth0', 'lo', 'veth1', 'veth2']
const VERDICTS = ['accepted', 'dropped', 'rejected']

const packets = fc.array(
  fc.record({
    way: fc.constantFrom('receive' as const, 'send' as const),
    sinceLastNs: fc.constantFrom(0, 1, 999_999_999, 1_000_000_000, 2_000_000_000),
    protocol: fc.constantFrom(...PROTOCOLS),
    inInterface: fc.constantFrom(undefined, ...INTERFACES),
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
  }),
  { minLength: 1, maxLength: 12 },
)

/** 31-bit draws that both sides take in the same order; 0 and the greatest come up often. */
function drawsFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    const kind = state % 8
    return kind === 0 ? 0 : kind === 1 ? 0x7fffffff : state
  }
}

/** Pods are behind veth1, other nodes behind eth0; nobody knows the way to IPv6 addresses. */
function outInterfaceOf(destination: string): string | undefined {
  if (destination.includes(':')) return undefined
  return destination.startsWith('10.0.') ? 'veth1' : 'eth0'
}

function counted(draw: () => number) {
  const counter = { draws: 0, draw31: () => 0 }
  counter.draw31 = () => {
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

function listText(rulesMet: readonly RuleMet[]): string {
  const lines = rulesMet.map(
    (met) => `${met.isMatched ? '+' : '-'} ${met.table} ${printRule(met.chain, met.rule)}`,
  )
  return `rules met:\n${lines.join('\n')}`
}

/** Tables, packets, a reload with other tables, packets again: both walks must agree at every step. */
const agreementOn = (tablesDrawn: Arbitrary<Table[]>) =>
  fc.property(
    tablesDrawn,
    tablesDrawn,
    packets,
    packets,
    fc.nat(),
    fc.integer({ min: 1, max: 3 }),
    (before, after, first, second, seed, addressesPerList) => {
      const book = new AddressBook()
      const recentLists = new RecentLists({ addressesPerList })
      const lists = new ReferenceLists(addressesPerList)
      const [fast, plain] = [counted(drawsFrom(seed)), counted(drawsFrom(seed))]
      const options = {
        book,
        localAddresses: LOCAL,
        recentLists,
        draw31: fast.draw31,
        interfaces: INTERFACES,
        outInterfaceOf: (destination: AddressId) =>
          INTERFACES.indexOf(outInterfaceOf(book.textOf(destination)) ?? ''),
      }
      const netfilter = new NodeNetfilter({ ...options, tables: before })
      const packet = emptyPacket()
      const traversal = makeTraversal()
      let nowNs = 0
      for (const [tables, batch] of [[before, first] as const, [after, second] as const]) {
        netfilter.replaceTables(tables)
        lists.retain(tables)
        for (const { way, sinceLastNs, ...readable } of batch) {
          nowNs += sinceLastNs
          const said = interpret(
            { tables, localAddresses: LOCAL, lists, draw31: plain.draw31, outInterfaceOf },
            way,
            readable,
            nowNs,
          )
          fill(packet, readable, book)
          netfilter[way](packet, nowNs, traversal)
          const { verdict, packet: left, rulesMet, hooksMet: _hooksMet, ...counts } = said
          const trace = listText(rulesMet)
          expect({ ...traversal, verdict: VERDICTS[traversal.verdict] }, trace).toMatchObject({
            ...counts,
            verdict,
          })
          expect({ ...packet, outInterface: NO_INTERFACE }, trace).toEqual(fill(emptyPacket(), left, book))
          expect(fast.draws, trace).toBe(plain.draws)
          expect(contents(recentLists, book), trace).toEqual(LISTS.map((name) => lists.entriesOf(name)))
        }
      }
    },
  )

function contents(recentLists: RecentLists, book: AddressBook) {
  return LISTS.map((name) =>
    recentLists.has(name)
      ? recentLists
          .entriesOf(recentLists.idOf(name))
          .map((entry) => ({ address: book.textOf(entry.address), lastSetNs: entry.lastSetNs }))
      : [],
  )
}

test('the compiled rules do what the interpreted ones do, before and after a reload', () => {
  fc.assert(agreementOn(randomTables), { seed: 20_240_607, numRuns: 300 })
})

test('rules that are passed over count as those that were tested, in long chains of any kind', () => {
  fc.assert(agreementOn(randomLongChains), { seed: 20_240_608, numRuns: 200 })
})

/** The compiled walk and the plain one must say the same of every packet, and leave the same lists behind. */
import fc, { type Arbitrary } from 'fast-check'
import { test } from 'vitest'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import type { Table } from '../../../src/netfilter/iptables/rule.js'
import { randomLongChains } from './random-long-chains.js'
import { ADDRESSES, PORTS, PROTOCOLS, randomTables, range } from './random-tables.js'
import { TwinNode } from './twin-node.js'

const LOCAL = [range('192.168.0.1'), range('127.0.0.0/8'), range('fd00:1::1')]
const INTERFACES = ['eth0', 'lo', 'veth1', 'veth2']

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

/** Pods are behind veth1, other nodes behind eth0; nobody knows the way to IPv6 addresses. */
function outInterfaceOf(destination: string): string | undefined {
  if (destination.includes(':')) return undefined
  return destination.startsWith('10.0.') ? 'veth1' : 'eth0'
}

const drawn = { seed: fc.nat(), addressesPerList: fc.integer({ min: 1, max: 3 }) }

/** Tables, packets, a reload with other tables, packets again: both walks must agree at every step. */
function agreementOn(tablesDrawn: Arbitrary<Table[]>) {
  const steps = fc.record({
    before: tablesDrawn,
    after: tablesDrawn,
    first: packets,
    second: packets,
    ...drawn,
  })
  return fc.property(steps, ({ before, after, first, second, seed, addressesPerList }) => {
    const node = new TwinNode({
      book: new AddressBook(),
      localAddresses: LOCAL,
      interfaces: INTERFACES,
      outInterfaceOf,
      addressesPerList,
      seed,
    })
    let nowNs = 0
    for (const [tables, batch] of [[before, first] as const, [after, second] as const]) {
      node.load(tables)
      for (const { way, sinceLastNs, ...packet } of batch) {
        nowNs += sinceLastNs
        node.pass(way, packet, nowNs)
      }
    }
  })
}

test('the compiled rules do what the interpreted ones do, before and after a reload', () => {
  fc.assert(agreementOn(randomTables), { seed: 20_240_607, numRuns: 300 })
})

test('rules that are passed over count as those that were tested, in long chains of any kind', () => {
  fc.assert(agreementOn(randomLongChains), { seed: 20_240_608, numRuns: 120 })
})

test('nodes that have chains in common keep addresses, interfaces and lists of their own', () => {
  const steps = fc.record({
    one: fc.oneof(randomTables, randomLongChains),
    other: fc.oneof(randomTables, randomLongChains),
    batch: packets,
    ...drawn,
  })
  const property = fc.property(steps, ({ one, other, batch, seed, addressesPerList }) => {
    const shared = { book: new AddressBook(), outInterfaceOf, addressesPerList, seed }
    const nodes = [
      new TwinNode({ ...shared, localAddresses: LOCAL, interfaces: INTERFACES }),
      new TwinNode({ ...shared, localAddresses: [range('10.0.0.1')], interfaces: ['veth1', 'lo', 'eth0'] }),
    ]
    let nowNs = 0
    // Each node comes to the same tables in another order, so that its lists have other numbers.
    for (const order of [[one, other] as const, [other, one] as const]) {
      for (const [index, node] of nodes.entries()) node.load(order[index])
      for (const { way, sinceLastNs, inInterface: _inInterface, ...packet } of batch) {
        nowNs += sinceLastNs
        for (const node of nodes) node.pass(way, packet, nowNs)
      }
    }
  })
  fc.assert(property, { seed: 20_240_609, numRuns: 60 })
})

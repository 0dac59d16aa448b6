import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AddressId } from '../../src/netfilter/address-book.js'
import { ConnectionTable, type EntryId, NO_CONNECTION } from '../../src/netfilter/connection-table.js'
import type { Packet } from '../../src/netfilter/packet.js'

const ESTABLISHED = 2
const DNAT = 16
const SNAT = 32

/** A TCP packet of `source:port` to `destination:port`, addresses as numbers. */
function packet(source: number, sourcePort: number, destination: number, destinationPort: number): Packet {
  return {
    protocol: 6,
    source: source as AddressId,
    sourcePort,
    destination: destination as AddressId,
    destinationPort,
    mark: 0,
    state: 1,
    inInterface: -1,
    outInterface: -1,
  }
}

function mirror(of: Packet): Packet {
  return packet(of.destination, of.destinationPort, of.source, of.sourcePort)
}

const CLIENT = packet(1, 40_000, 9, 80)

describe.each<[what: string, translated: Packet, state: number]>([
  ['DNAT', packet(1, 40_000, 5, 8080), ESTABLISHED | DNAT],
  ['DNAT and masquerading', packet(7, 61_000, 5, 8080), ESTABLISHED | DNAT | SNAT],
  ['masquerading alone', packet(7, 61_000, 9, 80), ESTABLISHED | SNAT],
  ['nothing', packet(1, 40_000, 9, 80), ESTABLISHED],
])('a connection with %s', (_what, translated, state) => {
  test('turns the answer of the pod into what the client awaits', () => {
    const table = new ConnectionTable()
    const entry = table.open(CLIENT, translated)
    const reply = mirror(translated)
    table.translateReply(entry, reply)
    expect(reply).toEqual({ ...mirror(CLIENT), state })
  })

  test('translates later packets of the client like the first', () => {
    const table = new ConnectionTable()
    const later = { ...CLIENT }
    table.translateOriginal(table.open(CLIENT, translated), later)
    expect(later).toEqual({ ...translated, state })
  })

  test('is found by either tuple and by no other', () => {
    const table = new ConnectionTable()
    const entry = table.open(CLIENT, translated)
    expect([table.find(CLIENT), table.find(mirror(translated))]).toEqual([entry, entry])
    expect(table.find(packet(2, 40_000, 9, 80))).toBe(NO_CONNECTION)
    expect(table.find({ ...CLIENT, protocol: 17 })).toBe(NO_CONNECTION)
  })
})

test('counts what is open, and the most that ever was', () => {
  const table = new ConnectionTable()
  const entries = [1, 2, 3].map((port) => table.open(packet(1, port, 9, 80), packet(1, port, 5, 80)))
  table.close(entries[1])
  expect([table.entryCount, table.peakCount]).toEqual([2, 3])
  table.open(packet(1, 4, 9, 80), packet(1, 4, 5, 80))
  expect([table.entryCount, table.peakCount]).toEqual([3, 3])
})

test('a closed connection is not found, and its place is used again', () => {
  const table = new ConnectionTable()
  const entry = table.open(CLIENT, packet(1, 40_000, 5, 80))
  expect(table.find(CLIENT)).toBe(entry)
  table.close(entry)
  expect(table.find(CLIENT)).toBe(NO_CONNECTION)
  expect(table.open(CLIENT, packet(1, 40_000, 6, 80))).toBe(entry)
})

test('a connection opened after a look-up is found by the next one', () => {
  const table = new ConnectionTable()
  expect(table.find(CLIENT)).toBe(NO_CONNECTION)
  const entry = table.open(CLIENT, packet(1, 40_000, 5, 80))
  expect(table.find(CLIENT)).toBe(entry)
})

test('refuses a packet of another connection, and a connection that is not open', () => {
  const table = new ConnectionTable()
  const entry = table.open(CLIENT, packet(1, 40_000, 5, 80))
  expect(() => table.translateReply(entry, packet(6, 80, 1, 40_000))).toThrow('does not belong')
  table.close(entry)
  expect(() => table.close(entry)).toThrow('no such connection')
  expect(() => table.close(99 as EntryId)).toThrow('no such connection')
  expect(() => table.translateReply(entry, mirror(packet(1, 40_000, 5, 80)))).toThrow('does not belong')
})

const anyPacket = fc
  .tuple(fc.nat({ max: 9 }), fc.nat({ max: 65_535 }), fc.nat({ max: 9 }), fc.nat({ max: 65_535 }))
  .map((tuple) => packet(...tuple))

test('the translated answer of a translated packet is the mirror of the original, for all open connections', () => {
  const steps = fc.array(
    fc.record({ original: anyPacket, translated: anyPacket, closes: fc.nat({ max: 3 }) }),
    {
      maxLength: 200,
    },
  )
  const property = fc.property(steps, (all) => {
    const table = new ConnectionTable()
    const open = new Map<EntryId, { original: Packet; translated: Packet }>()
    for (const { original, translated, closes } of all) {
      const entry = table.open(original, translated)
      expect(open.has(entry)).toBe(false)
      open.set(entry, { original, translated })
      for (const old of [...open.keys()].slice(0, closes)) {
        table.close(old)
        open.delete(old)
      }
    }
    expect(table.entryCount).toBe(open.size)
    for (const [entry, { original, translated }] of open) {
      const reply = mirror(translated)
      table.translateReply(entry, reply)
      expect({ ...reply, state: 1 }).toEqual(mirror(original))
    }
  })
  fc.assert(property, { seed: 3, numRuns: 100 })
})

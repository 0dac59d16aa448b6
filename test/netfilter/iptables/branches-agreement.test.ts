/** What chance really does is one of the ways that a trace shows, with the same rules met; and their chances add up to 1. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { complement, type Fraction, isEqual, ONE, plus, times, ZERO } from '../../../src/base/fraction.js'
import { AddressBook } from '../../../src/netfilter/address-book.js'
import { RecentLists } from '../../../src/netfilter/iptables/recent-lists.js'
import { ReferenceLists } from '../../../src/netfilter/iptables/reference-lists.js'
import { traceRules } from '../../../src/netfilter/iptables/trace-rules.js'
import { NodeNetfilter } from '../../../src/netfilter/node-netfilter.js'
import type { NodeEnd, NodeWays } from '../../../src/netfilter/node-ways.js'
import { emptyPacket, protocolNumber } from '../../../src/netfilter/packet.js'
import { makeTraversal } from '../../../src/netfilter/traversal.js'
import { ADDRESSES, PORTS, PROTOCOLS, randomTables, range } from './random-tables.js'

const LOCAL = [range('192.168.0.1'), range('127.0.0.0/8'), range('fd00:1::1')]
const INTERFACES = ['eth0', 'veth1', 'lo']
const VERDICTS = ['accepted', 'dropped', 'rejected']

const packets = fc.record({
  protocol: fc.constantFrom(...PROTOCOLS),
  source: fc.constantFrom(...ADDRESSES),
  sourcePort: fc.constantFrom(...PORTS),
  destination: fc.constantFrom(...ADDRESSES),
  destinationPort: fc.constantFrom(...PORTS),
  mark: fc.constant(0),
  states: fc.constant(['NEW'] as const),
})

interface End {
  readonly end: NodeEnd
  readonly chance: Fraction
}

/** The ends of all ways, with the chance of each. */
function endsOf({ steps, end }: NodeWays, chance: Fraction): End[] {
  const ends: End[] = []
  let left = chance
  for (const step of steps) {
    if (step.kind !== 'rule') continue
    for (const branch of step.branches) {
      ends.push(...endsOf(branch.ways, times(left, branch.chance)))
      left = times(left, complement(branch.chance))
    }
  }
  return end === undefined ? ends : [...ends, { end, chance: left }]
}

/** What can be told of an end from outside. */
function tokenOf({ verdict, packet, isDestinationTranslated, isMasqueraded, work }: NodeEnd): string {
  const { destination, destinationPort, mark } = packet
  const { rulesEvaluated, rulesMatched, statisticRulesEvaluated } = work
  return [
    verdict,
    destination,
    destinationPort,
    mark,
    isDestinationTranslated,
    isMasqueraded,
    rulesEvaluated,
    rulesMatched,
    statisticRulesEvaluated,
  ].join(' ')
}

const agreement = fc.property(
  randomTables,
  packets,
  fc.constantFrom('receive' as const, 'send' as const),
  fc.array(fc.integer({ min: 0, max: 0x7fffffff }), { minLength: 40, maxLength: 40 }),
  (tables, packet, way, draws) => {
    const lists = new ReferenceLists()
    lists.retain(tables)
    const at = { node: { tables, localAddresses: LOCAL, lists }, way, packet }
    const ends = endsOf(traceRules(at, { maxRunLength: 1 }), ONE)
    expect(
      isEqual(
        ends.reduce((sum, { chance }) => plus(sum, chance), ZERO),
        ONE,
      ),
    ).toBe(true)

    const book = new AddressBook()
    const left = [...draws]
    const netfilter = new NodeNetfilter({
      tables,
      book,
      localAddresses: LOCAL,
      recentLists: new RecentLists(),
      draw31: () => left.shift() ?? 0,
      interfaces: INTERFACES,
    })
    const real = Object.assign(emptyPacket(), {
      protocol: protocolNumber(packet.protocol),
      source: book.idOf(packet.source),
      sourcePort: packet.sourcePort,
      destination: book.idOf(packet.destination),
      destinationPort: packet.destinationPort,
    })
    const traversal = makeTraversal()
    netfilter[way](real, 0, traversal)
    const happened = [
      VERDICTS[traversal.verdict],
      book.textOf(real.destination),
      real.destinationPort,
      real.mark,
      traversal.isDestinationTranslated,
      traversal.isMasqueraded,
      traversal.rulesEvaluated,
      traversal.rulesMatched,
      traversal.statisticRulesEvaluated,
    ].join(' ')
    expect(ends.map(({ end }) => tokenOf(end))).toContain(happened)

    const same = [...draws]
    const drawn = traceRules(at, { draw31: () => same.shift() ?? 0, maxRunLength: 1 })
    expect(drawn.end && tokenOf(drawn.end)).toBe(happened)
    const chance = drawn.end?.drawn.reduce(times, ONE) ?? ZERO
    expect(ends.some(({ end, chance: each }) => tokenOf(end) === happened && isEqual(each, chance))).toBe(
      true,
    )
  },
)

test('what happens is one of the ways, and their chances add up to 1', () => {
  fc.assert(agreement, { seed: 20_260_101, numRuns: 200 })
})

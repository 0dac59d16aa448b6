/** A node twice, with the same rules and draws: once compiled, once interpreted. They must agree on every packet. */
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import type { Cidr } from '../../../src/base/ip-address.js'
import type { AddressBook } from '../../../src/netfilter/address-book.js'
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
import { LISTS } from './random-tables.js'

const VERDICTS = ['accepted', 'dropped', 'rejected']

export interface TwinNodeOptions {
  readonly book: AddressBook
  readonly localAddresses: readonly Cidr[]
  readonly interfaces: readonly string[]
  readonly outInterfaceOf: (destination: string) => string | undefined
  readonly addressesPerList: number
  readonly seed: number
}

export class TwinNode {
  readonly #options: TwinNodeOptions
  readonly #recentLists: RecentLists
  readonly #lists: ReferenceLists
  readonly #fast: CountedDraws
  readonly #plain: CountedDraws
  readonly #netfilter: NodeNetfilter
  readonly #traversal = makeTraversal()
  #tables: readonly Table[] = []

  constructor(options: TwinNodeOptions) {
    const { book, localAddresses, interfaces, outInterfaceOf, addressesPerList, seed } = options
    this.#options = options
    this.#recentLists = new RecentLists({ addressesPerList })
    this.#lists = new ReferenceLists(addressesPerList)
    this.#fast = new CountedDraws(seed)
    this.#plain = new CountedDraws(seed)
    this.#netfilter = new NodeNetfilter({
      tables: [],
      book,
      localAddresses,
      recentLists: this.#recentLists,
      draw31: () => this.#fast.draw31(),
      interfaces,
      outInterfaceOf: (destination) => interfaces.indexOf(outInterfaceOf(book.textOf(destination)) ?? ''),
    })
  }

  load(tables: readonly Table[]): void {
    this.#tables = tables
    this.#netfilter.replaceTables(tables)
    this.#lists.retain(tables)
  }

  /** @throws AssertionError, with the rules met, if the two say or do different things */
  pass(way: 'receive' | 'send', packet: ReadablePacket, nowNs: number): void {
    const { localAddresses, outInterfaceOf } = this.#options
    const node = {
      tables: this.#tables,
      localAddresses,
      lists: this.#lists,
      draw31: () => this.#plain.draw31(),
      outInterfaceOf,
    }
    const { rulesMet, hooksMet: _hooksMet, packet: left, ...said } = interpret(node, way, packet, nowNs)
    const taken = this.#fill(packet)
    this.#netfilter[way](taken, nowNs, this.#traversal)
    const interpreted = {
      ...said,
      packet: this.#fill(left),
      draws: this.#plain.count,
      lists: LISTS.map((name) => this.#lists.entriesOf(name)),
    }
    const compiled = {
      ...this.#counts(Object.keys(said)),
      verdict: VERDICTS[this.#traversal.verdict],
      packet: { ...taken, outInterface: NO_INTERFACE },
      draws: this.#fast.count,
      lists: LISTS.map((name) => this.#entriesOf(name)),
    }
    // Writing down the rules met takes longer than meeting them.
    if (!isDeepStrictEqual(compiled, interpreted)) expect(compiled, listText(rulesMet)).toEqual(interpreted)
  }

  /** What a traversal says of the things that the interpreter counts too. */
  #counts(names: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.#traversal).filter(([name]) => names.includes(name)))
  }

  #fill(from: ReadablePacket): Packet {
    const { book, interfaces } = this.#options
    return {
      ...emptyPacket(),
      protocol: protocolNumber(from.protocol),
      source: book.idOf(from.source),
      sourcePort: from.sourcePort,
      destination: book.idOf(from.destination),
      destinationPort: from.destinationPort,
      mark: from.mark,
      state: stateMask(from.states),
      inInterface: interfaces.indexOf(from.inInterface ?? ''),
    }
  }

  #entriesOf(name: string) {
    if (!this.#recentLists.has(name)) return []
    return this.#recentLists.entriesOf(this.#recentLists.idOf(name)).map(({ address, lastSetNs }) => ({
      address: this.#options.book.textOf(address),
      lastSetNs,
    }))
  }
}

/** 31-bit draws, the same for the same seed; 0 and the greatest come up often. */
class CountedDraws {
  count = 0
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  draw31(): number {
    this.count += 1
    this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) & 0x7fffffff
    const kind = this.#state % 8
    return kind === 0 ? 0 : kind === 1 ? 0x7fffffff : this.#state
  }
}

function listText(rulesMet: readonly RuleMet[]): string {
  const lines = rulesMet.map(
    (met) => `${met.isMatched ? '+' : '-'} ${met.table} ${printRule(met.chain, met.rule)}`,
  )
  return `rules met:\n${lines.join('\n')}`
}

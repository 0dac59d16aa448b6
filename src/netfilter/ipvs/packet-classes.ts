/**
 * Packets by kinds that the rules of a node can not tell apart.
 *
 * The rules of mode ipvs compare addresses with the entries of sets, with a few ranges and with the node's own addresses,
 * and ports with the entries of sets. An address that stands in a set or a rule is a class of its own; of all others only
 * the ranges that they lie in matter. A port that stands nowhere is like any other such port.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type Cidr, cidrContains, parseCidr, parseIpAddress } from '../../base/ip-address.js'
import type { AddressBook, AddressId } from '../address-book.js'
import type { IpvsTables } from './ipvs-tables.js'
import { PairInterner } from './pair-interner.js'

/** As the class of a port that no set and no rule names. */
const ANY_OTHER_PORT = 65_536
/** Room for ports and `ANY_OTHER_PORT` beside the number of a protocol. */
const PORT_CLASS_COUNT = 131_072

/** What the rules of one node mention. */
interface Mentioned {
  readonly addresses: Set<string>
  readonly ports: Set<number>
  readonly ranges: Map<string, Cidr>
}

/** The classes of one node's rules. Numbers are given in the order of asking, and mean nothing beyond being equal or not. */
export class PacketClasses {
  readonly #book: AddressBook
  readonly #localAddresses: readonly Cidr[]
  readonly #mentioned: Mentioned
  readonly #classNumbers = new Map<string, number>()
  /** By address of the book. */
  readonly #addressClasses: number[] = []
  readonly #places = new PairInterner()

  constructor(tables: IpvsTables, localAddresses: readonly Cidr[], book: AddressBook) {
    this.#book = book
    this.#localAddresses = localAddresses
    this.#mentioned = mentionedBy(tables)
  }

  /** The class of an address. Allocates only for addresses not seen before. */
  ofAddress(id: AddressId): number {
    while (this.#addressClasses.length <= id) {
      this.#addressClasses.push(this.#classify(this.#book.textOf(this.#addressClasses.length as AddressId)))
    }
    return this.#addressClasses[id]
  }

  /** The class of an address with port and protocol. */
  ofPlace(address: AddressId, port: number, protocol: number): number {
    const portClass = this.#mentioned.ports.has(port) ? port : ANY_OTHER_PORT
    return this.#places.idOf(this.ofAddress(address), protocol * PORT_CLASS_COUNT + portClass)
  }

  #classify(text: string): number {
    const key = this.#mentioned.addresses.has(text) ? text : this.#rangesOf(text)
    const known = this.#classNumbers.get(key)
    if (known !== undefined) return known
    const number = this.#classNumbers.size
    this.#classNumbers.set(key, number)
    return number
  }

  /** The ranges that an address lies in, as text. */
  #rangesOf(text: string): string {
    const address = parseIpAddress(text)
    if (address === undefined) throw new InvariantError('not an address', { text })
    const names = [...this.#mentioned.ranges.values()]
      .filter((range) => cidrContains(range, address))
      .map((range) => range.text)
    if (this.#localAddresses.some((range) => cidrContains(range, address))) names.push('local')
    return names.join(' ')
  }
}

function mentionedBy({ ipSets, tables, boundAddresses }: IpvsTables): Mentioned {
  const mentioned: Mentioned = { addresses: new Set(boundAddresses), ports: new Set(), ranges: new Map() }
  for (const set of ipSets) {
    for (const entry of set.entries) for (const part of entry.split(',')) mentionPart(mentioned, part)
  }
  for (const { chains } of tables) {
    for (const { rules } of chains) {
      for (const { matches } of rules) {
        for (const match of matches) {
          if (match.kind === 'source') mentioned.ranges.set(match.cidr.text, match.cidr)
          if (match.kind !== 'ipvs') continue
          mentioned.addresses.add(match.address)
          mentioned.ports.add(match.port)
        }
      }
    }
  }
  return mentioned
}

/** A part of an entry: a port alone, `tcp:53`, an address, or a range. */
function mentionPart({ addresses, ports, ranges }: Mentioned, part: string): void {
  const port = /^(?:(?:tcp|udp|sctp):)?([0-9]{1,5})$/.exec(part)
  if (port !== null) {
    ports.add(Number(port[1]))
    return
  }
  const range = parseCidr(part)
  if (range === undefined) throw new InvariantError('an entry of a set can not be read', { part })
  if (part.includes('/')) ranges.set(range.text, range)
  else addresses.add(part)
}

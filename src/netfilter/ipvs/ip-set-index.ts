/**
 * Sets that can be asked quickly whether a packet is in them. Source: ipset(8), what each type of set compares.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type Cidr, cidrContains, parseCidr, parseIpAddress } from '../../base/ip-address.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import type { IpSet } from './ip-set.js'
import type { SetDirection, SetMatch } from './set-rule.js'

/** One set: entries by their text, those with a range by the text before it. */
interface IndexedSet {
  readonly type: IpSet['type']
  readonly entries: ReadonlySet<string>
  readonly rangesOf: ReadonlyMap<string, readonly Cidr[]>
}

/** The sets of one node. */
export class IpSetIndex {
  readonly #sets: ReadonlyMap<string, IndexedSet>

  constructor(ipSets: readonly IpSet[]) {
    this.#sets = new Map(ipSets.map((set) => [set.name, indexed(set)]))
  }

  /**
   * Is the packet in the set that a test names? Addresses are compared with the packet's, the protocol with its own.
   *
   * @throws InvariantError if there is no such set
   */
  isMember(match: SetMatch, packet: ReadablePacket): boolean {
    const set = this.#sets.get(match.set)
    if (set === undefined) throw new InvariantError('no such set', { set: match.set })
    if (set.type !== 'hash:ip,port,net') return set.entries.has(entryText(set.type, match, packet))
    const ranges = set.rangesOf.get(entryText('hash:ip,port', match, packet))
    if (ranges === undefined) return false
    const address = parseIpAddress(addressOf(packet, match.directions[2]))
    return address !== undefined && ranges.some((range) => cidrContains(range, address))
  }
}

function indexed({ type, entries }: IpSet): IndexedSet {
  if (type !== 'hash:ip,port,net') return { type, entries: new Set(entries), rangesOf: new Map() }
  const rangesOf = new Map<string, Cidr[]>()
  for (const entry of entries) {
    const comma = entry.lastIndexOf(',')
    const range = parseCidr(entry.slice(comma + 1))
    if (range === undefined) throw new InvariantError('not a range in a set', { entry })
    const key = entry.slice(0, comma)
    const ranges = rangesOf.get(key)
    if (ranges === undefined) rangesOf.set(key, [range])
    else ranges.push(range)
  }
  return { type, entries: new Set(), rangesOf }
}

function entryText(type: IpSet['type'], { directions }: SetMatch, packet: ReadablePacket): string {
  const [first, second, third] = directions
  const port = () => `${packet.protocol}:${portOf(packet, second)}`
  switch (type) {
    case 'hash:ip':
      return addressOf(packet, first)
    case 'hash:ip,port':
    case 'hash:ip,port,net':
      return `${addressOf(packet, first)},${port()}`
    case 'hash:ip,port,ip':
      return `${addressOf(packet, first)},${port()},${addressOf(packet, third)}`
    case 'bitmap:port':
      return String(portOf(packet, first))
  }
}

function addressOf(packet: ReadablePacket, direction: SetDirection): string {
  return direction === 'src' ? packet.source : packet.destination
}

function portOf(packet: ReadablePacket, direction: SetDirection): number {
  return direction === 'src' ? packet.sourcePort : packet.destinationPort
}

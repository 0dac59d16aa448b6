/**
 * The walks through the rules of one node, each kind of packets walked once.
 *
 * There are few kinds: `packet-classes.ts` says what the rules can tell apart. So the way of a packet through some twenty
 * rules and their sets becomes two look-ups.
 */
import type { Cidr } from '../../base/ip-address.js'
import { cidrContains, parseIpAddress } from '../../base/ip-address.js'
import type { AddressBook } from '../address-book.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import type { ConnectionState, IpProtocol } from '../iptables/rule.js'
import {
  type Packet,
  PROTOCOL_SCTP,
  PROTOCOL_UDP,
  STATE_DNAT,
  STATE_ESTABLISHED,
  STATE_INVALID,
  STATE_NEW,
  STATE_RELATED,
  STATE_SNAT,
} from '../packet.js'
import { ACCEPTED, DROPPED, REJECTED, type Verdict } from '../traversal.js'
import { type HookWalk, type Way, walkAfterIpvs, walkBeforeIpvs } from './hook-order.js'
import { IpSetIndex } from './ip-set-index.js'
import type { IpvsTables } from './ipvs-tables.js'
import { PacketClasses } from './packet-classes.js'
import { PairInterner } from './pair-interner.js'
import type { RuleWalkContext } from './rule-walk.js'
import type { VirtualServer } from './virtual-server.js'

/** What is kept of a walk. Its counts mean what they mean in `Traversal`. */
export interface KeptWalk {
  readonly verdict: Verdict
  readonly mark: number
  readonly isMasqueraded: boolean
  readonly isAtIpvs: boolean
  readonly rulesEvaluated: number
  readonly rulesMatched: number
}

/** What the walks of a node depend on. */
export interface RememberedWalksOptions {
  readonly tables: IpvsTables
  readonly localAddresses: readonly Cidr[]
  readonly book: AddressBook
  /** Names of the node's interfaces; a packet says by their positions which it came by. */
  readonly interfaces: readonly string[]
}

/** A kind of packets, from where to where and in which state: 0, 1, 2 … in the order of asking. */
export type PacketKind = number & { readonly brand: 'PacketKind' }

const STATE_NAMES: readonly (readonly [bit: number, name: ConnectionState])[] = [
  [STATE_NEW, 'NEW'],
  [STATE_ESTABLISHED, 'ESTABLISHED'],
  [STATE_RELATED, 'RELATED'],
  [STATE_INVALID, 'INVALID'],
  [STATE_DNAT, 'DNAT'],
  [STATE_SNAT, 'SNAT'],
]
/** Above the greatest set of state bits. */
const STATE_RANGE = 64

/** All walks of one node under one set of tables. */
export class RememberedWalks {
  readonly #book: AddressBook
  readonly #interfaces: readonly string[]
  readonly #classes: PacketClasses
  readonly #context: RuleWalkContext
  readonly #marks = new PairInterner()
  readonly #origins = new PairInterner()
  readonly #kinds = new PairInterner()
  readonly #befores: KeptWalk[] = []
  readonly #endings = new PairInterner()
  readonly #afters: KeptWalk[] = []

  constructor({ tables, localAddresses, book, interfaces }: RememberedWalksOptions) {
    const sets = new IpSetIndex(tables.ipSets)
    this.#book = book
    this.#interfaces = interfaces
    this.#classes = new PacketClasses(tables, localAddresses, book)
    this.#context = {
      tables: tables.tables,
      isMember: (match, packet) => sets.isMember(match, packet),
      isLocal: localTest(localAddresses, tables.boundAddresses),
    }
  }

  /** The kind of a packet that IPVS has not had yet. Allocates only for kinds not seen before. */
  kindOf(way: Way, packet: Packet, isServed: boolean): PacketKind {
    const { source, destination, destinationPort, protocol, state, mark, inInterface } = packet
    const flags = (way === 'send' ? 2 : 0) + (isServed ? 1 : 0)
    const marked = this.#marks.idOf(mark | 0, ((inInterface + 1) * STATE_RANGE + state) * 4 + flags)
    const origin = this.#origins.idOf(this.#classes.ofAddress(source), marked)
    const place = this.#classes.ofPlace(destination, destinationPort, protocol)
    return this.#kinds.idOf(origin, place) as PacketKind
  }

  /** The walk up to IPVS. Allocates only at the first packet of a kind. */
  before(kind: PacketKind, way: Way, packet: Packet, isServed: boolean): KeptWalk {
    if (kind < this.#befores.length) return this.#befores[kind]
    // Kinds are numbered as they are asked for, and each is walked at once.
    const walk = kept(walkBeforeIpvs(this.#context, way, this.#readable(packet), isServed))
    this.#befores.push(walk)
    return walk
  }

  /** The walk after IPVS; `packet` is translated, `kind` is what it was before. Allocates as `before`. */
  after(kind: PacketKind, way: Way, packet: Packet, virtualServer: VirtualServer): KeptWalk {
    const place = this.#classes.ofPlace(packet.destination, packet.destinationPort, packet.protocol)
    const ending = this.#endings.idOf(kind, place)
    if (ending < this.#afters.length) return this.#afters[ending]
    const walk = kept(walkAfterIpvs(this.#context, way, this.#readable(packet), virtualServer))
    this.#afters.push(walk)
    return walk
  }

  #readable(packet: Packet): ReadablePacket {
    return {
      protocol: protocolName(packet.protocol),
      source: this.#book.textOf(packet.source),
      sourcePort: packet.sourcePort,
      destination: this.#book.textOf(packet.destination),
      destinationPort: packet.destinationPort,
      mark: packet.mark,
      states: STATE_NAMES.filter(([bit]) => (packet.state & bit) !== 0).map(([, name]) => name),
      inInterface: this.#interfaces[packet.inInterface],
    }
  }
}

/** Says which addresses are the node's own. */
export function localTest(
  localAddresses: readonly Cidr[],
  boundAddresses: readonly string[],
): (text: string) => boolean {
  const bound = new Set(boundAddresses)
  return (text) => {
    if (bound.has(text)) return true
    const address = parseIpAddress(text)
    return address !== undefined && localAddresses.some((range) => cidrContains(range, address))
  }
}

function protocolName(protocol: number): IpProtocol {
  if (protocol === PROTOCOL_UDP) return 'udp'
  return protocol === PROTOCOL_SCTP ? 'sctp' : 'tcp'
}

const VERDICTS = { accepted: ACCEPTED, dropped: DROPPED, rejected: REJECTED } as const

function kept({ verdict, mark, isMasqueraded, isAtIpvs, rulesMet }: HookWalk): KeptWalk {
  return {
    verdict: VERDICTS[verdict],
    mark,
    isMasqueraded,
    isAtIpvs,
    rulesEvaluated: rulesMet.length,
    rulesMatched: rulesMet.filter((met) => met.isMatched).length,
  }
}

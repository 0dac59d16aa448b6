/**
 * A packet as the rules see it: addresses, ports, protocol, mark, and what connection tracking says of it.
 *
 * One object is made per place of use and filled anew for every packet: a simulation sends millions. Left out: flags,
 * lengths, time to live, fragments.
 */
import type { AddressId } from './address-book.js'
import type { ConnectionState, IpProtocol } from './iptables/rule.js'

/** Protocol numbers, as in the IP header. Source: IANA, Assigned Internet Protocol Numbers. */
export const PROTOCOL_TCP = 6
export const PROTOCOL_UDP = 17
export const PROTOCOL_SCTP = 132

/** Bits of `Packet.state`. A packet has one of the first four; DNAT and SNAT say what its connection went through. */
export const STATE_NEW = 1
export const STATE_ESTABLISHED = 2
export const STATE_RELATED = 4
export const STATE_INVALID = 8
export const STATE_DNAT = 16
export const STATE_SNAT = 32

/** A packet; rules change its destination, mark and state in place. */
export interface Packet {
  /** 6, 17 or 132. */
  protocol: number
  source: AddressId
  /** 0 to 65535. */
  sourcePort: number
  destination: AddressId
  /** 0 to 65535. */
  destinationPort: number
  /** 32 bits, unsigned. It lives on one node only: a packet on the wire has none. */
  mark: number
  /** Bits `STATE_…`. */
  state: number
  /** Position among the node's interfaces of the one that it came in by, or `NO_INTERFACE`. */
  inInterface: number
  /** As `inInterface`, of the one that it leaves by: set by `NodeNetfilter` as it routes the packet. */
  outInterface: number
}

/** The position of an interface that is unknown, or of none: no name but `+` is true of it. */
export const NO_INTERFACE = -1

const PROTOCOL_NUMBERS = { tcp: PROTOCOL_TCP, udp: PROTOCOL_UDP, sctp: PROTOCOL_SCTP } as const

const STATE_BITS = {
  NEW: STATE_NEW,
  ESTABLISHED: STATE_ESTABLISHED,
  RELATED: STATE_RELATED,
  INVALID: STATE_INVALID,
  DNAT: STATE_DNAT,
  SNAT: STATE_SNAT,
} as const satisfies Record<ConnectionState, number>

/** The number of a protocol in the IP header. */
export function protocolNumber(protocol: IpProtocol): number {
  return PROTOCOL_NUMBERS[protocol]
}

/** The bits of several connection states. */
export function stateMask(states: readonly ConnectionState[]): number {
  return states.reduce((mask, state) => mask | STATE_BITS[state], 0)
}

/** A packet to be filled: NEW, TCP, of no interface, all else zero. */
export function emptyPacket(): Packet {
  const nobody = 0 as AddressId
  return {
    protocol: PROTOCOL_TCP,
    source: nobody,
    sourcePort: 0,
    destination: nobody,
    destinationPort: 0,
    mark: 0,
    state: STATE_NEW,
    inInterface: NO_INTERFACE,
    outInterface: NO_INTERFACE,
  }
}

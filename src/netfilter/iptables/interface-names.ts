/**
 * Interfaces by name: what `-i` and `-o` compare.
 * Sources: Linux net/ipv4/netfilter/ip_tables.c (ip_packet_match); iptables(8), `--in-interface`.
 */
import { InvariantError } from '../../base/diagnostics.js'

/** Interfaces of one node that rules can tell apart: one bit of 32 each, less one for none. */
export const MAX_INTERFACE_COUNT = 31

/** The bit of an unknown interface: shifting by `NO_INTERFACE`, which is -1, is shifting by 31. */
const BIT_OF_NONE = 31

/**
 * Does an interface have the name that a rule asks for?
 *
 * @param pattern - a name; a last `+` stands for any ending, so that `+` alone is true of no interface too
 * @param name - undefined: unknown, or none
 */
export function isInterfaceNamed(pattern: string, name: string | undefined): boolean {
  return pattern.endsWith('+') ? (name ?? '').startsWith(pattern.slice(0, -1)) : name === pattern
}

/**
 * The interfaces that have a name, as bits by their position; bit 31 stands for none.
 *
 * @param interfaces - at most `MAX_INTERFACE_COUNT`
 * @throws InvariantError if there are more
 */
export function interfaceMask(pattern: string, interfaces: readonly string[]): number {
  if (interfaces.length > MAX_INTERFACE_COUNT) {
    throw new InvariantError('too many interfaces', { count: interfaces.length })
  }
  const bit = (name: string | undefined, position: number) =>
    isInterfaceNamed(pattern, name) ? 1 << position : 0
  return interfaces.reduce((mask, name, position) => mask | bit(name, position), bit(undefined, BIT_OF_NONE))
}

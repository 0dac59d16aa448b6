/** What the first packet of a connection says, and which of its fields a balancer may hash. */

/** What an algorithm may look at when it chooses: what the first packet of the connection says. */
export interface NewConnection {
  /** A 32-bit hash of the source address, the same in every run; likewise of the destination's. */
  readonly sourceHash: number
  readonly sourcePort: number
  readonly destinationHash: number
  readonly destinationPort: number
  /** IP protocol number. */
  readonly protocol: number
}

/**
 * 5-tuple: addresses, ports and protocol. 3-tuple: addresses and protocol. 2-tuple: addresses. source: the source address
 * alone.
 */
export const HASH_FIELDS = ['5-tuple', '3-tuple', '2-tuple', 'source'] as const
export type HashFields = (typeof HASH_FIELDS)[number]

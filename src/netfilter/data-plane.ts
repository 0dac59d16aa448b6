/**
 * What every way of programming a node has in common, as the event loop sees it: iptables (`NodeNetfilter`), nftables and
 * IPVS each take the first packet of a connection through the node and say what became of it.
 */
import type { Packet } from './packet.js'
import type { Traversal } from './traversal.js'

/** The packet processing of one node. Nothing is allocated per packet. */
export interface DataPlane {
  /** Rules in force, over all tables. */
  readonly ruleCount: number
  /**
   * A packet that comes in by an interface, from a pod or from outside.
   *
   * @param packet - state NEW for the first packet of a connection; destination, mark and state may change
   * @param nowNs - simulated time, integer ns; never less than at the last call
   * @param traversal - overwritten
   */
  receive(packet: Packet, nowNs: number, traversal: Traversal): void
  /** A packet that a process of the node sends; otherwise as `receive`. */
  send(packet: Packet, nowNs: number, traversal: Traversal): void
}

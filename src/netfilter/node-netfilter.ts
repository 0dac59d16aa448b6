/**
 * The netfilter of one node: which rules a packet meets, in which order, when it arrives or is sent.
 *
 * Modelled: the hooks of the tables nat and filter with iptables' priorities. nat rules see the first packet of a
 * connection only (state NEW); later ones get the same translation from connection tracking, see `ConnectionTable`.
 * Left out: tables raw, mangle and security, bridges, nftables rule sets, and the nat table's chain INPUT for packets
 * that a node sends to itself (their source was settled at POSTROUTING already, as in the kernel).
 * Sources: Linux include/uapi/linux/netfilter_ipv4.h (priorities), net/netfilter/nf_nat_core.c (nf_nat_inet_fn),
 * net/ipv4/ip_output.c (which interfaces each hook is told of: __ip_local_out, ip_output).
 */
import type { Cidr } from '../base/ip-address.js'
import type { AddressBook, AddressId, AddressSetId } from './address-book.js'
import { compileTables } from './iptables/compile-rules.js'
import type { RecentLists } from './iptables/recent-lists.js'
import type { Table } from './iptables/rule.js'
import {
  FILTER_FORWARD,
  FILTER_INPUT,
  FILTER_OUTPUT,
  NAT_INPUT,
  NAT_OUTPUT,
  NAT_POSTROUTING,
  NAT_PREROUTING,
  type RuleProgram,
} from './iptables/rule-program.js'
import { type TraversalContext, traverse } from './iptables/traverse.js'
import { NO_INTERFACE, type Packet, STATE_NEW } from './packet.js'
import { ACCEPTED, clearTraversal, type Traversal } from './traversal.js'

/** What a node's netfilter is made of. */
export interface NodeNetfilterOptions {
  /** At most one of each name; a missing one lets everything pass. */
  readonly tables: readonly Table[]
  readonly book: AddressBook
  /** Every address that the node itself answers to, loopback included: what `addrtype LOCAL` and INPUT mean. */
  readonly localAddresses: readonly Cidr[]
  /** The node's own; no other node may use it. */
  readonly recentLists: RecentLists
  /** 31 random bits for a `statistic` test that passes below the threshold; one draw per test run. */
  readonly draw31: (threshold: number) => number
  /**
   * Names of the node's interfaces, at most 31 with `lo`, which every node has; a packet says by their positions which it
   * came by. None but `lo` if not given.
   */
  readonly interfaces?: readonly string[]
  /**
   * The position of the interface by which packets for an address of another machine leave, or `NO_INTERFACE`. Not
   * given: no way out is known, so that no `-o` is true.
   */
  readonly outInterfaceOf?: (destination: AddressId) => number
}

/** The interface by which a node's packets to itself go out and come in. */
const LOOPBACK_INTERFACE = 'lo'

/** The rules of one node and the walk of packets through them. Allocates nothing per packet. */
export class NodeNetfilter {
  readonly #context: TraversalContext
  readonly #localSet: AddressSetId
  readonly #interfaces: readonly string[]
  readonly #loopback: number
  readonly #outInterfaceOf: (destination: AddressId) => number
  #program: RuleProgram

  /** @throws InputError as `checkTable` */
  constructor(options: NodeNetfilterOptions) {
    const { tables, book, localAddresses, recentLists, draw31, interfaces = [], outInterfaceOf } = options
    this.#context = { book, recentLists, draw31 }
    this.#localSet = book.setOf(localAddresses)
    this.#interfaces = interfaces.includes(LOOPBACK_INTERFACE)
      ? interfaces
      : [...interfaces, LOOPBACK_INTERFACE]
    this.#loopback = this.#interfaces.indexOf(LOOPBACK_INTERFACE)
    this.#outInterfaceOf = outInterfaceOf ?? (() => NO_INTERFACE)
    this.#program = this.#compile(tables)
  }

  /** Rules in force, over all tables. */
  get ruleCount(): number {
    return this.#program.ruleCount
  }

  /**
   * Loads new tables in the place of the old ones, at once. `recent` lists that a new rule names live on, others die.
   *
   * @throws InputError as `checkTable`; the old tables then stay in force
   * @remarks O(rules).
   */
  replaceTables(tables: readonly Table[]): void {
    this.#program = this.#compile(tables)
  }

  /**
   * A packet that comes in by an interface, from a pod or from outside: nat PREROUTING, then, as its destination now is
   * the node's own or not, filter INPUT and nat INPUT, or filter FORWARD and nat POSTROUTING.
   *
   * @param packet - state NEW for the first packet of a connection; destination, mark, state and the interface by which
   *   it leaves may change
   * @param nowNs - simulated time, integer ns; never less than at the last call
   * @param traversal - overwritten
   */
  receive(packet: Packet, nowNs: number, traversal: Traversal): void {
    clearTraversal(traversal)
    packet.outInterface = NO_INTERFACE
    if (!this.#translates(NAT_PREROUTING, packet, nowNs, traversal)) return
    if (this.#isForNode(packet)) {
      if (!this.#filters(FILTER_INPUT, packet, nowNs, traversal)) return
      this.#translates(NAT_INPUT, packet, nowNs, traversal)
    } else {
      packet.outInterface = this.#outInterfaceOf(packet.destination)
      if (!this.#filters(FILTER_FORWARD, packet, nowNs, traversal)) return
      this.#translates(NAT_POSTROUTING, packet, nowNs, traversal)
    }
  }

  /**
   * A packet that a process of the node sends: nat OUTPUT, filter OUTPUT, nat POSTROUTING, and filter INPUT if its
   * destination now is the node's own (it comes back by the loopback interface).
   *
   * @param packet - as for `receive`; it came in by no interface
   * @param nowNs - simulated time, integer ns; never less than at the last call
   * @param traversal - overwritten
   */
  send(packet: Packet, nowNs: number, traversal: Traversal): void {
    clearTraversal(traversal)
    packet.inInterface = NO_INTERFACE
    packet.outInterface = this.#wayOut(packet)
    if (!this.#translates(NAT_OUTPUT, packet, nowNs, traversal)) return
    // What nat OUTPUT translated is routed anew, but the hook's other chains are told what was true at its beginning.
    if (!this.#filters(FILTER_OUTPUT, packet, nowNs, traversal)) return
    packet.outInterface = this.#wayOut(packet)
    if (!this.#translates(NAT_POSTROUTING, packet, nowNs, traversal)) return
    if (!this.#isForNode(packet)) return
    packet.inInterface = this.#loopback
    packet.outInterface = NO_INTERFACE
    this.#filters(FILTER_INPUT, packet, nowNs, traversal)
  }

  #compile(tables: readonly Table[]): RuleProgram {
    const { book, recentLists } = this.#context
    return compileTables(tables, {
      book,
      localSet: this.#localSet,
      recentLists,
      interfaces: this.#interfaces,
    })
  }

  #wayOut(packet: Packet): number {
    return this.#isForNode(packet) ? this.#loopback : this.#outInterfaceOf(packet.destination)
  }

  #isForNode(packet: Packet): boolean {
    return this.#context.book.has(this.#localSet, packet.destination)
  }

  /** Runs a chain of the nat table, if the packet is the first of its connection. Does the packet go on? */
  #translates(place: number, packet: Packet, nowNs: number, traversal: Traversal): boolean {
    return (packet.state & STATE_NEW) === 0 || this.#filters(place, packet, nowNs, traversal)
  }

  /** Runs a chain. Does the packet go on? */
  #filters(place: number, packet: Packet, nowNs: number, traversal: Traversal): boolean {
    traverse(this.#program, place, packet, nowNs, this.#context, traversal)
    return traversal.verdict === ACCEPTED
  }
}

/**
 * The nftables of one node: which base chains a packet meets, in which order, when it arrives or is sent.
 *
 * Modelled: one table; its base chains of types filter and nat at the five hooks, in the order of their priorities. Chains
 * of type nat see the first packet of a connection only (state NEW); later ones get the same translation from connection
 * tracking, see `ConnectionTable`. An accepted packet goes on to the next base chain; a dropped or rejected one does not.
 * Left out: the hooks ingress and egress, other tables.
 * Sources: Linux net/netfilter/core.c (nf_hook_slow), nf_nat_core.c (nf_nat_inet_fn); nft(8), Chains.
 */
import type { Cidr } from '../../base/ip-address.js'
import type { AddressBook, AddressSetId } from '../address-book.js'
import type { DataPlane } from '../data-plane.js'
import { NO_INTERFACE, type Packet, STATE_NEW } from '../packet.js'
import { ACCEPTED, clearTraversal, type Traversal } from '../traversal.js'
import { compileTable } from './compile-ruleset.js'
import type { NftTable } from './ruleset.js'
import { FORWARD, INPUT, OUTPUT, POSTROUTING, PREROUTING, type RulesetProgram } from './ruleset-program.js'
import type { TimedSets } from './timed-sets.js'
import { type WalkContext, walkChain } from './walk.js'

/** What a node's nftables is made of. */
export interface NftablesNodeOptions {
  readonly table: NftTable
  readonly book: AddressBook
  /** Every address that the node itself answers to, loopback included: what `fib … type local` and input mean. */
  readonly localAddresses: readonly Cidr[]
  /** The node's own; no other node may use it. */
  readonly timedSets: TimedSets
  /** 32 random bits for a `numgen` of so many numbers, one draw per `numgen` met. */
  readonly draw32: (modulus: number) => number
  /** Names of the node's interfaces, at most 31; a packet says by their positions which it came by. None if not given. */
  readonly interfaces?: readonly string[]
}

/** The interface by which a node's packets to itself come in. */
const LOOPBACK_INTERFACE = 'lo'

/** The table of one node and the walk of packets through it. Allocates nothing per packet. */
export class NftablesNode implements DataPlane {
  readonly #context: WalkContext
  readonly #localSet: AddressSetId
  readonly #interfaces: readonly string[]
  readonly #loopback: number
  #program: RulesetProgram

  /** @throws InvariantError as `checkTable` */
  constructor({ table, book, localAddresses, timedSets, draw32, interfaces = [] }: NftablesNodeOptions) {
    this.#context = { book, timedSets, draw32 }
    this.#localSet = book.setOf(localAddresses)
    this.#interfaces = interfaces
    this.#loopback = interfaces.indexOf(LOOPBACK_INTERFACE)
    this.#program = this.#compile(table)
  }

  /** Rules in force. Elements of sets and maps are no rules. */
  get ruleCount(): number {
    return this.#program.ruleCount
  }

  /**
   * Loads a new table in the place of the old one, at once. Timed sets that the new one has, too, keep their elements,
   * as they do when kube-proxy adds them again; others die.
   *
   * @throws InvariantError as `checkTable`; the old table then stays in force
   * @remarks O(rules + elements).
   */
  replaceTable(table: NftTable): void {
    this.#program = this.#compile(table)
  }

  /**
   * A packet that comes in by an interface, from a pod or from outside: prerouting, then, as its destination now is the
   * node's own or not, input, or forward and postrouting.
   *
   * @param packet - state NEW for the first packet of a connection; destination, mark and state may change
   * @param nowNs - simulated time, integer ns; never less than at the last call
   * @param traversal - overwritten
   */
  receive(packet: Packet, nowNs: number, traversal: Traversal): void {
    clearTraversal(traversal)
    if (!this.#passes(PREROUTING, packet, nowNs, traversal)) return
    if (this.#isForNode(packet)) {
      this.#passes(INPUT, packet, nowNs, traversal)
    } else {
      if (!this.#passes(FORWARD, packet, nowNs, traversal)) return
      this.#passes(POSTROUTING, packet, nowNs, traversal)
    }
  }

  /**
   * A packet that a process of the node sends: output, postrouting, and, if its destination now is the node's own, the
   * chains of type filter at prerouting and input (it comes back by the loopback interface, its translation settled).
   *
   * @param packet - as for `receive`; it came in by no interface
   * @param nowNs - simulated time, integer ns; never less than at the last call
   * @param traversal - overwritten
   */
  send(packet: Packet, nowNs: number, traversal: Traversal): void {
    clearTraversal(traversal)
    packet.inInterface = NO_INTERFACE
    if (!this.#passes(OUTPUT, packet, nowNs, traversal)) return
    if (!this.#passes(POSTROUTING, packet, nowNs, traversal)) return
    if (!this.#isForNode(packet)) return
    packet.inInterface = this.#loopback
    if (!this.#passes(PREROUTING, packet, nowNs, traversal, true)) return
    this.#passes(INPUT, packet, nowNs, traversal, true)
  }

  #compile(table: NftTable): RulesetProgram {
    const { book, timedSets } = this.#context
    return compileTable(table, { book, timedSets, localSet: this.#localSet, interfaces: this.#interfaces })
  }

  #isForNode(packet: Packet): boolean {
    return this.#context.book.has(this.#localSet, packet.destination)
  }

  /** Runs the base chains of a hook, without those of type nat if translation is settled. Does the packet go on? */
  #passes(hook: number, packet: Packet, nowNs: number, traversal: Traversal, isSettled = false): boolean {
    const isTranslating = !isSettled && (packet.state & STATE_NEW) !== 0
    const entries = this.#program.hooks[hook]
    for (let index = 0; index < entries.length; index += 1) {
      const entry = entries[index]
      if (entry.isNat && !isTranslating) continue
      walkChain(this.#program, entry.place, packet, nowNs, this.#context, traversal)
      if (traversal.verdict !== ACCEPTED) return false
    }
    return true
  }
}

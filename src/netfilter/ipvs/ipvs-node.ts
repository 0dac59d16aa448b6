/**
 * IPVS of one node with the rules around it: takes the first packet of each connection through the node, and remembers the
 * connections that it led to real servers.
 *
 * Modelled: the order of hooks (`hook-order.ts`), virtual servers with their schedulers, persistence, connections that are
 * open or remembered, kube-proxy's way of taking real servers away (`live-virtual-server.ts`) with its check every minute
 * of simulated time. Everything that is due by time is caught up when the node is asked next. Left out: later packets of a
 * connection, also those of connections whose real server is gone (the kernel drops or reschedules them, sysctl
 * expire_nodest_conn=1), ICMP, synchronisation between nodes, a virtual server that is deleted and comes back with
 * connections.
 * Sources: Linux net/netfilter/ipvs/ip_vs_core.c (ip_vs_in_hook, ip_vs_schedule, ip_vs_leave); kubernetes
 * pkg/proxy/ipvs/proxier.go.
 */
import type { Cidr } from '../../base/ip-address.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import type { AddressBook } from '../address-book.js'
import type { DataPlane } from '../data-plane.js'
import { ABSENT, PairIndex } from '../iptables/pair-index.js'
import { NO_INTERFACE, type Packet, protocolNumber, STATE_NEW } from '../packet.js'
import { clearTraversal, REJECTED, type Traversal } from '../traversal.js'
import { AddressFolds } from './address-hashes.js'
import { Bindings, type ConnectionEnd } from './bindings.js'
import type { Way } from './hook-order.js'
import type { IpvsTables } from './ipvs-tables.js'
import type { LiveServer } from './live-server.js'
import { LiveVirtualServer } from './live-virtual-server.js'
import { connect, PersistenceTemplates, type Template } from './persistence-templates.js'
import { type KeptWalk, RememberedWalks } from './remembered-walks.js'
import { addressAndPort, type VirtualServer, virtualServerKey } from './virtual-server.js'

/** What a node's IPVS is made of. */
export interface IpvsNodeOptions {
  readonly tables: IpvsTables
  readonly book: AddressBook
  /** Every address that the node itself answers to, loopback included, without those bound for IPVS. */
  readonly localAddresses: readonly Cidr[]
  /** Names of the node's interfaces, at most 31; a packet says by their positions which it came by. None if not given. */
  readonly interfaces?: readonly string[]
  /** Simulated time at which the tables come into force, ns; 0 if not given. */
  readonly startNs?: number
}

/** One real server at one moment. */
export interface RealServerState {
  /** `ADDRESS:PORT` */
  readonly server: string
  readonly weight: number
  readonly activeCount: number
  readonly inactiveCount: number
}

/** How often kube-proxy looks whether drained real servers can go. Source: graceful_termination.go. */
const CHECK_INTERVAL_NS = 60 * NS_PER_S
/** Above every port. */
const PORT_RANGE = 65_536

/** The data plane of one node in mode ipvs. Deterministic: it draws nothing. */
export class IpvsNode implements DataPlane {
  readonly #book: AddressBook
  readonly #localAddresses: readonly Cidr[]
  readonly #interfaces: readonly string[]
  readonly #folds: AddressFolds
  readonly #bindings = new Bindings()
  readonly #templates = new PersistenceTemplates()
  /** By `virtualServerKey`. */
  #virtualServers = new Map<string, LiveVirtualServer>()
  /** From address, and port and protocol, to the position in `#listed`. */
  #places = new PairIndex()
  #listed: LiveVirtualServer[] = []
  /** Those with real servers that wait for their last connection. */
  #draining: LiveVirtualServer[] = []
  #walks: RememberedWalks
  #ruleCount: number
  #nextId = 0
  /** Up to this time kube-proxy's checks are done. */
  #settledNs: number

  constructor({ tables, book, localAddresses, interfaces = [], startNs = 0 }: IpvsNodeOptions) {
    this.#book = book
    this.#localAddresses = localAddresses
    this.#interfaces = interfaces
    this.#folds = new AddressFolds(book)
    this.#settledNs = startNs
    this.#walks = this.#walksOf(tables)
    this.#ruleCount = ruleCountOf(tables)
    this.#loadVirtualServers(tables, startNs)
  }

  /** Connections bound to a real server and not released yet. */
  get openCount(): number {
    return this.#bindings.openCount
  }

  /** iptables rules, virtual servers and real servers: what kube-proxy writes at a sync, entries of ipsets left out. */
  get ruleCount(): number {
    return this.#ruleCount
  }

  /**
   * Loads new tables in the place of the old ones, as kube-proxy does: what stays keeps its connections, its turns and its
   * persistence.
   *
   * @param nowNs - simulated time, integer ns; never less than at the last call of any method
   * @remarks O(virtual servers + real servers + rules).
   */
  replaceTables(tables: IpvsTables, nowNs: number): void {
    this.#settle(nowNs)
    this.#walks = this.#walksOf(tables)
    this.#ruleCount = ruleCountOf(tables)
    this.#loadVirtualServers(tables, nowNs)
  }

  /**
   * A packet that comes in by an interface, from a pod or from outside.
   *
   * @param packet - state NEW for the first packet of a connection; destination and mark may change
   * @param nowNs - simulated time, integer ns; never less than at the last call of any method
   * @param traversal - overwritten; `binding` is for `release`, also if the packet was dropped after all
   * @remarks Allocates only for kinds of packets, addresses and persistent clients not seen before.
   */
  receive(packet: Packet, nowNs: number, traversal: Traversal): void {
    this.#pass('receive', packet, nowNs, traversal)
  }

  /** A packet that a process of the node sends; otherwise as `receive`. */
  send(packet: Packet, nowNs: number, traversal: Traversal): void {
    packet.inInterface = NO_INTERFACE
    this.#pass('send', packet, nowNs, traversal)
  }

  /**
   * A connection has ended: its real server has one less, and the connection is remembered for a while.
   *
   * @param binding - of its first packet's traversal; -1 does nothing
   * @param nowNs - simulated time, integer ns; never less than at the last call of any method
   * @param end - TCP is remembered for 120 s after an orderly end, for 10 s after a reset
   * @throws InvariantError if no open connection has that binding
   */
  release(binding: number, nowNs: number, end: ConnectionEnd = 'closed'): void {
    if (binding < 0) return
    this.#settle(nowNs)
    this.#bindings.release(binding, nowNs, end)
  }

  /**
   * The real servers of a virtual server in the kernel's order, the head first, as `ipvsadm -L` counts their connections.
   *
   * @param key - `virtualServerKey`; of one that is not there the list is empty
   * @param nowNs - as for `release`
   */
  realServersOf(key: string, nowNs: number): RealServerState[] {
    this.#settle(nowNs)
    const servers = this.#virtualServers.get(key)?.list.servers ?? []
    return servers
      .map(({ description, weight, activeCount, inactiveCount }) => ({
        server: addressAndPort(description),
        weight,
        activeCount,
        inactiveCount,
      }))
      .reverse()
  }

  #pass(way: Way, packet: Packet, nowNs: number, traversal: Traversal): void {
    clearTraversal(traversal)
    this.#settle(nowNs)
    packet.outInterface = NO_INTERFACE
    const virtualServer = (packet.state & STATE_NEW) === 0 ? undefined : this.#virtualServerAt(packet)
    const isServed = virtualServer !== undefined
    const kind = this.#walks.kindOf(way, packet, isServed)
    const before = this.#walks.before(kind, way, packet, isServed)
    note(before, packet, traversal)
    if (virtualServer === undefined || !before.isAtIpvs) return
    if (!this.#translate(virtualServer, packet, nowNs, traversal)) return
    note(this.#walks.after(kind, way, packet, virtualServer.description), packet, traversal)
  }

  /** Leads a new connection to a real server. Is there one? */
  #translate(virtualServer: LiveVirtualServer, packet: Packet, nowNs: number, traversal: Traversal): boolean {
    const { persistenceSeconds } = virtualServer.description
    const isPersistent = persistenceSeconds !== undefined
    let template = isPersistent ? this.#templates.find(virtualServer.id, packet.source, nowNs) : undefined
    const server = template?.server ?? virtualServer.choose(packet, nowNs)
    if (server === undefined) {
      traversal.verdict = REJECTED
      return false
    }
    if (isPersistent) {
      template ??= this.#templates.make(
        virtualServer.id,
        packet.source,
        server,
        persistenceSeconds * NS_PER_S,
      )
      connect(template, nowNs)
    }
    this.#bind(server, template, packet, traversal)
    return true
  }

  #bind(server: LiveServer, template: Template | undefined, packet: Packet, traversal: Traversal): void {
    traversal.binding = this.#bindings.open(server, template, packet.protocol)
    traversal.isDestinationTranslated = true
    packet.destination = server.address
    packet.destinationPort = server.port
  }

  #virtualServerAt({ destination, destinationPort, protocol }: Packet): LiveVirtualServer | undefined {
    const place = this.#places.get(destination, protocol * PORT_RANGE + destinationPort)
    return place === ABSENT ? undefined : this.#listed[place]
  }

  /** Catches up with what was due since the last call: connections to be forgotten, kube-proxy's checks. */
  #settle(nowNs: number): void {
    for (;;) {
      const endNs = this.#bindings.nextEndNs
      const checkNs = this.#nextCheckNs()
      if (endNs > nowNs && checkNs > nowNs) break
      if (endNs <= checkNs) {
        this.#bindings.forgetNext()
      } else {
        this.#settledNs = checkNs
        this.#removeDrained()
      }
    }
    this.#settledNs = nowNs
  }

  /** The next whole minute at which a check could change anything. */
  #nextCheckNs(): number {
    if (this.#draining.length === 0) return Number.POSITIVE_INFINITY
    return (Math.floor(this.#settledNs / CHECK_INTERVAL_NS) + 1) * CHECK_INTERVAL_NS
  }

  #removeDrained(): void {
    for (const each of this.#draining) each.removeDrained()
    this.#draining = this.#draining.filter((each) => each.drainingCount > 0)
  }

  #walksOf(tables: IpvsTables): RememberedWalks {
    return new RememberedWalks({
      tables,
      localAddresses: this.#localAddresses,
      book: this.#book,
      interfaces: this.#interfaces,
    })
  }

  #loadVirtualServers({ virtualServers }: IpvsTables, nowNs: number): void {
    const previous = this.#virtualServers
    this.#virtualServers = new Map(
      virtualServers.map((each) => [virtualServerKey(each), this.#loadVirtualServer(previous, each, nowNs)]),
    )
    this.#listed = [...this.#virtualServers.values()]
    this.#draining = this.#listed.filter((each) => each.drainingCount > 0)
    this.#places = new PairIndex()
    for (const [place, { description }] of this.#listed.entries()) {
      const port = protocolNumber(description.protocol) * PORT_RANGE + description.port
      this.#places.set(this.#book.idOf(description.address), port, place)
    }
  }

  #loadVirtualServer(
    previous: ReadonlyMap<string, LiveVirtualServer>,
    description: VirtualServer,
    nowNs: number,
  ): LiveVirtualServer {
    const known = previous.get(virtualServerKey(description))
    if (known !== undefined) {
      known.update(description, nowNs)
      return known
    }
    const id = this.#nextId
    this.#nextId += 1
    return new LiveVirtualServer({ id, description, book: this.#book, folds: this.#folds, nowNs })
  }
}

/** Adds a walk to what is known of the packet. */
function note(walk: KeptWalk, packet: Packet, traversal: Traversal): void {
  packet.mark = walk.mark
  traversal.verdict = walk.verdict
  traversal.isMasqueraded ||= walk.isMasqueraded
  traversal.rulesEvaluated += walk.rulesEvaluated
  traversal.rulesMatched += walk.rulesMatched
}

function ruleCountOf({ virtualServers, tables }: IpvsTables): number {
  const rules = tables.flatMap((table) => table.chains).reduce((sum, chain) => sum + chain.rules.length, 0)
  return virtualServers.reduce((sum, each) => sum + 1 + each.realServers.length, rules)
}

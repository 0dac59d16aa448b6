/**
 * One virtual server as it is at one moment, and how kube-proxy brings it from one table to the next.
 *
 * New real servers are added first, in the order of the table. A real server that is not wanted any more is removed at
 * once if nothing is connected to it, and always with UDP and SCTP; otherwise its weight becomes 0, and it is removed at one
 * of kube-proxy's checks, when its last connection has been forgotten. One that comes back before that is removed and
 * added anew, with the connections that it has.
 * Sources: kubernetes pkg/proxy/ipvs/proxier.go (syncEndpoint), graceful_termination.go; Linux
 * net/netfilter/ipvs/ip_vs_ctl.c (ip_vs_add_dest takes removed servers back while something refers to them).
 */
import type { AddressBook } from '../address-book.js'
import { type Packet, PROTOCOL_TCP, protocolNumber } from '../packet.js'
import type { AddressFolds } from './address-hashes.js'
import { type LiveServer, LiveServerList, NOT_LISTED } from './live-server.js'
import type { Scheduler } from './schedulers/scheduler.js'
import { SCHEDULERS } from './schedulers/schedulers.js'
import { addressAndPort, type RealServer, type VirtualServer } from './virtual-server.js'

/** What a virtual server is made with. */
export interface LiveVirtualServerOptions {
  /** No other virtual server of the node has it, nor had it. */
  readonly id: number
  readonly description: VirtualServer
  readonly book: AddressBook
  readonly folds: AddressFolds
  readonly nowNs: number
}

/** A virtual server with its real servers, its scheduler, and what that remembers. */
export class LiveVirtualServer {
  readonly id: number
  readonly list = new LiveServerList()
  readonly #protocol: number
  readonly #book: AddressBook
  readonly #folds: AddressFolds
  /** By address and port: every real server there ever was. One without connections is as good as new. */
  readonly #known = new Map<string, LiveServer>()
  readonly #draining = new Set<LiveServer>()
  #description: VirtualServer
  #scheduler: Scheduler

  constructor({ id, description, book, folds, nowNs }: LiveVirtualServerOptions) {
    this.id = id
    this.#protocol = protocolNumber(description.protocol)
    this.#book = book
    this.#folds = folds
    this.#description = description
    this.#scheduler = this.#makeScheduler(nowNs)
    this.#addWanted()
  }

  get description(): VirtualServer {
    return this.#description
  }

  /** Real servers that wait for their last connection. */
  get drainingCount(): number {
    return this.#draining.size
  }

  /** The scheduler's choice for a new connection; undefined: the client is refused. */
  choose(packet: Packet, nowNs: number): LiveServer | undefined {
    return this.#scheduler.choose(packet, nowNs)
  }

  /** Brings the virtual server to what a new table says. */
  update(description: VirtualServer, nowNs: number): void {
    const previous = this.#description
    this.#description = description
    const isSameScheduler =
      description.scheduler === previous.scheduler &&
      description.isHashingPorts === previous.isHashingPorts &&
      description.isFallingBack === previous.isFallingBack
    if (!isSameScheduler) {
      this.#scheduler = this.#makeScheduler(nowNs)
      for (const server of this.list.servers) this.#scheduler.added(server)
    } else if (isSameList(description.realServers, previous.realServers)) {
      return
    }
    this.#addWanted()
    this.#dropUnwanted()
  }

  /** kube-proxy's check: removes the drained servers of which no connection is remembered. */
  removeDrained(): void {
    for (const server of this.#draining) {
      if (server.activeCount + server.inactiveCount === 0) this.#remove(server)
    }
  }

  #makeScheduler(nowNs: number): Scheduler {
    const { scheduler, isHashingPorts, isFallingBack } = this.#description
    const { list } = this
    return SCHEDULERS[scheduler]({
      list,
      folds: this.#folds,
      isHashingPorts,
      isFallingBack,
      startNs: nowNs,
    })
  }

  #addWanted(): void {
    for (const wanted of this.#description.realServers) {
      const server = this.#serverOf(wanted)
      if (this.#draining.has(server)) this.#remove(server)
      if (server.position === NOT_LISTED) this.#add(server, wanted.weight)
      else if (server.weight !== wanted.weight) this.#setWeight(server, wanted.weight)
    }
  }

  #dropUnwanted(): void {
    const wanted = new Set(this.#description.realServers.map(addressAndPort))
    for (const server of [...this.list.servers]) {
      if (wanted.has(addressAndPort(server.description)) || this.#draining.has(server)) continue
      const isConnected = server.activeCount + server.inactiveCount > 0
      if (isConnected && this.#protocol === PROTOCOL_TCP) {
        this.#draining.add(server)
        this.#setWeight(server, 0)
      } else {
        this.#remove(server)
      }
    }
  }

  #serverOf(description: RealServer): LiveServer {
    const key = addressAndPort(description)
    let server = this.#known.get(key)
    if (server === undefined) {
      const { port } = description
      const address = this.#book.idOf(description.address)
      server = {
        description,
        address,
        port,
        weight: 0,
        lastWeight: 0,
        activeCount: 0,
        inactiveCount: 0,
        position: NOT_LISTED,
      }
      this.#known.set(key, server)
    }
    return server
  }

  #add(server: LiveServer, weight: number): void {
    server.weight = weight
    server.lastWeight = weight
    this.list.add(server)
    this.#scheduler.added(server)
  }

  #setWeight(server: LiveServer, weight: number): void {
    server.weight = weight
    if (weight > 0) server.lastWeight = weight
    this.#scheduler.reweighted(server)
  }

  #remove(server: LiveServer): void {
    this.#draining.delete(server)
    const previous = this.list.remove(server)
    this.#scheduler.removed(server, previous)
  }
}

function isSameList(one: readonly RealServer[], other: readonly RealServer[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ address, port, weight }, index) => {
      const twin = other[index]
      return address === twin.address && port === twin.port && weight === twin.weight
    })
  )
}

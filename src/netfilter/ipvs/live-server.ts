/**
 * Real servers of one virtual server as they are at one moment: their weights, their connections, their order.
 * Sources: Linux include/net/ip_vs.h (struct ip_vs_dest), net/netfilter/ipvs/ip_vs_ctl.c (__ip_vs_update_dest).
 */
import type { AddressId } from '../address-book.js'
import type { RealServer } from './virtual-server.js'

/** One real server. An object lives as long as its virtual server, also while the server is not in the list. */
export interface LiveServer {
  readonly description: RealServer
  readonly address: AddressId
  readonly port: number
  /** 0: no new connections. */
  weight: number
  /** The latest weight above zero: mh keeps the places of a server that is drained. */
  lastWeight: number
  /** Connections that are open. */
  activeCount: number
  /** Connections that are remembered: closed ones for a while, those of UDP always. */
  inactiveCount: number
  /** Place in the list, `NOT_LISTED` when removed. */
  position: number
}

/** As a position: the server was removed. */
export const NOT_LISTED = -1

/** What a connection costs a server, by the kernel's guess: an open one as much as 256 remembered ones. */
export function overheadOf(server: LiveServer): number {
  return server.activeCount * 256 + server.inactiveCount
}

/** May the server get new connections? */
export function isUsable(server: LiveServer): boolean {
  return server.weight > 0
}

/**
 * The list of a virtual server. The kernel adds at the head and looks from there, so the list is kept the other way
 * round: `servers` has the newest last, and whoever looks as the kernel does begins at the end.
 */
export class LiveServerList {
  readonly servers: LiveServer[] = []

  /** Puts a server at the kernel's head. */
  add(server: LiveServer): void {
    server.position = this.servers.length
    this.servers.push(server)
  }

  /**
   * Takes a server out.
   *
   * @returns the one before it, as the kernel looks; undefined if it was the first
   * @remarks O(servers).
   */
  remove(server: LiveServer): LiveServer | undefined {
    const { position } = server
    const { servers } = this
    servers.splice(position, 1)
    for (let at = position; at < servers.length; at += 1) servers[at].position = at
    server.position = NOT_LISTED
    return servers[position]
  }
}

/**
 * What every scheduler of IPVS looks like from outside: it chooses a real server for a new connection, and is told when the
 * list changes. All are deterministic: the same list, counts and packets give the same choices.
 *
 * A file each, named as `ipvsadm -s` names them, computed as the kernel does. Left out everywhere: upper thresholds of
 * connections, which kube-proxy does not set.
 * Source: Linux net/netfilter/ipvs/ip_vs_sched.c and ip_vs_*.c.
 */
import type { Packet } from '../../packet.js'
import type { AddressFolds } from '../address-hashes.js'
import type { LiveServer, LiveServerList } from '../live-server.js'

/** The rule of one virtual server, with what it remembers. */
export interface Scheduler {
  /**
   * Chooses for a new connection.
   *
   * @param nowNs - simulated time, integer ns; never less than at the last call
   * @returns undefined: no server may have it, and the client is refused
   */
  choose(packet: Packet, nowNs: number): LiveServer | undefined
  /** A server was put at the head of the list. */
  added(server: LiveServer): void
  /** A server was taken out of the list; `previous` stood before it, undefined if none did. */
  removed(server: LiveServer, previous: LiveServer | undefined): void
  /** The weight of a listed server was changed. */
  reweighted(server: LiveServer): void
}

/** What a scheduler is made with. */
export interface SchedulerOptions {
  /** Empty when the scheduler is made. */
  readonly list: LiveServerList
  readonly folds: AddressFolds
  readonly isHashingPorts: boolean
  readonly isFallingBack: boolean
  /** Simulated time at which the virtual server was made. */
  readonly startNs: number
}

/** Of a scheduler that remembers nothing about the list. */
export const UNMOVED = {
  added(): void {},
  removed(): void {},
  reweighted(): void {},
} as const

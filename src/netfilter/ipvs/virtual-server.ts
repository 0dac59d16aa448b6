/**
 * The IPVS table of one node as readable data: virtual servers, and the real servers behind each.
 *
 * Modelled: TCP, UDP and SCTP services, forwarding by masquerading (NAT), the eleven schedulers that kube-proxy knows,
 * persistence by single client addresses. Left out: services by firewall mark, direct routing and tunnels, thresholds
 * of connections, persistence engines, one-packet scheduling, weights per netmask.
 * Sources: ipvsadm(8); Linux net/netfilter/ipvs/ip_vs_ctl.c.
 */
import type { IpProtocol } from '../iptables/rule.js'

/** The schedulers by the names that `ipvsadm -s` takes. */
export const SCHEDULER_NAMES = [
  'rr',
  'wrr',
  'lc',
  'wlc',
  'sh',
  'mh',
  'dh',
  'sed',
  'nq',
  'lblc',
  'lblcr',
] as const

/** One of `SCHEDULER_NAMES`. */
export type SchedulerName = (typeof SCHEDULER_NAMES)[number]

/** Where connections of a virtual server may go. */
export interface RealServer {
  /** Canonical text, without brackets. */
  readonly address: string
  readonly port: number
  /** 0 to 65535; 0: no new connections, those that there are live on. */
  readonly weight: number
  /** `-m`: addresses are translated, and answers come back through this node. */
  readonly forwarding: 'masquerading'
}

/** An address, port and protocol that IPVS answers for. */
export interface VirtualServer {
  readonly protocol: IpProtocol
  /** Canonical text, without brackets. */
  readonly address: string
  readonly port: number
  readonly scheduler: SchedulerName
  /** `-b sh-port` or `-b mh-port`: the schedulers sh and mh look at the client's port too. */
  readonly isHashingPorts: boolean
  /** `-b sh-fallback` or `-b mh-fallback`: sh and mh look further if the server that they hit is not available. */
  readonly isFallingBack: boolean
  /** `-p`: a client keeps its real server for so long, 1 to 86,400 s; undefined: no persistence. */
  readonly persistenceSeconds: number | undefined
  /**
   * In the order in which they are added. The kernel puts each new one at the head of its list, so that the last one
   * here is the first one there.
   */
  readonly realServers: readonly RealServer[]
}

/** `ADDRESS:PORT`, or `[ADDRESS]:PORT` for IPv6. */
export function addressAndPort({
  address,
  port,
}: {
  readonly address: string
  readonly port: number
}): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** What tells virtual servers of one node apart: `tcp 10.96.0.10:53`. */
export function virtualServerKey(server: Pick<VirtualServer, 'protocol' | 'address' | 'port'>): string {
  return `${server.protocol} ${addressAndPort(server)}`
}

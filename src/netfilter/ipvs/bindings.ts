/**
 * The connections that IPVS of one node knows: which real server each one has, and whether it is open or only remembered.
 *
 * A connection counts as open from its first packet on (the kernel: from the end of the handshake, one round trip later)
 * until it is released; then it is remembered for as long as the kernel's timers say. UDP has no end that the kernel could
 * see: its connections always count as remembered, for five minutes after the last packet, which is taken to be when they
 * are released. Left out: the 15 minutes after which the kernel forgets an open connection without packets, and a new
 * connection from the port of one that is still remembered, which the kernel then forgets at once.
 * Sources: Linux net/netfilter/ipvs/ip_vs_conn.c (ip_vs_bind_dest, ip_vs_unbind_dest), ip_vs_proto_tcp.c, ip_vs_proto_udp.c,
 * ip_vs_proto_sctp.c (time-outs and which states count as active).
 */
import { InvariantError } from '../../base/diagnostics.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import { PROTOCOL_SCTP, PROTOCOL_UDP } from '../packet.js'
import { LingerQueue } from './linger-queue.js'
import type { LiveServer } from './live-server.js'
import { disconnect, type Template } from './persistence-templates.js'

/** How a connection ended: in order, or by a reset, as of a closed port. */
export type ConnectionEnd = 'closed' | 'reset'

/** IP_VS_TCP_S_TIME_WAIT, IP_VS_TCP_S_CLOSE, IP_VS_UDP_S_NORMAL, IP_VS_SCTP_S_CLOSED. */
const TCP_CLOSED_NS = 120 * NS_PER_S
const TCP_RESET_NS = 10 * NS_PER_S
const UDP_NS = 300 * NS_PER_S
const SCTP_NS = 61 * NS_PER_S

interface Binding {
  server: LiveServer
  template: Template | undefined
  protocol: number
  /** Released bindings can not be released again. */
  isOpen: boolean
}

/** All connections of one node. Handles of forgotten connections are given to later ones. */
export class Bindings {
  readonly #bindings: Binding[] = []
  readonly #free: number[] = []
  readonly #tcpClosed = new LingerQueue()
  readonly #tcpReset = new LingerQueue()
  readonly #udp = new LingerQueue()
  readonly #sctp = new LingerQueue()
  readonly #queues = [this.#tcpReset, this.#sctp, this.#tcpClosed, this.#udp]

  /** Connections that were not released yet. */
  get openCount(): number {
    return this.#bindings.filter(({ isOpen }) => isOpen).length
  }

  /** When the next connection is forgotten, simulated ns; `Infinity` if none waits for that. */
  get nextEndNs(): number {
    let nextNs = Number.POSITIVE_INFINITY
    for (const queue of this.#queues) nextNs = Math.min(nextNs, queue.nextDueNs)
    return nextNs
  }

  /** Notes a new connection, and counts it at its server; the template was told already. */
  open(server: LiveServer, template: Template | undefined, protocol: number): number {
    if (protocol === PROTOCOL_UDP) server.inactiveCount += 1
    else server.activeCount += 1
    const free = this.#free.pop()
    if (free === undefined) {
      this.#bindings.push({ server, template, protocol, isOpen: true })
      return this.#bindings.length - 1
    }
    const binding = this.#bindings[free]
    binding.server = server
    binding.template = template
    binding.protocol = protocol
    binding.isOpen = true
    return free
  }

  /**
   * A connection has ended, and begins to be remembered.
   *
   * @throws InvariantError if the handle is not that of an open connection
   */
  release(handle: number, nowNs: number, end: ConnectionEnd): void {
    const binding = this.#bindings[handle]
    if (binding === undefined || !binding.isOpen) {
      throw new InvariantError('no such connection is bound', { handle, nowNs })
    }
    binding.isOpen = false
    if (binding.protocol === PROTOCOL_UDP) {
      this.#udp.push(handle, nowNs + UDP_NS)
      return
    }
    binding.server.activeCount -= 1
    binding.server.inactiveCount += 1
    if (binding.protocol === PROTOCOL_SCTP) this.#sctp.push(handle, nowNs + SCTP_NS)
    else if (end === 'closed') this.#tcpClosed.push(handle, nowNs + TCP_CLOSED_NS)
    else this.#tcpReset.push(handle, nowNs + TCP_RESET_NS)
  }

  /** Forgets the connection that is due first; there must be one. */
  forgetNext(): void {
    const dueNs = this.nextEndNs
    const queue = this.#queues.find((each) => each.nextDueNs === dueNs)
    if (queue === undefined) throw new InvariantError('no connection is to be forgotten')
    const handle = queue.shift()
    const { server, template } = this.#bindings[handle]
    server.inactiveCount -= 1
    if (template !== undefined) disconnect(template, dueNs)
    this.#free.push(handle)
  }
}

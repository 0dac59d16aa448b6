/**
 * The memory behind persistence (`-p T`), for one node: by virtual server and client the real server that the client keeps.
 *
 * The kernel calls an entry a template. Its timer is set to T by each new connection of the client. If it runs out while
 * connections made from the template are still remembered, two minutes of TIME_WAIT included, it is set to one minute
 * again, and from then on new connections set it to one minute only: T below two minutes is not kept exactly, and after a
 * connection longer than T the client is forgotten within a minute. Entries are brought up to date when they are asked
 * for, so that no event is needed.
 * Sources: Linux net/netfilter/ipvs/ip_vs_core.c (ip_vs_sched_persist), ip_vs_conn.c (ip_vs_conn_expire,
 * ip_vs_check_template, ip_vs_conn_put).
 */
import { NS_PER_S } from '../../base/nanoseconds.js'
import type { AddressId } from '../address-book.js'
import { ABSENT, PairIndex } from '../iptables/pair-index.js'
import { isUsable, type LiveServer, NOT_LISTED } from './live-server.js'

/** The timer of a template that must outlive connections. */
const PROLONGED_NS = 60 * NS_PER_S

/** One client of one virtual server. */
export interface Template {
  readonly server: LiveServer
  readonly virtualServerId: number
  readonly client: AddressId
  /** When the timer runs out next, simulated ns. */
  expiryNs: number
  /** What the next new connection sets the timer to. */
  timeoutNs: number
  /** Connections made from the template that are still remembered. */
  connectionCount: number
}

/** All templates of one node. */
export class PersistenceTemplates {
  readonly #index = new PairIndex()
  readonly #templates: (Template | undefined)[] = []
  readonly #free: number[] = []

  /**
   * The template of a client, if it is valid: not run out, and its server listed and not drained
   * (sysctl expire_quiescent_template, which kube-proxy sets). Another one is thrown away.
   */
  find(virtualServerId: number, client: AddressId, nowNs: number): Template | undefined {
    const place = this.#index.get(virtualServerId, client)
    if (place === ABSENT) return undefined
    const template = this.#templates[place]
    if (template !== undefined) {
      const { server } = template
      prolong(template, nowNs)
      if (template.expiryNs > nowNs && server.position !== NOT_LISTED && isUsable(server)) return template
    }
    this.#templates[place] = undefined
    this.#free.push(place)
    this.#index.delete(virtualServerId, client)
    return undefined
  }

  /** Makes a template; the client must have none. Its timer is set by `connect`. */
  make(virtualServerId: number, client: AddressId, server: LiveServer, timeoutNs: number): Template {
    const template = { server, virtualServerId, client, expiryNs: 0, timeoutNs, connectionCount: 0 }
    const place = this.#free.pop() ?? this.#templates.length
    this.#templates[place] = template
    this.#index.set(virtualServerId, client, place)
    return template
  }
}

/** A new connection is made from a template. */
export function connect(template: Template, nowNs: number): void {
  template.connectionCount += 1
  template.expiryNs = nowNs + template.timeoutNs
}

/** A connection made from a template is forgotten. */
export function disconnect(template: Template, nowNs: number): void {
  prolong(template, nowNs - 1)
  template.connectionCount -= 1
}

/** Lets the timer run out as often as it does up to a time, that time included, while there are connections. */
function prolong(template: Template, untilNs: number): void {
  if (template.expiryNs > untilNs || template.connectionCount === 0) return
  const periods = Math.floor((untilNs - template.expiryNs) / PROLONGED_NS) + 1
  template.expiryNs += periods * PROLONGED_NS
  template.timeoutNs = PROLONGED_NS
}

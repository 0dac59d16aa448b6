/**
 * IPVS of one node, slowly and plainly: with addresses as text, every rule met written down, and of each connection that
 * IPVS leads to a real server who could have had it and why this one has. Nothing is left to chance: the state of the node
 * settles every choice, so that the chance of the chosen one is 1.
 *
 * It says what `IpvsNode` must say: a property test compares the two. It is also how a packet's way is shown. Scope, limits
 * and sources are those of `ipvs-node.ts`.
 */
import { InvariantError } from '../../base/diagnostics.js'
import { type Cidr, cidrContains, parseCidr, parseIpAddress } from '../../base/ip-address.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import type { ReadablePacket } from '../iptables/interpret.js'
import type { ConnectionEnd } from './bindings.js'
import { type Way, walkAfterIpvs, walkBeforeIpvs } from './hook-order.js'
import type { IpSet } from './ip-set.js'
import type { IpvsTables } from './ipvs-tables.js'
import { type ReferenceScheduler, type ReferenceServer, referenceScheduler } from './reference-schedulers.js'
import type { RuleWalk, RuleWalkContext, SetRuleMet } from './rule-walk.js'
import type { SetMatch } from './set-rule.js'
import { addressAndPort, type RealServer, type VirtualServer, virtualServerKey } from './virtual-server.js'

/** Whom IPVS led a new connection to, and why. */
export interface IpvsChoice {
  readonly virtualServer: VirtualServer
  /** Real servers that take new connections, in the kernel's order. */
  readonly eligible: readonly RealServer[]
  /** Undefined: the client is refused. */
  readonly chosen: RealServer | undefined
  /** What settled it: the client's persistence, or the scheduler. */
  readonly by: 'persistence' | 'scheduler'
  /** In words, without a final full stop. */
  readonly reason: string
}

/** What became of a packet. The counts mean what they mean in `Traversal`. */
export interface IpvsInterpretation {
  readonly verdict: RuleWalk['verdict']
  /** The packet as it left the node; masquerading is left to the caller. */
  readonly packet: ReadablePacket
  readonly isMasqueraded: boolean
  /** Undefined: it is no new connection to a virtual server, or the rules did not let it through to IPVS. */
  readonly choice: IpvsChoice | undefined
  /** For `release`; undefined if there is no real server. */
  readonly connection: ReferenceConnection | undefined
  /** Every rule whose tests were run, in order. */
  readonly rulesMet: readonly SetRuleMet[]
  /** How many of them were met before IPVS. */
  readonly rulesBeforeIpvs: number
}

/** A connection that the node knows. */
export interface ReferenceConnection {
  readonly server: ReferenceServer
  readonly template: Template | undefined
  readonly protocol: ReadablePacket['protocol']
  /** When it is forgotten; undefined while it is open. */
  endNs: number | undefined
}

interface Template {
  readonly virtualServer: LiveReference
  readonly client: string
  readonly server: ReferenceServer
  expiryNs: number
  timeoutSeconds: number
  connectionCount: number
}

interface LiveReference {
  description: VirtualServer
  scheduler: ReferenceScheduler
  /** In the kernel's order, the head first. */
  readonly list: ReferenceServer[]
  readonly known: Map<string, ReferenceServer>
  readonly draining: Set<ReferenceServer>
}

/** Seconds for which a connection that has ended is remembered. */
const LINGER_SECONDS = {
  tcp: { closed: 120, reset: 10 },
  udp: { closed: 300, reset: 300 },
  sctp: { closed: 61, reset: 61 },
}
const MINUTE_NS = 60 * NS_PER_S

/** One node. */
export class ReferenceIpvsNode {
  readonly #localAddresses: readonly Cidr[]
  #virtualServers = new Map<string, LiveReference>()
  #connections: ReferenceConnection[] = []
  #templates: Template[] = []
  #tables: IpvsTables
  #settledNs: number

  /** @param localAddresses - every address that the node itself answers to, without those bound for IPVS */
  constructor(tables: IpvsTables, localAddresses: readonly Cidr[], startNs = 0) {
    this.#localAddresses = localAddresses
    this.#tables = tables
    this.#settledNs = startNs
    this.replaceTables(tables, startNs)
  }

  /** Takes a packet through the node; a new connection to a virtual server changes its state. */
  pass(way: Way, packet: ReadablePacket, nowNs: number): IpvsInterpretation {
    this.#settle(nowNs)
    const context = this.#context()
    const isNew = packet.states.includes('NEW')
    const key = virtualServerKey({
      protocol: packet.protocol,
      address: packet.destination,
      port: packet.destinationPort,
    })
    const virtualServer = isNew ? this.#virtualServers.get(key) : undefined
    const before = walkBeforeIpvs(context, way, packet, virtualServer !== undefined)
    const common = {
      isMasqueraded: before.isMasqueraded,
      rulesMet: before.rulesMet,
      rulesBeforeIpvs: before.rulesMet.length,
    }
    const passed = { ...packet, mark: before.mark }
    if (virtualServer === undefined || !before.isAtIpvs) {
      return { ...common, verdict: before.verdict, packet: passed, choice: undefined, connection: undefined }
    }
    const { choice, connection } = this.#lead(virtualServer, passed, nowNs)
    if (choice.chosen === undefined) {
      return { ...common, verdict: 'rejected', packet: passed, choice, connection }
    }
    const translated = { ...passed, destination: choice.chosen.address, destinationPort: choice.chosen.port }
    const after = walkAfterIpvs(context, way, translated, virtualServer.description)
    return {
      verdict: after.verdict,
      packet: { ...translated, mark: after.mark },
      isMasqueraded: before.isMasqueraded || after.isMasqueraded,
      choice,
      connection,
      rulesMet: [...before.rulesMet, ...after.rulesMet],
      rulesBeforeIpvs: before.rulesMet.length,
    }
  }

  /** A connection has ended. */
  release(connection: ReferenceConnection, nowNs: number, end: ConnectionEnd): void {
    this.#settle(nowNs)
    if (connection.endNs !== undefined) throw new InvariantError('the connection has ended before')
    connection.endNs = nowNs + LINGER_SECONDS[connection.protocol][end] * NS_PER_S
    if (connection.protocol === 'udp') return
    connection.server.activeCount -= 1
    connection.server.inactiveCount += 1
  }

  /** Loads new tables as kube-proxy does. */
  replaceTables(tables: IpvsTables, nowNs: number): void {
    this.#settle(nowNs)
    this.#tables = tables
    const wanted = new Map(tables.virtualServers.map((each) => [virtualServerKey(each), each]))
    for (const [key, each] of this.#virtualServers) {
      if (wanted.has(key)) continue
      for (const server of [...each.list]) remove(each, server)
      this.#virtualServers.delete(key)
    }
    for (const [key, description] of wanted) {
      const live = this.#virtualServers.get(key) ?? newVirtualServer(description, nowNs)
      this.#virtualServers.set(key, live)
      update(live, description, nowNs)
    }
  }

  /** The real servers of a virtual server in the kernel's order. */
  listOf(key: string, nowNs: number): readonly ReferenceServer[] {
    this.#settle(nowNs)
    return this.#virtualServers.get(key)?.list ?? []
  }

  #lead(virtualServer: LiveReference, packet: ReadablePacket, nowNs: number) {
    const { description } = virtualServer
    const eligible = virtualServer.list.filter((each) => each.weight > 0).map((each) => each.server)
    const { persistenceSeconds } = description
    let template = this.#templateOf(virtualServer, packet.source)
    const { server, reason, by } =
      template === undefined
        ? { ...virtualServer.scheduler.choose(packet, nowNs), by: 'scheduler' as const }
        : { server: template.server, reason: `${packet.source} keeps it`, by: 'persistence' as const }
    const choice: IpvsChoice = { virtualServer: description, eligible, chosen: server?.server, by, reason }
    if (server === undefined) return { choice, connection: undefined }
    if (persistenceSeconds !== undefined && template === undefined) {
      template = {
        virtualServer,
        client: packet.source,
        server,
        expiryNs: 0,
        timeoutSeconds: persistenceSeconds,
        connectionCount: 0,
      }
      this.#templates.push(template)
    }
    if (template !== undefined) {
      template.connectionCount += 1
      template.expiryNs = nowNs + template.timeoutSeconds * NS_PER_S
    }
    if (packet.protocol === 'udp') server.inactiveCount += 1
    else server.activeCount += 1
    const connection: ReferenceConnection = { server, template, protocol: packet.protocol, endNs: undefined }
    this.#connections.push(connection)
    return { choice, connection }
  }

  /** The client's template, if it is valid; another one is thrown away. */
  #templateOf(virtualServer: LiveReference, client: string): Template | undefined {
    if (virtualServer.description.persistenceSeconds === undefined) return undefined
    const template = this.#templates.find(
      (each) => each.virtualServer === virtualServer && each.client === client,
    )
    if (template === undefined || (template.server.isListed && template.server.weight > 0)) return template
    this.#templates = this.#templates.filter((each) => each !== template)
    return undefined
  }

  /** Lets everything happen that is due: at one time first connections are forgotten, then kube-proxy checks, then timers run out. */
  #settle(nowNs: number): void {
    for (;;) {
      const checkNs = (Math.floor(this.#settledNs / MINUTE_NS) + 1) * MINUTE_NS
      const ends = this.#connections.map((each) => each.endNs ?? Number.POSITIVE_INFINITY)
      const expiries = this.#templates.map((each) => each.expiryNs)
      const dueNs = Math.min(checkNs, ...ends, ...expiries)
      if (dueNs > nowNs) break
      for (const each of this.#connections.filter(({ endNs }) => endNs === dueNs)) this.#forget(each)
      if (dueNs === checkNs) for (const each of this.#virtualServers.values()) check(each)
      for (const each of this.#templates.filter(({ expiryNs }) => expiryNs === dueNs)) this.#expire(each)
      this.#settledNs = dueNs
    }
    this.#settledNs = nowNs
  }

  #forget(connection: ReferenceConnection): void {
    this.#connections = this.#connections.filter((each) => each !== connection)
    connection.server.inactiveCount -= 1
    if (connection.template !== undefined) connection.template.connectionCount -= 1
  }

  #expire(template: Template): void {
    if (template.connectionCount === 0) {
      this.#templates = this.#templates.filter((each) => each !== template)
      return
    }
    template.timeoutSeconds = 60
    template.expiryNs += MINUTE_NS
  }

  #context(): RuleWalkContext {
    const { tables, ipSets, boundAddresses } = this.#tables
    return {
      tables,
      isMember: (match, packet) => isMember(ipSets, match, packet),
      isLocal: (text) =>
        boundAddresses.includes(text) || this.#localAddresses.some((range) => isInRange(range, text)),
    }
  }
}

function newVirtualServer(description: VirtualServer, nowNs: number): LiveReference {
  const list: ReferenceServer[] = []
  const scheduler = referenceScheduler({ list, description, startNs: nowNs })
  return { description, scheduler, list, known: new Map(), draining: new Set() }
}

function update(live: LiveReference, description: VirtualServer, nowNs: number): void {
  const { scheduler, isHashingPorts, isFallingBack } = live.description
  live.description = description
  if (
    scheduler !== description.scheduler ||
    isHashingPorts !== description.isHashingPorts ||
    isFallingBack !== description.isFallingBack
  ) {
    const servers = [...live.list].reverse()
    live.list.length = 0
    live.scheduler = referenceScheduler({ list: live.list, description, startNs: nowNs })
    for (const server of servers) {
      live.list.unshift(server)
      live.scheduler.changed()
    }
  }
  for (const wanted of description.realServers) addOrUpdate(live, wanted)
  const names = description.realServers.map(addressAndPort)
  for (const server of [...live.list].reverse()) {
    if (names.includes(addressAndPort(server.server)) || live.draining.has(server)) continue
    if (description.protocol === 'tcp' && server.activeCount + server.inactiveCount > 0) {
      live.draining.add(server)
      setWeight(live, server, 0)
    } else {
      remove(live, server)
    }
  }
}

function addOrUpdate(live: LiveReference, wanted: RealServer): void {
  const name = addressAndPort(wanted)
  const server = live.known.get(name) ?? {
    server: wanted,
    weight: 0,
    lastWeight: 0,
    activeCount: 0,
    inactiveCount: 0,
    isListed: false,
  }
  live.known.set(name, server)
  if (live.draining.has(server)) remove(live, server)
  if (server.isListed) {
    if (server.weight !== wanted.weight) setWeight(live, server, wanted.weight)
    return
  }
  server.isListed = true
  server.weight = wanted.weight
  server.lastWeight = wanted.weight
  live.list.unshift(server)
  live.scheduler.changed()
}

function setWeight(live: LiveReference, server: ReferenceServer, weight: number): void {
  server.weight = weight
  if (weight > 0) server.lastWeight = weight
  live.scheduler.changed()
}

function remove(live: LiveReference, server: ReferenceServer): void {
  live.draining.delete(server)
  server.isListed = false
  live.list.splice(live.list.indexOf(server), 1)
  live.scheduler.changed()
}

/** kube-proxy's check every minute. */
function check(live: LiveReference): void {
  for (const server of [...live.draining]) {
    if (server.activeCount + server.inactiveCount === 0) remove(live, server)
  }
}

/** Is any entry of the set true of the packet? */
function isMember(ipSets: readonly IpSet[], match: SetMatch, packet: ReadablePacket): boolean {
  const set = ipSets.find((each) => each.name === match.set)
  if (set === undefined) throw new InvariantError('no such set', { set: match.set })
  return set.entries.some((entry) =>
    entry.split(',').every((part, index) => {
      const isSource = match.directions[index] === 'src'
      const address = isSource ? packet.source : packet.destination
      const port = String(isSource ? packet.sourcePort : packet.destinationPort)
      return (
        part === address ||
        part === port ||
        part === `${packet.protocol}:${port}` ||
        isInRangeText(part, address)
      )
    }),
  )
}

function isInRangeText(part: string, address: string): boolean {
  const range = part.includes('/') ? parseCidr(part) : undefined
  return range !== undefined && isInRange(range, address)
}

function isInRange(range: Cidr, text: string): boolean {
  const address = parseIpAddress(text)
  return address !== undefined && cidrContains(range, address)
}

/**
 * The resolver of each pod, as glibc has it: names of the search path one after another, A and AAAA for each, by a socket of its
 * own for every name, until one exists. A query without an answer is sent again after the time-out, from the same port; after
 * the last attempt the look-up has failed, and so has the request.
 *
 * Left out: several name servers, answers that are truncated, musl (which asks for no search path where a name has enough
 * dots, and sends all queries at once). Sources: glibc resolv/res_query.c, res_send.c; resolv.conf(5).
 */
import type { Stream } from '../engine/streams.js'
import type { DnsSettings } from '../input/dns-schema.js'
import { OUTSIDE } from './callers.js'
import { DnsEvent, type DnsEventNumber } from './dns-events.js'
import { DnsNodeCaches } from './dns-node-cache.js'
import { DnsPackets } from './dns-packets.js'
import { type DnsParts, letGoOfQuery } from './dns-parts.js'
import { DnsServers } from './dns-servers.js'
import { RECORD_TYPE_COUNT, RECORD_TYPES } from './dns-tables.js'
import { limitsOf } from './limits.js'
import type { NameResolver } from './name-resolver.js'
import { Outcome } from './records.js'
import type { FlowSource } from './udp-flows.js'
import type { World } from './world.js'

/** First port of clients. Source: Linux, net.ipv4.ip_local_port_range default, 32768 to 60999. */
const FIRST_PORT = 32_768

/** Resolves names by queries. Stream `dns/source-port`: one draw per name asked, where ports are random. */
export class DnsResolver implements NameResolver {
  readonly #settings: DnsSettings
  readonly #packets: DnsPackets
  readonly #servers: DnsServers
  readonly #caches: DnsNodeCaches | undefined
  readonly #ports: Stream
  readonly #portCount: number
  /** Record types asked for, as bits. */
  readonly #types: number
  /** By pool key: the look-up under way that others may join, -1 for none; and when the last one was answered. */
  readonly #joinable: Int32Array
  readonly #answeredNs: Float64Array
  /** By look-up: the requests that wait for it. */
  readonly #waiters: number[][] = []

  constructor(
    readonly world: World,
    readonly dns: DnsParts,
  ) {
    const { scenario, callers, streams } = world
    const { dns: settings } = scenario.spec
    this.#settings = settings
    this.#packets = new DnsPackets(world, dns)
    this.#servers = new DnsServers(world, dns, this.#packets, (query) => this.#sendBack(query))
    this.#caches = settings.nodeCache.enabled
      ? new DnsNodeCaches(
          world,
          dns,
          this.#packets,
          (node) => this.#openFlow(this.#nodeSource(node), callers.count + node),
          (flow) => this.#closeFlow(flow),
        )
      : undefined
    this.#ports = streams.get('dns/source-port')
    this.#portCount = Math.max(1, limitsOf(scenario).clientPorts)
    this.#types = settings.aaaa ? (1 << RECORD_TYPE_COUNT) - 1 : 1 << RECORD_TYPES.own
    this.#joinable = new Int32Array(callers.count).fill(-1)
    this.#answeredNs = new Float64Array(callers.count).fill(Number.NEGATIVE_INFINITY)
  }

  isKnown(request: number): boolean {
    const { simulator, requests, callers } = this.world
    const { cacheTime } = this.#settings
    const of = callers.bySite[requests.site[request]]
    const client = requests.client[request]
    if (of.nodes[client] === OUTSIDE) return true
    const caller = of.firstPoolKey + client
    if (cacheTime > 0 && simulator.now <= this.#answeredNs[caller] + cacheTime) return true
    const joined = cacheTime > 0 ? this.#joinable[caller] : -1
    if (joined >= 0) this.#waiters[joined].push(request)
    else this.#start(request, caller)
    return false
  }

  handle(kind: number, payload: number): boolean {
    switch (kind as DnsEventNumber) {
      case DnsEvent.served:
        this.#servers.finish(payload)
        return true
      case DnsEvent.upstream:
        this.#servers.learn(payload)
        return true
      case DnsEvent.answerAtNodeCache:
        this.#caches?.learn(payload)
        return true
      case DnsEvent.answerAtClient:
        this.#hearAnswer(payload)
        return true
      case DnsEvent.refused:
        this.#hearRefusal(payload)
        return true
      case DnsEvent.atNode:
        this.#packets.arriveAtNode(payload)
        return true
      case DnsEvent.atNodeCache:
        this.#caches?.arrive(payload)
        return true
      case DnsEvent.atPod:
        this.#servers.arrive(payload)
        return true
      case DnsEvent.timeout:
        this.#endOverdue(payload)
        return true
      case DnsEvent.flowEnd:
        this.#endFlow(payload)
        return true
      default:
        return false
    }
  }

  #start(request: number, caller: number): void {
    const lookup = this.dns.lookups.open(request, caller)
    this.#waiters[lookup] ??= []
    this.#waiters[lookup].push(request)
    this.#joinable[caller] = lookup
    this.#ask(lookup)
  }

  /** Asks for the next name, from a new socket. */
  #ask(lookup: number): void {
    const { lookups } = this.dns
    lookups.attempt[lookup] = 1
    lookups.awaited[lookup] = this.#types
    if (this.#caches === undefined)
      lookups.flow[lookup] = this.#openFlow(this.#sourceOf(lookup), lookups.caller[lookup])
    this.#send(lookup)
  }

  /** Sends what is still to be answered: everything, or one query at a time. */
  #send(lookup: number): void {
    const { lookups, lanes } = this.dns
    const { simulator } = this.world
    const dueNs = simulator.now + this.#settings.timeout
    lookups.dueNs[lookup] = dueNs
    simulator.schedule(lanes.get(DnsEvent.timeout), dueNs, lookup)
    for (let type = 0; type < RECORD_TYPE_COUNT; type++) {
      if ((lookups.awaited[lookup] & (1 << type)) === 0) continue
      this.#sendQuery(lookup, type)
      if (this.#settings.singleRequest) return
    }
  }

  #sendQuery(lookup: number, type: number): void {
    const { lookups, queries } = this.dns
    const { requests } = this.world
    const request = lookups.request[lookup]
    const name = this.#planOf(lookup)[lookups.candidate[lookup]]
    const query = queries.open(lookups, lookup, name, type, this.#sourceOf(lookup).node)
    requests.dnsQueries[request]++
    if (this.#caches === undefined) this.#packets.send(query, lookups.flow[lookup])
    else this.#caches.ask(query)
  }

  /** An answer leaves its pod: for the cache of a node, or for the client. */
  #sendBack(query: number): void {
    const kind = this.#caches === undefined ? DnsEvent.answerAtClient : DnsEvent.answerAtNodeCache
    this.#packets.answer(query, kind)
  }

  #hearAnswer(query: number): void {
    const { lookups, queries } = this.dns
    const lookup = queries.lookup[query]
    const isAwaited = queries.isAwaited(lookups, query)
    const type = queries.type[query]
    letGoOfQuery(this.dns, query, this.world.simulator.now)
    if (!isAwaited) return
    lookups.awaited[lookup] &= ~(1 << type)
    if (lookups.awaited[lookup] === 0) this.#goOn(lookup)
    else if (this.#settings.singleRequest) this.#send(lookup)
  }

  /** All answers for a name are here: it exists, or the next one is asked for. */
  #goOn(lookup: number): void {
    const { lookups, names } = this.dns
    const isFound = names.exists(this.#planOf(lookup)[lookups.candidate[lookup]])
    this.#leaveSocket(lookup)
    if (isFound) {
      this.#answeredNs[lookups.caller[lookup]] = this.world.simulator.now
      this.#end(lookup, Outcome.completed)
    } else {
      lookups.candidate[lookup]++
      this.#ask(lookup)
    }
  }

  #hearRefusal(query: number): void {
    const { lookups, queries } = this.dns
    const lookup = queries.lookup[query]
    const isAwaited = queries.isAwaited(lookups, query)
    const isOfThisAttempt = queries.attempt[query] === lookups.attempt[lookup]
    letGoOfQuery(this.dns, query, this.world.simulator.now)
    if (isAwaited && isOfThisAttempt) this.#tryAgain(lookup, Outcome.refused)
  }

  #endOverdue(lookup: number): void {
    if (this.dns.lookups.dueNs[lookup] === this.world.simulator.now) this.#tryAgain(lookup, Outcome.timedOut)
  }

  /** One attempt has failed. */
  #tryAgain(lookup: number, outcome: number): void {
    const { lookups } = this.dns
    if (lookups.attempt[lookup] < this.#settings.attempts) {
      lookups.attempt[lookup]++
      this.#send(lookup)
    } else {
      this.#leaveSocket(lookup)
      this.#end(lookup, outcome)
    }
  }

  #leaveSocket(lookup: number): void {
    const { lookups } = this.dns
    lookups.dueNs[lookup] = Number.POSITIVE_INFINITY
    if (lookups.flow[lookup] >= 0) this.#closeFlow(lookups.flow[lookup])
  }

  /** A look-up is over, and so is the wait of all who wait for it. */
  #end(lookup: number, outcome: number): void {
    const { lookups } = this.dns
    const { requests, simulator, lanes } = this.world
    for (const request of this.#waiters[lookup]) {
      if (outcome === Outcome.completed) {
        simulator.schedule(lanes.nameResolved, simulator.now, request)
      } else {
        requests.outcome[request] = outcome
        simulator.schedule(lanes.refusal, simulator.now, request)
      }
    }
    this.#waiters[lookup].length = 0
    const caller = lookups.caller[lookup]
    if (this.#joinable[caller] === lookup) this.#joinable[caller] = -1
    lookups.close(lookup)
  }

  #planOf(lookup: number): Int32Array {
    const { requests } = this.world
    const request = this.dns.lookups.request[lookup]
    return this.dns.names.planOf(requests.site[request], requests.client[request])
  }

  #sourceOf(lookup: number): FlowSource {
    const { requests, callers } = this.world
    const request = this.dns.lookups.request[lookup]
    const of = callers.bySite[requests.site[request]]
    const client = requests.client[request]
    return { address: of.addresses[client], port: 0, node: of.nodes[client] }
  }

  #nodeSource(node: number): FlowSource {
    const { cluster, book } = this.world
    return { address: book.idOf(cluster.nodes[node].address), port: 0, node }
  }

  /** A flow from a new port, or the one that the owner keeps. */
  #openFlow(source: FlowSource, owner: number): number {
    const { flows, server, port, lanes } = this.dns
    const { simulator } = this.world
    if (this.#settings.sourcePorts === 'random') {
      const from = { ...source, port: FIRST_PORT + this.#ports.below(this.#portCount) }
      return flows.open(from, server, port, simulator.now)
    }
    const kept = flows.keptBy(owner)
    if (kept >= 0) return kept
    const from = { ...source, port: FIRST_PORT + (owner % this.#portCount) }
    const flow = flows.open(from, server, port, simulator.now, owner)
    simulator.schedule(lanes.get(DnsEvent.flowEnd), flows.expiresNs(flow), flow)
    return flow
  }

  #closeFlow(flow: number): void {
    if (this.#settings.sourcePorts === 'random') this.dns.flows.close(flow, this.world.simulator.now)
  }

  #endFlow(flow: number): void {
    const { flows, lanes } = this.dns
    const { simulator } = this.world
    const againNs = flows.expire(flow, simulator.now)
    if (againNs >= 0) simulator.schedule(lanes.get(DnsEvent.flowEnd), againNs, flow)
  }
}

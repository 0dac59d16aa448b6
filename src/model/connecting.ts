/**
 * Connections as callers have them: one of the pool is used, or the name is resolved and a new one opened; answered, it is
 * kept or closed. The way of a new connection's first packet is in `handshake.ts`, who gets which in `client-pools.ts`.
 */
import { BalancedClients } from './balanced-clients.js'
import type { CallSite } from './call-sites.js'
import { Casualties } from './changes/casualties.js'
import { ClientPools } from './client-pools.js'
import { MAX_NODES_ON_WAY } from './connection-pool.js'
import type { EntryAddress } from './entry.js'
import { Handshake } from './handshake.js'
import type { WayId } from './links.js'
import { Proxies } from './load-balancers/proxies.js'
import type { NameResolver } from './name-resolver.js'
import { makeNames } from './names.js'
import { type Observer, Outcome } from './records.js'
import type { World } from './world.js'

/** Opens and closes connections and sends requests over them. */
export class Connecting {
  readonly handshake: Handshake
  readonly pools: ClientPools
  readonly proxies: Proxies
  readonly names: NameResolver
  /** What becomes of connections whose pod has gone. */
  readonly casualties: Casualties
  /** Callers that choose among the addresses of headless Services by themselves. */
  readonly balanced: BalancedClients

  constructor(
    readonly world: World,
    observer: Observer,
  ) {
    this.pools = new ClientPools(world, {
      open: (request) => this.#setOut(request),
      send: (request, connection, atNs) => this.#send(request, connection, atNs),
      close: (connection, site) => this.close(connection, site),
    })
    this.handshake = new Handshake(world, observer, (connection, openNs) => {
      this.#established(connection, openNs)
    })
    this.proxies = new Proxies(world, {
      pools: this.pools,
      close: (connection, site) => this.close(connection, site),
      releaseConnection: (connection, site) => this.#releaseConnection(connection, site),
      established: (connection, openNs) => this.#established(connection, openNs),
    })
    this.names = makeNames(world)
    this.casualties = new Casualties(world, {
      close: (connection, site) => this.close(connection, site),
      siteOf: (connection) => this.#siteOfConnection(connection),
      retire: (connection) => this.pools.retire(connection, world.connections.caller[connection]),
    })
    this.balanced = new BalancedClients(world, {
      pools: this.pools,
      names: this.names,
      open: (request) => this.open(request),
    })
  }

  /** Sends a request: over a connection of its caller's pool, or over a new one. */
  start(request: number): void {
    const site = this.#siteOf(request)
    if (site.pool.balancing !== undefined) this.balanced.start(request)
    else this.pools.acquire(request, this.#poolKey(request), site)
  }

  /** The name that a request needs is resolved. */
  nameResolved(request: number): void {
    if (this.#siteOf(request).pool.balancing === undefined) this.open(request)
    else this.balanced.resolved(request)
  }

  /** A first packet, or a request to one that is a proxy, is at the load balancer. */
  reachLoadBalancer(request: number): void {
    if (!this.proxies.arrive(request)) this.handshake.passLoadBalancer(request)
  }

  /** The name is resolved, or needs not be: the first packet leaves. */
  open(request: number): void {
    const { requests, connections, callers, ports, simulator, lanes } = this.world
    const site = requests.site[request]
    const beyond = this.proxies.holds(request) ? this.proxies.connectionFor(request) : undefined
    const poolKey = beyond?.poolKey ?? this.#poolKey(request)
    requests.dnsNs[request] += simulator.now - requests.partStartNs[request]
    requests.partStartNs[request] = simulator.now
    const connection = connections.open()
    requests.connection[request] = connection
    connections.site[connection] = site
    connections.drawKey[connection] = requests.takeDrawKey(request)
    connections.caller[connection] = poolKey
    connections.source[connection] =
      beyond?.source ?? callers.bySite[site].addresses[requests.client[request]]
    connections.sourcePort[connection] = ports.take(poolKey, simulator.now)
    this.pools.opened(request, connection)
    if (connections.sourcePort[connection] >= 0) {
      if (beyond === undefined) this.handshake.start(request, this.#chosenAddress(site, poolKey))
      else this.handshake.startFromProxy(request, beyond)
      return
    }
    requests.outcome[request] = Outcome.refused
    simulator.schedule(lanes.refusal, simulator.now, request)
  }

  /** Closes a connection: nobody will use it again. */
  close(connection: number, site: CallSite): void {
    const { connections, nodes, entries, ports, simulator } = this.world
    const isEstablished = connections.isEstablished[connection] === 1
    const ending = !isEstablished ? 'unanswered' : connections.isReset[connection] === 1 ? 'reset' : 'closed'
    for (let position = 0; position < connections.nodeCount[connection]; position++) {
      const at = connection * MAX_NODES_ON_WAY + position
      const node = nodes[connections.nodes[at]]
      node.close(connections.entryAt(at), connections.bindings[at], ending, simulator.now)
    }
    const target = connections.balancerTarget[connection]
    if (target >= 0) entries[site.index].loadBalancer?.close(target)
    const caller = connections.caller[connection]
    if (connections.sourcePort[connection] >= 0) ports.giveBack(caller, isEstablished, simulator.now)
    if (site.pool.balancing === undefined) this.pools.closed(connection, caller, site)
    else this.balanced.closed(connection, site)
    connections.close(connection)
  }

  /** The connection of a request failed: it is closed. */
  fail(request: number): void {
    const site = this.#siteOf(request)
    this.close(this.world.requests.connection[request], site)
    if (site.pool.balancing !== undefined) this.balanced.ended(request)
  }

  /** A request over this connection was answered: it is for others now. */
  release(request: number): void {
    const { requests } = this.world
    const site = this.#siteOf(request)
    this.#releaseConnection(requests.connection[request], site)
    requests.connection[request] = -1
    if (site.pool.balancing !== undefined) this.balanced.ended(request)
  }

  /** The connection of a request was reset: nothing goes over it any more. */
  lose(request: number): void {
    const { requests, connections } = this.world
    connections.isBroken[requests.connection[request]] = 1
    connections.isReset[requests.connection[request]] = 1
    this.release(request)
  }

  /** A request waits no longer: for a connection, or for the answer over one. */
  abandon(request: number): void {
    const { requests, connections } = this.world
    this.proxies.abandon(request)
    const site = this.#siteOf(request)
    const connection = requests.connection[request]
    if (connection < 0) this.pools.leave(request, this.#poolKey(request), site)
    else if (site.pool.kind === 'multiplexed' && connections.isEstablished[connection] === 1)
      this.#releaseConnection(connection, site)
    else this.close(connection, site)
    if (site.pool.balancing !== undefined) this.balanced.ended(request)
  }

  /** The time of an idle connection may have come. */
  endIdle(connection: number): void {
    this.pools.endIdle(connection, this.#siteOfConnection(connection))
  }

  #releaseConnection(connection: number, site: CallSite): void {
    if (site.pool.kind === 'perRequest') this.close(connection, site)
    else this.pools.release(connection, this.world.connections.caller[connection], site)
  }

  /** A request is to open a connection: it needs the Service's address first. What it has waited for so far is connecting. */
  #setOut(request: number): void {
    const { requests, simulator } = this.world
    requests.connectNs[request] += simulator.now - requests.partStartNs[request]
    requests.partStartNs[request] = simulator.now
    const isBalanced = this.#siteOf(request).pool.balancing !== undefined
    if (isBalanced ? this.balanced.mayOpen(request) : this.names.isKnown(request)) this.open(request)
  }

  #send(request: number, connection: number, atNs: number): void {
    const { connections, requests, callers, simulator, lanes, links } = this.world
    requests.connection[request] = connection
    requests.pod[request] = connections.pod[connection]
    requests.connectNs[request] += atNs - requests.partStartNs[request]
    const way = connections.way[connection] as WayId
    const of = callers.bySite[requests.site[request]]
    const sender = of.nodes[requests.client[request]]
    const wayNs = links.messageNs(way, sender, this.#siteOf(request).requestBytes, simulator.now)
    requests.networkNs[request] += wayNs
    const endsAtPod = connections.pod[connection] >= 0
    simulator.schedule(endsAtPod ? lanes.furtherRequest(way) : lanes.toLoadBalancer, atNs + wayNs, request)
  }

  #established(connection: number, openNs: number): void {
    const site = this.#siteOfConnection(connection)
    const poolKey = this.world.connections.caller[connection]
    if (site.pool.balancing !== undefined) this.balanced.established(poolKey)
    this.pools.established(connection, openNs, poolKey, site)
  }

  #chosenAddress(site: number, poolKey: number): EntryAddress | undefined {
    return this.world.balanced[site]?.addressOf(poolKey)
  }

  #siteOfConnection(connection: number): CallSite {
    const { graph, connections } = this.world
    return this.proxies.siteOf(connection) ?? graph.sites[connections.site[connection]]
  }

  #siteOf(request: number): CallSite {
    const { graph, requests } = this.world
    return graph.sites[requests.site[request]]
  }

  #poolKey(request: number): number {
    const { callers, requests } = this.world
    const site = requests.site[request]
    const poolKey = callers.bySite[site].firstPoolKey + requests.client[request]
    return this.world.graph.sites[site].pool.balancing === undefined
      ? poolKey
      : this.balanced.poolKeyOf(request, poolKey)
  }
}

/**
 * Connections as callers have them: an idle one is used again, or the name is resolved and a new one opened; answered, it
 * is kept or closed. The way of a new connection's first packet is in `handshake.ts`.
 */
import type { CallSite } from './call-sites.js'
import { ClientPorts } from './client-ports.js'
import { MAX_NODES_ON_WAY } from './connection-pool.js'
import { Handshake } from './handshake.js'
import { limitsOf } from './limits.js'
import type { WayId } from './links.js'
import { Names } from './names.js'
import { type Observer, Outcome } from './records.js'
import type { World } from './world.js'

/** Opens and closes connections and sends requests over them. */
export class Connecting {
  readonly handshake: Handshake
  readonly #names: Names
  readonly #ports: ClientPorts

  constructor(
    readonly world: World,
    observer: Observer,
  ) {
    this.handshake = new Handshake(world, observer)
    this.#names = new Names(world)
    this.#ports = new ClientPorts(world.callers.count, limitsOf(world.scenario))
  }

  /** Sends a request: over an idle connection of its caller, or over a new one. */
  start(request: number): void {
    const { connections, requests, simulator, lanes, links } = this.world
    const connection = connections.takeIdle(this.#poolKey(request))
    if (connection < 0) {
      if (this.#names.isKnown(request)) this.open(request)
      return
    }
    requests.connection[request] = connection
    requests.pod[request] = connections.pod[connection]
    const way = connections.way[connection] as WayId
    const wayNs = links.wayNs(way)
    requests.networkNs[request] += wayNs
    simulator.schedule(lanes.furtherRequest(way), simulator.now + wayNs, request)
  }

  /** The name is resolved, or needs not be: the first packet leaves. */
  open(request: number): void {
    const { requests, connections, callers, simulator, lanes } = this.world
    const of = callers.bySite[requests.site[request]]
    requests.dnsNs[request] = simulator.now - requests.partStartNs[request]
    requests.partStartNs[request] = simulator.now
    const connection = connections.open()
    requests.connection[request] = connection
    connections.source[connection] = of.addresses[requests.client[request]]
    connections.poolKey[connection] = this.#poolKey(request)
    connections.sourcePort[connection] = this.#ports.take(this.#poolKey(request), simulator.now)
    if (connections.sourcePort[connection] >= 0) {
      this.handshake.start(request)
      return
    }
    connections.poolKey[connection] = -1
    requests.outcome[request] = Outcome.refused
    simulator.schedule(lanes.refusal, simulator.now, request)
  }

  /** Closes a connection: nobody will use it again. */
  close(connection: number, site: CallSite): void {
    const { connections, nodes, entries, simulator } = this.world
    const isEstablished = connections.isEstablished[connection] === 1
    const ending = isEstablished ? 'closed' : 'unanswered'
    for (let position = 0; position < connections.nodeCount[connection]; position++) {
      const at = connection * MAX_NODES_ON_WAY + position
      const node = nodes[connections.nodes[at]]
      node.close(connections.entryAt(at), connections.bindings[at], ending, simulator.now)
    }
    const target = connections.balancerTarget[connection]
    if (target >= 0) entries[site.index].loadBalancer?.close(target)
    const poolKey = connections.poolKey[connection]
    if (poolKey >= 0) this.#ports.giveBack(poolKey, isEstablished, simulator.now)
    connections.close(connection)
  }

  /** A request over this connection was answered: keep it for the next, or close it. */
  release(request: number): void {
    const { requests, connections } = this.world
    const site = this.#siteOf(request)
    const connection = requests.connection[request]
    connections.requestCount[connection]++
    if (site.isKeepingAlive && connections.requestCount[connection] < site.maxRequests) {
      connections.putIdle(this.#poolKey(request), connection)
    } else {
      this.close(connection, site)
    }
    requests.connection[request] = -1
  }

  #siteOf(request: number): CallSite {
    const { graph, requests } = this.world
    return graph.sites[requests.site[request]]
  }

  #poolKey(request: number): number {
    const { callers, requests } = this.world
    return callers.bySite[requests.site[request]].firstPoolKey + requests.client[request]
  }
}

/**
 * Load balancers at which connections of clients end (layer 7): each request is answered over its client's connection, and goes to
 * its target over one of the load balancer's own, from the pool that a machine keeps for that target.
 *
 * Nodes and pods see the address of the machine. Where a target refuses, does not answer in time, or none is left, the load balancer
 * answers with an error: the request ends as `rejected`. A client that gives up takes the connection to the target with it.
 * Left out: time that the load balancer takes for itself; limits on its connections; requests that it sends again.
 */
import type { AddressId } from '../../netfilter/address-book.js'
import type { CallSite } from '../call-sites.js'
import type { ClientPools } from '../client-pools.js'
import { NO_SENDER, type WayId } from '../links.js'
import type { BalancerChoice, LoadBalancer } from '../load-balancer.js'
import type { PoolPolicy } from '../pool-policy.js'
import { Outcome } from '../records.js'
import type { World } from '../world.js'
import type { BalancerTarget } from './balancer-targets.js'
import type { MachineLink } from './machines.js'
import type { BalancerSettings } from './preset.js'
import { proxiesOf, proxyKeyCount } from './proxy-keys.js'

/** What proxies ask of those who keep connections. */
export interface ProxyActions {
  readonly pools: ClientPools
  readonly close: (connection: number, site: CallSite) => void
  /** A request over a connection was answered. */
  readonly releaseConnection: (connection: number, site: CallSite) => void
  /** A connection of a client will be open, and when. */
  readonly established: (connection: number, openNs: number) => void
}

/** What a connection of a load balancer to a target begins with. */
export interface ProxyConnection {
  readonly poolKey: number
  readonly source: AddressId
  readonly target: BalancerTarget
  /** Number of the machine. */
  readonly machine: number
  /** Undefined: the target is where the load balancer is. */
  readonly link: MachineLink | undefined
  /** When the load balancer stops trying, ns; infinite: it does not. */
  readonly untilNs: number
}

const NOT_HERE = -1

/** All proxies of a run, and the requests that are beyond one. */
export class Proxies {
  /** By call site: the same, with the pools of its load balancer in place of the client's; undefined where there is no proxy. */
  readonly #sites: readonly (CallSite | undefined)[]
  readonly #firstKeys = new Map<LoadBalancer, number>()
  readonly #firstKey: number
  /** By request: the client's connection while it is beyond the load balancer, else NOT_HERE; and the target chosen. */
  #clientConnection: Int32Array = new Int32Array(0)
  #choice: Int32Array = new Int32Array(0)

  constructor(
    readonly world: World,
    readonly actions: ProxyActions,
  ) {
    const { entries, graph, callers } = world
    this.#sites = entries.map(({ loadBalancer }, index) =>
      loadBalancer?.isProxy === true
        ? { ...graph.sites[index], pool: poolPolicyOfProxy(loadBalancer.settings) }
        : undefined,
    )
    const proxies = proxiesOf(entries)
    let key = callers.count - proxies.reduce((sum, proxy) => sum + proxyKeyCount(proxy), 0)
    this.#firstKey = key
    for (const proxy of proxies) {
      this.#firstKeys.set(proxy, key)
      key += proxyKeyCount(proxy)
    }
  }

  /** Is the request beyond its load balancer, so that its connection is one of that? */
  holds(request: number): boolean {
    return request < this.#clientConnection.length && this.#clientConnection[request] !== NOT_HERE
  }

  /** The call site by whose pools a connection of a load balancer is kept; undefined: the connection is none. */
  siteOf(connection: number): CallSite | undefined {
    const { caller, site } = this.world.connections
    return caller[connection] >= this.#firstKey ? this.#sites[site[connection]] : undefined
  }

  /** Something reaches the load balancer: a first packet or a request, which is a proxy's affair. False: there is none. */
  arrive(request: number): boolean {
    const { requests, connections, entries } = this.world
    const proxy = entries[requests.site[request]].loadBalancer
    if (proxy === undefined || !proxy.isProxy) return false
    if (connections.isEstablished[requests.connection[request]] === 0) this.#accept(request)
    else this.#forward(request, proxy)
    return true
  }

  /** What the connection that a request beyond the load balancer is to open begins with. */
  connectionFor(request: number): ProxyConnection {
    const { requests, entries, simulator } = this.world
    const proxy = entries[requests.site[request]].loadBalancer as LoadBalancer
    const choice = this.#choice[request]
    const { connectTimeoutNs } = proxy.settings
    return {
      poolKey: this.#poolKey(proxy, choice),
      source: proxy.machineOfChoice(choice).address,
      target: proxy.targetOf(choice) as BalancerTarget,
      machine: proxy.machineIndexOf(choice),
      link: proxy.linkOf(choice),
      untilNs: connectTimeoutNs === 0 ? Number.POSITIVE_INFINITY : simulator.now + connectTimeoutNs,
    }
  }

  /** An answer, or the news of a failure, reaches the load balancer: it goes on to the client. False: it is the client's. */
  passAnswer(request: number): boolean {
    if (!this.holds(request)) return false
    const { requests } = this.world
    const connection = requests.connection[request]
    const site = this.#siteOf(request)
    const outcome = requests.outcome[request]
    const hasFailed = outcome === Outcome.refused || outcome === Outcome.timedOut || outcome === Outcome.reset
    if (hasFailed) {
      requests.outcome[request] = Outcome.rejected
      this.actions.close(connection, site)
    } else {
      this.actions.releaseConnection(connection, site)
    }
    this.#takeBack(request)
    this.#answer(request)
    return true
  }

  /** The client waits no longer: what the request has beyond the load balancer is given up. */
  abandon(request: number): void {
    if (!this.holds(request)) return
    this.actions.close(this.world.requests.connection[request], this.#siteOf(request))
    this.#takeBack(request)
  }

  /** The load balancer answers the first packet of a client, and the request follows: the way back and forth once more. */
  #accept(request: number): void {
    const { requests, connections, graph, links, simulator, lanes } = this.world
    const connection = requests.connection[request]
    const way = connections.way[connection] as WayId
    const openNs = simulator.now + links.wayNs(way)
    const { requestBytes } = graph.sites[requests.site[request]]
    const forthNs = links.messageNs(way, NO_SENDER, requestBytes, openNs)
    connections.isEstablished[connection] = 1
    requests.connectNs[request] += openNs - requests.partStartNs[request] - requests.rulesNs[request]
    requests.networkNs[request] += forthNs
    simulator.schedule(lanes.toLoadBalancer, openNs + forthNs, request)
    this.actions.established(connection, openNs)
  }

  /** A request goes on to a target, over a connection that there is or a new one. */
  #forward(request: number, proxy: LoadBalancer): void {
    const { requests, connections, callers, simulator } = this.world
    const connection = requests.connection[request]
    const client = requests.client[request]
    const sourceHash = callers.bySite[requests.site[request]].sourceHashes[client]
    const choice = proxy.open({ client, sourceHash, sourcePort: connections.sourcePort[connection] })
    if (choice < 0) {
      requests.outcome[request] = Outcome.rejected
      this.#answer(request)
      return
    }
    this.#keep(request, connection, choice)
    requests.connection[request] = -1
    requests.partStartNs[request] = simulator.now
    this.actions.pools.acquire(request, this.#poolKey(proxy, choice), this.#siteOf(request))
  }

  /** The load balancer's answer goes back over the client's connection. */
  #answer(request: number): void {
    const { requests, connections, graph, links, simulator, lanes } = this.world
    const way = connections.way[requests.connection[request]] as WayId
    const { responseBytes } = graph.sites[requests.site[request]]
    const wayNs = links.messageNs(way, NO_SENDER, responseBytes, simulator.now)
    requests.networkNs[request] += wayNs
    simulator.schedule(lanes.answer(way), simulator.now + wayNs, request)
  }

  #keep(request: number, connection: number, choice: BalancerChoice): void {
    if (request >= this.#choice.length) {
      const length = Math.max(64, 2 * request)
      this.#choice = resized(this.#choice, length)
      this.#clientConnection = resized(this.#clientConnection, length)
    }
    this.#clientConnection[request] = connection
    this.#choice[request] = choice
  }

  /** The request is on its client's connection again. */
  #takeBack(request: number): void {
    const { requests, entries } = this.world
    entries[requests.site[request]].loadBalancer?.close(this.#choice[request])
    requests.connection[request] = this.#clientConnection[request]
    this.#clientConnection[request] = NOT_HERE
  }

  #siteOf(request: number): CallSite {
    return this.#sites[this.world.requests.site[request]] as CallSite
  }

  #poolKey(proxy: LoadBalancer, choice: BalancerChoice): number {
    return (this.#firstKeys.get(proxy) ?? 0) + choice
  }
}

function poolPolicyOfProxy({ connection, idleTimeoutNs }: BalancerSettings): PoolPolicy {
  return {
    kind: connection,
    size: Number.POSITIVE_INFINITY,
    maxRequests: connection === 'perRequest' ? 1 : Number.POSITIVE_INFINITY,
    isLastInFirstOut: true,
    maxStreams: 1,
    idleTimeoutNs: idleTimeoutNs === 0 ? Number.POSITIVE_INFINITY : idleTimeoutNs,
    maxAgeNs: Number.POSITIVE_INFINITY,
    balancing: undefined,
    resolver: 'once',
    refreshNs: Number.POSITIVE_INFINITY,
  }
}

function resized(column: Int32Array, length: number): Int32Array {
  const grown = new Int32Array(length).fill(NOT_HERE)
  grown.set(column)
  return grown
}

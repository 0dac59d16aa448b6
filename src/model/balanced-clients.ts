/**
 * Clients that balance by themselves over the addresses of a headless Service: which address a request goes to, and when the
 * name is looked up again.
 *
 * A caller has a pool for each address (`balanced-addresses.ts`). A look-up is made by the request that finds it due, which
 * waits for it; others go by the last answer meanwhile, or wait too if there is none. Addresses that leave the answer are
 * drained. An address that did not connect is passed over for a while, as long as there are others.
 * Left out: connections opened ahead of need; look-ups beside requests; jitter of the pause after a failure; sorting of
 * addresses by the resolver (RFC 6724). Sources: gRPC client channels (A6, A48, A61; connection-backoff.md), Envoy service discovery.
 */
import { InvariantError } from '../base/diagnostics.js'
import type { Stream } from '../engine/streams.js'
import { HeadlessAnswers, shuffled } from './address-view.js'
import type { BalancedAddresses } from './balanced-addresses.js'
import type { CallSite } from './call-sites.js'
import type { ClientPools } from './client-pools.js'
import type { NameResolver } from './name-resolver.js'
import { Outcome } from './records.js'
import type { World } from './world.js'

/** What balancing asks of those who keep connections and know names. */
export interface BalancedActions {
  readonly pools: ClientPools
  readonly names: NameResolver
  /** A request opens its connection. */
  readonly open: (request: number) => void
}

/** Pause after a failed connection, ns: the first; the longest; each further one is 8/5 of the last. Source: gRPC connection-backoff.md. */
const FIRST_BACKOFF_NS = 1_000_000_000
const LONGEST_BACKOFF_NS = 120_000_000_000

/** What one caller knows of the addresses behind a name. */
interface CallerView {
  /** Positions of addresses, in the order in which they are tried or taken in turn. Empty: no answer yet. */
  addresses: Int32Array
  resolvedNs: number
  /** Was a connection lost since? */
  hasLost: boolean
  /** The request that looks the name up for all; -1 for none. */
  resolver: number
  /** roundRobin: whose turn it is; pickFirst: the position in use, -1 for none. */
  turn: number
  picked: number
}

/** Streams of one call site: `answer/<caller>/<service>`, n − 1 draws an answer; `balancing/…`, one or two a request. */
interface SiteStreams {
  readonly answer: (bound: number) => number
  readonly pick: Stream
}

const NONE = -1

export class BalancedClients {
  readonly #streams: readonly (SiteStreams | undefined)[]
  /** By call site. */
  readonly #answers: readonly (HeadlessAnswers | undefined)[]
  /** By pool key of the caller. */
  readonly #views: (CallerView | undefined)[] = []
  /** By pool key of an address: requests under way; when it may be tried again, and the pause that led to it. */
  readonly #outstanding: Int32Array
  readonly #failedUntilNs: Float64Array
  readonly #backoffNs: Float64Array
  /** By request: its pool key; NONE before it is chosen. Has it just looked the name up by itself? */
  #chosen: Int32Array = new Int32Array(0)
  #isFresh: Uint8Array = new Uint8Array(0)

  constructor(
    readonly world: World,
    readonly actions: BalancedActions,
  ) {
    const { graph, balanced, callers, streams, cluster } = world
    this.#answers = graph.sites.map((site) =>
      balanced[site.index] === undefined ? undefined : new HeadlessAnswers(cluster, site),
    )
    this.#streams = graph.sites.map(({ index, caller, service }) => {
      if (balanced[index] === undefined) return undefined
      const name = `${caller}/${service.namespace}/${service.name}`
      const answer = streams.get(`answer/${name}`)
      return { answer: (bound) => answer.below(bound), pick: streams.get(`balancing/${name}`) }
    })
    const count = this.#streams.some((each) => each !== undefined) ? callers.count : 0
    this.#outstanding = new Int32Array(count)
    this.#failedUntilNs = new Float64Array(count)
    this.#backoffNs = new Float64Array(count)
  }

  /** Requests under way over all addresses, for tests. */
  get outstandingCount(): number {
    return this.#outstanding.reduce((sum, count) => sum + count, 0)
  }

  /** The pool key that a request goes by: that of its address, or of its caller as long as it has none. */
  poolKeyOf(request: number, callerKey: number): number {
    const chosen = request < this.#chosen.length ? this.#chosen[request] : NONE
    return chosen === NONE ? callerKey : chosen
  }

  /** A request sets out. */
  start(request: number): void {
    this.#makeRoom(request)
    const site = this.#siteOf(request)
    const view = this.#viewOf(request)
    const isShared = site.pool.resolver !== 'onConnect'
    const hasAnswer = view.addresses.length > 0
    if (isShared && view.resolver !== NONE) {
      if (hasAnswer) this.#assign(request)
      else this.actions.pools.wait(request, this.#callerKey(request))
    } else if (hasAnswer && !this.#isDue(view, site)) {
      this.#assign(request)
    } else {
      if (isShared) view.resolver = request
      if (this.actions.names.isKnown(request)) this.resolved(request)
    }
  }

  /** May a request open a connection now? If not, it does so after a look-up: see `resolved`. */
  mayOpen(request: number): boolean {
    if (this.#siteOf(request).pool.resolver !== 'onConnect' || this.#isFresh[request] === 1) return true
    this.#isFresh[request] = 1
    if (!this.actions.names.isKnown(request)) return false
    this.#learn(request)
    return true
  }

  /** The answer to a look-up of a request is here. */
  resolved(request: number): void {
    const { requests, simulator } = this.world
    const { pools } = this.actions
    requests.dnsNs[request] += simulator.now - requests.partStartNs[request]
    requests.partStartNs[request] = simulator.now
    this.#isFresh[request] = 1
    this.#learn(request)
    if (requests.isOpening[request] === 0) {
      this.#assign(request)
      this.#serveWaiting(request)
    } else if (this.#keepsAddress(request)) {
      this.actions.open(request)
    } else {
      pools.leave(request, this.#chosen[request], this.#siteOf(request))
      this.ended(request)
      this.#isFresh[request] = 1
      this.#assign(request)
    }
  }

  /** The look-up of a request failed, but there is an older answer: it goes on by that. False: it does not. */
  goesOn(request: number): boolean {
    const { requests, simulator } = this.world
    if (this.#siteOf(request).pool.balancing === undefined) return false
    const view = this.#viewOf(request)
    if (view.resolver !== request || view.addresses.length === 0) return false
    view.resolver = NONE
    view.resolvedNs = simulator.now
    requests.outcome[request] = 0
    requests.dnsNs[request] += simulator.now - requests.partStartNs[request]
    requests.partStartNs[request] = simulator.now
    this.#assign(request)
    return true
  }

  /** An attempt of a request is over, in whatever way. */
  ended(request: number): void {
    const chosen = this.#chosen[request]
    if (chosen !== NONE) this.#outstanding[chosen]--
    this.#chosen[request] = NONE
    this.#isFresh[request] = 0
    const view = this.#viewOf(request)
    if (view.resolver !== request) return
    view.resolver = NONE
    const next = this.actions.pools.takeWaiting(this.#callerKey(request))
    if (next >= 0) this.start(next)
  }

  /** An address has answered. */
  established(poolKey: number): void {
    this.#backoffNs[poolKey] = 0
    this.#failedUntilNs[poolKey] = 0
  }

  /** A connection is closed. Who waits for one at its address chooses again. */
  closed(connection: number, site: CallSite): void {
    const { connections, simulator } = this.world
    const { pools } = this.actions
    const poolKey = connections.caller[connection]
    if (pools.isDraining(poolKey)) {
      pools.closed(connection, poolKey, site)
      return
    }
    const view = this.#views[this.#callerOf(poolKey, site)]
    if (view === undefined) throw new InvariantError('a connection of a caller that knows no address')
    view.hasLost = true
    if (connections.isEstablished[connection] === 0) {
      const pauseNs = Math.min(
        LONGEST_BACKOFF_NS,
        Math.max(FIRST_BACKOFF_NS, Math.floor((this.#backoffNs[poolKey] * 8) / 5)),
      )
      this.#backoffNs[poolKey] = pauseNs
      this.#failedUntilNs[poolKey] = simulator.now + pauseNs
    }
    const waiting = this.#takeAll(poolKey)
    pools.closed(connection, poolKey, site)
    const isGone = pools.connectionCount(poolKey) === 0
    if (isGone && view.picked === this.#addressesOf(site).positionOf(poolKey)) view.picked = NONE
    for (const request of waiting) this.#again(request)
  }

  /** The request's caller goes by a new answer: what left it is drained. */
  #learn(request: number): void {
    const { simulator } = this.world
    const { pools } = this.actions
    const site = this.#siteOf(request)
    const view = this.#viewOf(request)
    const addresses = this.#answers[site.index]?.at(simulator.now) ?? []
    const resolvedNs = simulator.now
    const answer = shuffled(addresses, (bound) => this.#streamsOf(site).answer(bound))
    const before = view.addresses
    const isFirst = before.length === 0
    // A known address keeps its turn, so that a new answer with the same addresses changes nothing.
    view.addresses =
      isFirst || site.pool.balancing === 'pickFirst'
        ? answer
        : Int32Array.from([
            ...before.filter((each) => answer.includes(each)),
            ...answer.filter((each) => !before.includes(each)),
          ])
    if (view.resolver === request) view.resolver = NONE
    view.resolvedNs = resolvedNs
    view.hasLost = false
    if (!answer.includes(view.picked)) view.picked = NONE
    const firstKey = this.#addressesOf(site).firstKeyOf(this.world.requests.client[request])
    for (const each of answer) pools.restore(firstKey + each)
    for (const each of before) {
      if (answer.includes(each)) continue
      const waiting = this.#takeAll(firstKey + each)
      pools.drain(firstKey + each, site)
      for (const waiter of waiting) this.#again(waiter)
    }
  }

  /** Chooses an address, and goes there. */
  #assign(request: number): void {
    const { requests, simulator, lanes } = this.world
    const site = this.#siteOf(request)
    const view = this.#viewOf(request)
    if (view.addresses.length === 0) {
      requests.outcome[request] = Outcome.refused
      simulator.schedule(lanes.refusal, simulator.now, request)
      return
    }
    const firstKey = this.#addressesOf(site).firstKeyOf(requests.client[request])
    const poolKey = firstKey + this.#pick(site, view, firstKey)
    this.#chosen[request] = poolKey
    this.#outstanding[poolKey]++
    this.actions.pools.acquire(request, poolKey, site)
  }

  #pick(site: CallSite, view: CallerView, firstKey: number): number {
    const { addresses } = view
    const { pick } = this.#streamsOf(site)
    switch (site.pool.balancing) {
      case 'pickFirst':
        if (view.picked === NONE || this.#isFailing(firstKey + view.picked))
          view.picked = addresses[this.#passOver(view, firstKey, 0)]
        return view.picked
      case 'roundRobin': {
        const at = this.#passOver(view, firstKey, view.turn % addresses.length)
        view.turn = at + 1
        return addresses[at]
      }
      case 'leastRequests': {
        const one = addresses[this.#passOver(view, firstKey, pick.below(addresses.length))]
        const other = addresses[this.#passOver(view, firstKey, pick.below(addresses.length))]
        return this.#outstanding[firstKey + other] < this.#outstanding[firstKey + one] ? other : one
      }
      default:
        return addresses[this.#passOver(view, firstKey, pick.below(addresses.length))]
    }
  }

  /** The first place from one on whose address has not just failed; this one if all have. */
  #passOver({ addresses }: CallerView, firstKey: number, from: number): number {
    for (let step = 0; step < addresses.length; step++) {
      const at = (from + step) % addresses.length
      if (!this.#isFailing(firstKey + addresses[at])) return at
    }
    return from
  }

  #isFailing(poolKey: number): boolean {
    return this.#failedUntilNs[poolKey] > this.world.simulator.now
  }

  /** onConnect: does the request open its connection where it was to, after the answer? */
  #keepsAddress(request: number): boolean {
    const site = this.#siteOf(request)
    const poolKey = this.#chosen[request]
    const view = this.#viewOf(request)
    if (!view.addresses.includes(this.#addressesOf(site).positionOf(poolKey))) return false
    const isOnly = this.actions.pools.connectionCount(poolKey) === 1
    if (site.pool.balancing !== 'pickFirst' || !isOnly) return true
    view.picked = NONE
    return false
  }

  #isDue(view: CallerView, { pool }: CallSite): boolean {
    const isOld = this.world.simulator.now - view.resolvedNs >= pool.refreshNs
    return (pool.resolver === 'every' && isOld) || (pool.resolver === 'onFailure' && view.hasLost && isOld)
  }

  /** Whoever waits for the first answer goes on. */
  #serveWaiting(resolver: number): void {
    const { requests, simulator } = this.world
    for (const request of this.#takeAll(this.#callerKey(resolver))) {
      requests.dnsNs[request] += simulator.now - requests.partStartNs[request]
      requests.partStartNs[request] = simulator.now
      this.#assign(request)
    }
  }

  #again(request: number): void {
    const { requests, simulator } = this.world
    requests.connectNs[request] += simulator.now - requests.partStartNs[request]
    requests.partStartNs[request] = simulator.now
    this.ended(request)
    this.start(request)
  }

  #takeAll(poolKey: number): readonly number[] {
    const taken: number[] = []
    for (let next = this.actions.pools.takeWaiting(poolKey); next >= 0; ) {
      taken.push(next)
      next = this.actions.pools.takeWaiting(poolKey)
    }
    return taken
  }

  #viewOf(request: number): CallerView {
    const key = this.#callerKey(request)
    const known = this.#views[key]
    if (known !== undefined) return known
    const made: CallerView = {
      addresses: new Int32Array(0),
      resolvedNs: Number.NEGATIVE_INFINITY,
      hasLost: false,
      resolver: NONE,
      turn: 0,
      picked: NONE,
    }
    this.#views[key] = made
    return made
  }

  #callerKey(request: number): number {
    const { callers, requests } = this.world
    return callers.bySite[requests.site[request]].firstPoolKey + requests.client[request]
  }

  /** The pool key of the caller that a key of an address belongs to. */
  #callerOf(poolKey: number, site: CallSite): number {
    const { callers } = this.world
    return callers.bySite[site.index].firstPoolKey + this.#addressesOf(site).clientOf(poolKey)
  }

  #addressesOf(site: CallSite): BalancedAddresses {
    return this.world.balanced[site.index] as BalancedAddresses
  }

  #streamsOf(site: CallSite): SiteStreams {
    return this.#streams[site.index] as SiteStreams
  }

  #siteOf(request: number): CallSite {
    const { graph, requests } = this.world
    return graph.sites[requests.site[request]]
  }

  #makeRoom(request: number): void {
    if (request < this.#chosen.length) return
    const chosen = new Int32Array(Math.max(64, 2 * request)).fill(NONE)
    chosen.set(this.#chosen)
    this.#chosen = chosen
    const isFresh = new Uint8Array(chosen.length)
    isFresh.set(this.#isFresh)
    this.#isFresh = isFresh
  }
}

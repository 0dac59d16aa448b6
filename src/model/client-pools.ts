/**
 * The pools of all callers: which connection a request goes over, and who waits for one.
 *
 * perRequest needs no pool. keepAlive keeps idle connections, for one request at a time each. multiplexed shares a few, for
 * many requests at a time each: as long as it may open another it does, then requests go to the connection with the fewest
 * under way. Who finds no place waits in line, first come first served, and leaves it when its time is out.
 * Left out: connections that are opened ahead of need.
 */
import type { CallSite } from './call-sites.js'
import { WaitingLines } from './waiting-lines.js'
import type { World } from './world.js'

/** What a pool asks of those who open, use and close connections. */
export interface PoolActions {
  /** A request sets out to open a connection: its name first. */
  readonly open: (request: number) => void
  /** A request goes over a connection, at a time not before now. */
  readonly send: (request: number, connection: number, atNs: number) => void
  readonly close: (connection: number, site: CallSite) => void
}

/** Connections of every caller, by pool key. */
export class ClientPools {
  /** By pool key: connections open or being opened (`ConnectionPool.placesTaken`). */
  readonly #count: Int32Array
  /** By pool key, multiplexed: those that can take requests, oldest first. */
  readonly #shared: (number[] | undefined)[]
  readonly #lines: WaitingLines
  /** By pool key: has the address left the answer, so that nothing more goes there? Empty where nobody balances. */
  readonly #isDraining: Uint8Array

  constructor(
    readonly world: World,
    readonly actions: PoolActions,
  ) {
    this.#count = world.connections.placesTaken
    this.#shared = new Array(world.callers.count)
    this.#lines = new WaitingLines(world.requests, world.callers.count)
    const isBalanced = world.balanced.some((each) => each !== undefined)
    this.#isDraining = new Uint8Array(isBalanced ? world.callers.count : 0)
  }

  /** A request wants a connection. */
  acquire(request: number, poolKey: number, site: CallSite): void {
    if (site.pool.kind === 'perRequest') this.actions.open(request)
    else if (!this.#serve(request, poolKey, site)) this.#lines.join(poolKey, request)
  }

  /** The connection that a request opens has a row: from now on it counts by itself. */
  opened(request: number, connection: number): void {
    const { requests, connections, simulator } = this.world
    requests.isOpening[request] = 0
    connections.openedNs[connection] = simulator.now
    connections.streams[connection] = 1
  }

  /** A connection is going to be open at a time: whoever waits for it goes then. */
  established(connection: number, openNs: number, poolKey: number, site: CallSite): void {
    if (site.pool.kind !== 'multiplexed') return
    this.world.connections.usableNs[connection] = openNs
    const shared = this.#shared[poolKey]
    if (shared === undefined) this.#shared[poolKey] = [connection]
    else shared.push(connection)
    this.#serveLine(poolKey, site)
  }

  /** A request over a connection was answered, or gave up on its stream. */
  release(connection: number, poolKey: number, site: CallSite): void {
    const { connections } = this.world
    connections.streams[connection]--
    connections.requestCount[connection]++
    const isWornOut = this.#isWornOut(connection, site)
    if (isWornOut) this.#stopSharing(connection, poolKey)
    if (connections.streams[connection] === 0) {
      if (isWornOut) this.actions.close(connection, site)
      else this.#rest(connection, poolKey, site)
    }
    this.#serveLine(poolKey, site)
  }

  /** A request gives up before it had a connection. */
  leave(request: number, poolKey: number, site: CallSite): void {
    const { requests } = this.world
    if (requests.isOpening[request] === 1) {
      requests.isOpening[request] = 0
      this.#count[poolKey]--
      this.#serveLine(poolKey, site)
    } else if (this.#lines.leave(poolKey, request)) {
      requests.isHeld[request] = 0
    }
  }

  /** A connection is closed: there is room for another. */
  closed(connection: number, poolKey: number, site: CallSite): void {
    if (site.pool.kind === 'perRequest') return
    this.world.connections.forgetIdle(poolKey, connection)
    this.#stopSharing(connection, poolKey)
    this.#count[poolKey]--
    this.#serveLine(poolKey, site)
  }

  /** Nobody is given a connection any more; it is closed when nothing is under way over it. */
  retire(connection: number, poolKey: number): void {
    this.#stopSharing(connection, poolKey)
  }

  /** The time of an idle connection may have come. */
  endIdle(connection: number, site: CallSite): void {
    const { connections, simulator } = this.world
    const isDue =
      connections.isIdle[connection] === 1 && connections.idleUntilNs[connection] === simulator.now
    if (isDue) this.actions.close(connection, site)
  }

  /** Connections open, or being opened. */
  connectionCount(poolKey: number): number {
    return this.#count[poolKey]
  }

  /** A request waits for something other than a connection, in a line that the pool keeps for it. */
  wait(request: number, poolKey: number): void {
    this.#lines.join(poolKey, request)
  }

  /** Takes out whoever waits longest; -1 for nobody. */
  takeWaiting(poolKey: number): number {
    const request = this.#lines.first(poolKey)
    if (request >= 0) this.#lines.leave(poolKey, request)
    return request
  }

  isDraining(poolKey: number): boolean {
    return this.#isDraining[poolKey] === 1
  }

  /** Requests may go to this address again. */
  restore(poolKey: number): void {
    this.#isDraining[poolKey] = 0
  }

  /** Nothing more goes to this address, in whose line nobody waits: connections are closed as soon as they are idle. */
  drain(poolKey: number, site: CallSite): void {
    const { connections } = this.world
    this.#isDraining[poolKey] = 1
    for (;;) {
      const connection = connections.takeIdle(poolKey, true)
      if (connection < 0) break
      this.actions.close(connection, site)
    }
    const shared = this.#shared[poolKey]?.slice() ?? []
    for (const connection of shared) {
      // Worn out for good, even if the address comes back before it is idle.
      connections.openedNs[connection] = Number.NEGATIVE_INFINITY
      this.#stopSharing(connection, poolKey)
      if (connections.streams[connection] === 0) this.actions.close(connection, site)
    }
  }

  /** Gives a request a connection, or lets it open one. False: neither can be. */
  #serve(request: number, poolKey: number, site: CallSite): boolean {
    const connection = this.#usableConnection(poolKey, site)
    if (connection >= 0) {
      this.#send(request, connection)
      return true
    }
    if (this.#count[poolKey] >= site.pool.size) return false
    this.#count[poolKey]++
    this.world.requests.isOpening[request] = 1
    this.actions.open(request)
    return true
  }

  /** Whoever waits longest gets what has become free. */
  #serveLine(poolKey: number, site: CallSite): void {
    for (let request = this.#lines.first(poolKey); request >= 0; request = this.#lines.first(poolKey)) {
      this.#lines.leave(poolKey, request)
      if (this.#serve(request, poolKey, site)) continue
      this.#lines.joinFirst(poolKey, request)
      return
    }
  }

  #usableConnection(poolKey: number, site: CallSite): number {
    return site.pool.kind === 'keepAlive' ? this.#takeIdle(poolKey, site) : this.#leastUsed(poolKey, site)
  }

  #takeIdle(poolKey: number, site: CallSite): number {
    const { connections } = this.world
    for (;;) {
      const connection = connections.takeIdle(poolKey, site.pool.isLastInFirstOut)
      if (connection < 0 || !this.#isWornOut(connection, site)) return connection
      this.actions.close(connection, site)
    }
  }

  /** Of the shared connections the one with the fewest requests under way; none if another can be opened in its place. */
  #leastUsed(poolKey: number, site: CallSite): number {
    const { streams } = this.world.connections
    const { maxStreams, size } = site.pool
    this.#retireWornOut(poolKey, site)
    let best = -1
    for (const connection of this.#shared[poolKey] ?? []) {
      if (streams[connection] < maxStreams && (best < 0 || streams[connection] < streams[best]))
        best = connection
    }
    const isShared = best >= 0 && streams[best] > 0
    return isShared && this.#count[poolKey] < size ? -1 : best
  }

  #retireWornOut(poolKey: number, site: CallSite): void {
    const wornOut = this.#shared[poolKey]?.filter((connection) => this.#isWornOut(connection, site)) ?? []
    for (const connection of wornOut) {
      this.#stopSharing(connection, poolKey)
      if (this.world.connections.streams[connection] === 0) this.actions.close(connection, site)
    }
  }

  #isWornOut(connection: number, { pool }: CallSite): boolean {
    const { connections, simulator } = this.world
    return (
      connections.isBroken[connection] === 1 ||
      connections.requestCount[connection] + connections.streams[connection] >= pool.maxRequests ||
      simulator.now - connections.openedNs[connection] >= pool.maxAgeNs ||
      (pool.balancing !== undefined && this.isDraining(connections.caller[connection]))
    )
  }

  /** A connection has nothing to do: it waits for the next request, but not for ever. */
  #rest(connection: number, poolKey: number, site: CallSite): void {
    const { connections, simulator, lanes } = this.world
    if (site.pool.kind === 'keepAlive') connections.putIdle(poolKey, connection)
    connections.isIdle[connection] = 1
    const { idleTimeoutNs } = site.pool
    if (!Number.isFinite(idleTimeoutNs)) return
    connections.idleUntilNs[connection] = simulator.now + idleTimeoutNs
    simulator.schedule(lanes.idleEnd(site.index), simulator.now + idleTimeoutNs, connection)
  }

  #send(request: number, connection: number): void {
    const { connections, simulator } = this.world
    connections.streams[connection]++
    connections.isIdle[connection] = 0
    this.actions.send(request, connection, Math.max(simulator.now, connections.usableNs[connection]))
  }

  #stopSharing(connection: number, poolKey: number): void {
    const shared = this.#shared[poolKey]
    const at = shared?.indexOf(connection) ?? -1
    if (shared !== undefined && at >= 0) shared.splice(at, 1)
  }
}

/**
 * What happens to connections and requests of a pod that goes.
 *
 * A process that ends loses what it worked on. Its kernel answers what still comes over its connections with a reset, and lets the
 * other ends know, half a round trip later: until then they send on. A process that drains closes the connections over which nothing is
 * under way, as it sees it; a request that was sent just then is reset, over HTTP/1.1. A pod that is cut off says nothing, and what is
 * under way to it is lost. Its callers know nothing of all this but what reaches them.
 *
 * Left out: TCP repeats data, so that what was sent to a pod that was cut off for a short while comes late instead of never.
 */
import type { LaneId } from '../../engine/simulator.js'
import type { CallSite } from '../call-sites.js'
import { letGoOfQuery } from '../dns-parts.js'
import { EventKind, priorityOf } from '../events.js'
import type { WayId } from '../links.js'
import { Outcome } from '../records.js'
import { Stage } from '../request-table.js'
import type { World } from '../world.js'

export interface CasualtyActions {
  readonly close: (connection: number, site: CallSite) => void
  readonly siteOf: (connection: number) => CallSite
  /** No new request goes over a connection any more. */
  readonly retire: (connection: number, site: CallSite) => void
}

/** Ends connections and requests whose pod has gone. */
export class Casualties {
  readonly #endLane: LaneId

  constructor(
    readonly world: World,
    readonly actions: CasualtyActions,
  ) {
    this.#endLane = world.simulator.addLane(EventKind.connectionEnd, priorityOf(EventKind.connectionEnd))
  }

  /** The process of a pod ends, in order or not. */
  endProcess(pod: number, isReset: boolean): void {
    const { requests, stations, work, simulator, dns } = this.world
    this.#hangUp(pod, () => true, isReset)
    for (let request = 0; request < requests.rowCount; request++) {
      if (requests.stage[request] !== Stage.none && requests.pod[request] === pod) this.#loseWork(request)
    }
    this.world.presence.endedProcesses[pod]++
    const waiting = stations[pod].abandonAll(simulator.now)
    if (dns?.counts[pod] !== undefined) for (const query of waiting) letGoOfQuery(dns, query, simulator.now)
    work[pod]?.abandonAll(simulator.now)
    this.#closeOwn(pod)
  }

  /** A pod takes no new connections, and closes those that it has nothing to do for. */
  drain(pod: number): void {
    const { requests } = this.world
    const busy = new Set<number>()
    for (let request = 0; request < requests.rowCount; request++) {
      if (requests.stage[request] !== Stage.none && requests.pod[request] === pod)
        busy.add(requests.connection[request])
    }
    this.#hangUp(pod, (connection) => !busy.has(connection), false)
  }

  /** A request comes to its pod. False: there is nobody to take it, and the caller hears of it, or not. */
  letsIn(request: number): boolean {
    const { requests, connections, presence } = this.world
    const connection = requests.connection[request]
    if (presence.isCut(connections, connection)) {
      requests.isHeld[request] = 0
      return false
    }
    if (connections.isClosedByPod[connection] === 0) return true
    this.#reset(request)
    return false
  }

  /** The news that a connection has ended reaches its caller. */
  endConnection(connection: number): void {
    const { connections, simulator } = this.world
    if (connections.endsNs[connection] !== simulator.now) return
    connections.isBroken[connection] = 1
    const site = this.actions.siteOf(connection)
    if (connections.isIdle[connection] === 1) this.actions.close(connection, site)
    else this.actions.retire(connection, site)
  }

  /** @param isClosed - does the pod close it now, or only when it has answered? Of connections over which several requests may go, the latter */
  #hangUp(pod: number, isClosed: (connection: number) => boolean, isReset: boolean): void {
    const { connections, links, simulator } = this.world
    for (let row = 0; row < connections.rowCount; row++) {
      const isIts =
        connections.isOpen[row] === 1 && connections.pod[row] === pod && connections.isEstablished[row] === 1
      if (!isIts || connections.isClosedByPod[row] === 1) continue
      const isShared = connections.streams[row] > 0 && this.actions.siteOf(row).pool.kind === 'multiplexed'
      const isRunning = this.world.presence.isRunning(pod)
      if (isClosed(row) && !(isShared && isRunning)) connections.isClosedByPod[row] = 1
      connections.isReset[row] = isReset ? 1 : 0
      const atNs = simulator.now + links.wayNs(connections.way[row] as WayId)
      connections.endsNs[row] = atNs
      simulator.schedule(this.#endLane, atNs, row)
    }
  }

  /** A request is lost with the process that worked on it. */
  #loseWork(request: number): void {
    const { requests, simulator } = this.world
    const stage = requests.stage[request]
    const { now } = simulator
    requests.stage[request] = Stage.none
    if (stage === Stage.served || stage === Stage.worked) requests.serviceNs[request] = 0
    const partNs = now - requests.intendedNs[request] - requests.partsNs(request)
    if (stage === Stage.queued) requests.queueNs[request] = partNs
    else if (stage === Stage.calling) requests.downstreamNs[request] = partNs
    else requests.serviceNs[request] = partNs
    // The end of its service, or of its calls, is still to come.
    if (stage === Stage.served || stage === Stage.calling) requests.isLost[request] = 1
    if (requests.isAwaited[request] === 1) {
      this.#reset(request)
      return
    }
    requests.isHeld[request] = 0
    requests.closeIfDone(request)
  }

  /** The caller hears that its connection was reset. */
  #reset(request: number): void {
    const { requests, connections, links, simulator, lanes, presence } = this.world
    const connection = requests.connection[request]
    requests.outcome[request] = Outcome.reset
    if (presence.isCut(connections, connection)) {
      requests.isHeld[request] = 0
      return
    }
    const way = connections.way[connection] as WayId
    const wayNs = links.wayNs(way)
    requests.networkNs[request] += wayNs
    simulator.schedule(lanes.answer(way), simulator.now + wayNs, request)
  }

  /** Connections that the pod has opened itself are closed with its process. */
  #closeOwn(pod: number): void {
    const { connections, graph, callers } = this.world
    const keys = new Set(
      graph.sites.flatMap(({ group, index }) =>
        group === undefined ? [callers.bySite[index].firstPoolKey + pod] : [],
      ),
    )
    for (let row = 0; row < connections.rowCount; row++) {
      if (connections.isOpen[row] === 0 || !keys.has(connections.caller[row])) continue
      connections.isBroken[row] = 1
      const site = this.actions.siteOf(row)
      if (connections.isIdle[row] === 1) this.actions.close(row, site)
      else this.actions.retire(row, site)
    }
  }
}

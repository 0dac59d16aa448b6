/**
 * A request at its pod: the queue, the server, the calls to other Services that are made before it is answered.
 *
 * Under FCFS a server is held from the start of service until the answer leaves, its calls included. Under processor sharing
 * every request in the pod has a place, and those that wait for calls take no part of the servers. Calls are made after the
 * pod's own work, one after another or all at once. A call that fails makes the pod answer with an error at once: the
 * request ends as `rejected`. Calls that are still out then go on; what they bring is lost.
 */

import { behaviourKey } from './behaviours.js'
import type { CallNode } from './call-sites.js'
import type { WayId } from './links.js'
import { Admission } from './pod-station.js'
import type { PodWork } from './pod-work.js'
import { Outcome, type PodTotals } from './records.js'
import { Stage } from './request-table.js'
import { warmth } from './slow-start.js'
import type { World } from './world.js'

/** Makes a call on behalf of a pod. */
export type IssueCall = (node: CallNode, pod: number, parent: number) => void

/** What has become of the requests of one pod so far. */
export type PodCounters = Omit<PodTotals, 'serverCount' | 'hasCpuLimit'>

const NO_CALLS: readonly CallNode[] = []

/** What pods do with requests. */
export class Serving {
  /** By call node and pod: the demand slot, and the calls to make. */
  readonly #demandSlot: readonly Int32Array[]
  readonly #children: readonly (readonly (readonly CallNode[])[])[]
  /** By pod: is a request done just after its service time? Not where servers are shared, limited or slow at first. */
  readonly #isPlain: Uint8Array
  /** By pod: are calls made all at once? */
  readonly #isParallel: Uint8Array

  constructor(
    readonly world: World,
    readonly issueCall: IssueCall,
  ) {
    const { graph, cluster, work } = world
    const { ofPod } = graph.behaviours
    this.#demandSlot = graph.nodes.map(({ handlers }) =>
      Int32Array.from(cluster.pods, (pod) => handlers.get(behaviourKey(pod))?.demandSlot ?? 0),
    )
    this.#children = graph.nodes.map(({ handlers }) =>
      cluster.pods.map((pod) => handlers.get(behaviourKey(pod))?.children ?? NO_CALLS),
    )
    this.#isPlain = Uint8Array.from(ofPod, ({ slowStart }, pod) =>
      slowStart === undefined && work[pod] === undefined ? 1 : 0,
    )
    this.#isParallel = Uint8Array.from(ofPod, ({ callOrder }) => (callOrder === 'parallel' ? 1 : 0))
  }

  /** A request arrives at its pod. */
  arrive(request: number): void {
    const { requests, stations, simulator } = this.world
    const admission = stations[requests.pod[request]].arrive(request, simulator.now)
    if (admission === Admission.started) {
      this.#serve(request)
    } else if (admission === Admission.queued) {
      requests.stage[request] = Stage.queued
      requests.partStartNs[request] = simulator.now
    } else {
      requests.outcome[request] = Outcome.rejected
      this.#answer(request)
    }
  }

  /** The pod's own work on a request is done: its calls, if any, are next. */
  finishOwnWork(request: number): void {
    const { requests, simulator } = this.world
    if (requests.isLost[request] === 1) {
      this.#forget(request)
      return
    }
    requests.partStartNs[request] = simulator.now
    this.#proceed(request)
  }

  /** Something may have happened to the work of a pod that shares its servers or has a CPU limit. */
  attendWork(pod: number): void {
    const { requests, simulator, work } = this.world
    const here = work[pod]
    if (here?.isDue(simulator.now) !== true) return
    for (let done = here.takeFinished(simulator.now); done >= 0; done = here.takeFinished(simulator.now)) {
      requests.serviceNs[done] = simulator.now - requests.partStartNs[done]
      this.finishOwnWork(done)
    }
    here.attended()
    this.#awaitWork(pod)
  }

  /** A call of the pod that serves `request` has ended. */
  finishCall(request: number, outcome: number): void {
    const { requests } = this.world
    if (requests.isLost[request] === 1) {
      if (requests.callsOut[request] > 0) requests.callsOut[request]--
      if (requests.callsOut[request] === 0) this.#forget(request)
      return
    }
    if (requests.callsOut[request] > 0) {
      this.#finishParallelCall(request, outcome)
      return
    }
    requests.callsMade[request]++
    if (outcome === Outcome.completed) this.#proceed(request)
    else this.#fail(request)
  }

  /** What has become of the requests of a pod up to now. */
  counters(pod: number): PodCounters {
    const { stations, work, simulator } = this.world
    const station = stations[pod]
    const { now } = simulator
    return {
      served: station.served,
      rejected: station.rejected,
      busyAreaNs: this.busyAreaNs(pod),
      queueAreaNs: this.#sharedWork(pod)?.excessAreaNs(now) ?? station.queueAreaNs(now),
      throttledNs: work[pod]?.throttledNs(now) ?? 0,
    }
  }

  /** ∫ busy servers of a pod dt up to now. */
  busyAreaNs(pod: number): number {
    const { stations, simulator } = this.world
    return (this.#sharedWork(pod) ?? stations[pod]).busyAreaNs(simulator.now)
  }

  /** Undefined where each request at a server has one of its own. */
  #sharedWork(pod: number): PodWork | undefined {
    const { work, graph } = this.world
    return graph.behaviours.ofPod[pod].discipline === 'ps' ? work[pod] : undefined
  }

  #proceed(request: number): void {
    const { requests } = this.world
    const pod = requests.pod[request]
    const children = this.#children[requests.callNode[request]][pod]
    const callsMade = requests.callsMade[request]
    if (callsMade === children.length) {
      this.#finish(request)
      return
    }
    requests.stage[request] = Stage.calling
    if (this.#isParallel[pod] === 1) this.#issueAll(children, pod, request)
    else this.issueCall(children[callsMade], pod, request)
  }

  #issueAll(children: readonly CallNode[], pod: number, request: number): void {
    this.world.requests.callsOut[request] = children.length
    for (const child of children) this.issueCall(child, pod, request)
  }

  /** The last call to end answers the request, or the first that fails; those after that one only let go of its row. */
  #finishParallelCall(request: number, outcome: number): void {
    const { requests } = this.world
    const callsOut = --requests.callsOut[request]
    const hasFailed = requests.outcome[request] === Outcome.rejected
    if (hasFailed) requests.closeIfDone(request)
    else if (outcome !== Outcome.completed) this.#fail(request)
    else if (callsOut === 0) this.#finish(request)
  }

  #fail(request: number): void {
    this.world.requests.outcome[request] = Outcome.rejected
    this.#finish(request)
  }

  /** The server lets go of the request and takes the next. */
  #finish(request: number): void {
    const { requests, stations, simulator } = this.world
    const downstreamNs = simulator.now - requests.partStartNs[request]
    const sojournNs = requests.queueNs[request] + requests.serviceNs[request] + downstreamNs
    requests.downstreamNs[request] = downstreamNs
    requests.stage[request] = Stage.none
    const next = stations[requests.pod[request]].leave(simulator.now, sojournNs)
    this.#answer(request)
    if (next < 0) return
    requests.queueNs[next] = simulator.now - requests.partStartNs[next]
    this.#serve(next)
  }

  #serve(request: number): void {
    const { requests, graph, simulator, lanes } = this.world
    const pod = requests.pod[request]
    const slot = this.#demandSlot[requests.callNode[request]][pod]
    const demandNs = requests.demandsNs[request * requests.demandCount + slot]
    const speed = graph.behaviours.speedOfPod[pod]
    requests.stage[request] = Stage.served
    if (this.#isPlain[pod] === 0) {
      this.#serveOtherwise(request, pod, demandNs / speed)
      return
    }
    const serviceNs = speed === 1 ? demandNs : Math.round(demandNs / speed)
    requests.serviceNs[request] = serviceNs
    simulator.schedule(lanes.serviceDone[pod], simulator.now + serviceNs, request)
  }

  /** At a pod that warms up, shares its servers, or has a CPU limit. */
  #serveOtherwise(request: number, pod: number, usualNs: number): void {
    const { requests, simulator, lanes, work } = this.world
    // Longer than any run: what does not end within it need not be exact.
    const workNs = Math.min(Number.MAX_SAFE_INTEGER, Math.round(usualNs / this.#warmthOf(pod)))
    const here = work[pod]
    if (here === undefined) {
      requests.serviceNs[request] = workNs
      simulator.schedule(lanes.serviceDone[pod], simulator.now + workNs, request)
      return
    }
    requests.partStartNs[request] = simulator.now
    requests.stage[request] = Stage.worked
    here.start(request, workNs, simulator.now)
    this.#awaitWork(pod)
  }

  #warmthOf(pod: number): number {
    const { graph, readySinceNs, simulator } = this.world
    const { slowStart } = graph.behaviours.ofPod[pod]
    return slowStart === undefined ? 1 : warmth(slowStart, simulator.now - readySinceNs[pod])
  }

  /** Schedules the next thing to happen to the work of a pod, if it is not scheduled. */
  #awaitWork(pod: number): void {
    const { simulator, lanes, work } = this.world
    const dueNs = work[pod]?.nextEventNs(simulator.now) ?? -1
    if (dueNs >= 0) simulator.schedule(lanes.workDue(pod), dueNs, pod)
  }

  /** The last that was to come of a request whose pod has gone. */
  #forget(request: number): void {
    const { requests } = this.world
    requests.isLost[request] = 0
    requests.closeIfDone(request)
  }

  /** The answer leaves, if anyone still waits for it. */
  #answer(request: number): void {
    const { requests, connections, simulator, lanes, links, graph, cluster, presence } = this.world
    const isLost = presence.isEventful && presence.isCut(connections, requests.connection[request])
    if (isLost || requests.isAwaited[request] === 0) {
      requests.isHeld[request] = 0
      requests.closeIfDone(request)
      return
    }
    const way = connections.way[requests.connection[request]] as WayId
    const { responseBytes } = graph.sites[requests.site[request]]
    const sender = cluster.pods[requests.pod[request]].nodeIndex
    const wayNs = links.messageNs(way, sender, responseBytes, simulator.now)
    requests.networkNs[request] += wayNs
    simulator.schedule(lanes.answer(way), simulator.now + wayNs, request)
  }
}

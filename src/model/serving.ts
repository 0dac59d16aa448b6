/**
 * A request at its pod: the queue, the server, the calls to other Services that the server makes before it answers.
 *
 * A server is held from the start of service until the answer leaves, its calls included; calls are made one after another,
 * after the pod's own work. A call that fails makes the pod answer with an error: the request ends as `rejected`.
 * Left out: processor sharing, CPU limits, calls in parallel.
 */

import { behaviourKey } from './behaviours.js'
import type { CallNode } from './call-sites.js'
import type { WayId } from './links.js'
import { Admission } from './pod-station.js'
import { Outcome } from './records.js'
import type { World } from './world.js'

/** Makes a call on behalf of a pod. */
export type IssueCall = (node: CallNode, pod: number, parent: number) => void

const NO_CALLS: readonly CallNode[] = []

/** What pods do with requests. */
export class Serving {
  /** By call node and pod: the demand slot, and the calls to make. */
  readonly #demandSlot: readonly Int32Array[]
  readonly #children: readonly (readonly (readonly CallNode[])[])[]

  constructor(
    readonly world: World,
    readonly issueCall: IssueCall,
  ) {
    const { graph, cluster } = world
    this.#demandSlot = graph.nodes.map(({ handlers }) =>
      Int32Array.from(cluster.pods, (pod) => handlers.get(behaviourKey(pod))?.demandSlot ?? 0),
    )
    this.#children = graph.nodes.map(({ handlers }) =>
      cluster.pods.map((pod) => handlers.get(behaviourKey(pod))?.children ?? NO_CALLS),
    )
  }

  /** A request arrives at its pod. */
  arrive(request: number): void {
    const { requests, stations, simulator } = this.world
    const admission = stations[requests.pod[request]].arrive(request, simulator.now)
    if (admission === Admission.started) {
      this.#serve(request)
    } else if (admission === Admission.queued) {
      requests.partStartNs[request] = simulator.now
    } else {
      requests.outcome[request] = Outcome.rejected
      this.#answer(request)
    }
  }

  /** The pod's own work on a request is done: its calls, if any, are next. */
  finishOwnWork(request: number): void {
    const { requests, simulator } = this.world
    requests.partStartNs[request] = simulator.now
    this.#proceed(request)
  }

  /** A call of the pod that serves `request` has ended. */
  finishCall(request: number, outcome: number): void {
    const { requests } = this.world
    requests.callsMade[request]++
    if (outcome === Outcome.completed) {
      this.#proceed(request)
    } else {
      requests.outcome[request] = Outcome.rejected
      this.#finish(request)
    }
  }

  #proceed(request: number): void {
    const { requests } = this.world
    const pod = requests.pod[request]
    const children = this.#children[requests.callNode[request]][pod]
    const callsMade = requests.callsMade[request]
    if (callsMade === children.length) this.#finish(request)
    else this.issueCall(children[callsMade], pod, request)
  }

  /** The server lets go of the request and takes the next. */
  #finish(request: number): void {
    const { requests, stations, simulator } = this.world
    const downstreamNs = simulator.now - requests.partStartNs[request]
    const sojournNs = requests.queueNs[request] + requests.serviceNs[request] + downstreamNs
    requests.downstreamNs[request] = downstreamNs
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
    const serviceNs = speed === 1 ? demandNs : Math.round(demandNs / speed)
    requests.serviceNs[request] = serviceNs
    simulator.schedule(lanes.serviceDone[pod], simulator.now + serviceNs, request)
  }

  /** The answer leaves, if anyone still waits for it. */
  #answer(request: number): void {
    const { requests, connections, simulator, lanes, links } = this.world
    if (requests.isAwaited[request] === 0) {
      requests.isHeld[request] = 0
      requests.closeIfDone(request)
      return
    }
    const way = connections.way[requests.connection[request]] as WayId
    const wayNs = links.wayNs(way)
    requests.networkNs[request] += wayNs
    simulator.schedule(lanes.answer(way), simulator.now + wayNs, request)
  }
}

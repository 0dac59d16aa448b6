/**
 * One replication: requests are issued, travel, are served and end, each with exactly one outcome.
 *
 * This file holds the life of a request and the dispatch of events; `connecting.ts` has the way to the pod, `serving.ts`
 * the pod. The anatomy of a request and the definitions of its parts are in README.md of this folder.
 */
import { InvariantError } from '../base/diagnostics.js'
import { nanoseconds } from '../base/nanoseconds.js'
import { fixedWarmUpNs } from '../input/warm-up-schema.js'
import type { CallNode } from './call-sites.js'
import { ClusterClock } from './changes/cluster-clock.js'
import { Connecting } from './connecting.js'
import { EventKind } from './events.js'
import { OverTime } from './over-time.js'
import {
  type DnsPodCounts,
  type NodeTotals,
  type Observer,
  Outcome,
  type RequestRecord,
  type SimulationTotals,
} from './records.js'
import { Retries } from './retries.js'
import { type PodCounters, Serving } from './serving.js'
import { buildWorld, type SimulationOptions, type World } from './world.js'

/**
 * Runs one replication from time 0 to the scenario's horizon.
 *
 * @param observer - told of every connection and request intended from the end of the warm-up on; of connections before too
 * @throws InputError if the scenario can not be run on the cluster
 * @throws InvariantError if the model contradicts itself; with seed, replication, event and simulated time
 */
export function simulate(options: SimulationOptions, observer: Observer): SimulationTotals {
  return simulateWorld(buildWorld(options), observer)
}

/** Where a replication that is run in slices stands. */
export interface SliceEnd {
  readonly nowNs: number
  /** Events handled so far. */
  readonly eventCount: number
}

/**
 * Runs one replication in slices of simulated time, so that whoever runs it can look up between two of them. Slices change
 * nothing: the same events in the same order as `simulate`.
 *
 * @param untilNs - end of the first slice; that of each later one is given to `next`
 * @returns yields after each slice that ends before the horizon; returns the totals
 * @throws as `simulate`
 */
export function* simulateInSlices(
  options: SimulationOptions,
  observer: Observer,
  untilNs: number,
): Generator<SliceEnd, SimulationTotals, number> {
  const world = buildWorld(options)
  const simulation = new Simulation(world, observer)
  simulation.start()
  for (let endNs = untilNs; endNs < options.scenario.spec.horizon; ) {
    simulation.advance(endNs)
    endNs = yield { nowNs: endNs, eventCount: world.simulator.eventCount }
  }
  return simulation.finish()
}

/** Runs a world from its beginning; as `simulate`. Once only: what is left behind in its parts can be looked at afterwards. */
export function simulateWorld(world: World, observer: Observer): SimulationTotals {
  const simulation = new Simulation(world, observer)
  simulation.start()
  return simulation.finish()
}

class Simulation {
  readonly #connecting: Connecting
  readonly #serving: Serving
  readonly #warmUpNs: number
  readonly #horizonNs: number
  readonly #isDeadlineArmed: Uint8Array
  /** By call site; undefined where nothing is tried again. */
  readonly #retries: readonly (Retries | undefined)[]
  readonly #handler = (kind: number, payload: number) => this.#handle(kind, payload)
  readonly #record = emptyRecord()
  /** Undefined where nothing happens to pods and nodes. */
  readonly #clock: ClusterClock | undefined
  /** Undefined where nobody asks for it. */
  readonly #overTime: OverTime | undefined
  #atWarmUp: Snapshot | undefined

  constructor(
    readonly world: World,
    readonly observer: Observer,
  ) {
    const { spec } = world.scenario
    this.#warmUpNs = fixedWarmUpNs(spec)
    this.#horizonNs = spec.horizon
    this.#connecting = new Connecting(world, observer)
    this.#serving = new Serving(world, (node, pod, parent) => this.#issue(node, pod, parent))
    this.#clock = world.presence.isEventful ? new ClusterClock(world, this.#connecting.casualties) : undefined
    this.#overTime = world.isFollowedOverTime ? this.#followOverTime() : undefined
    this.#isDeadlineArmed = new Uint8Array(world.graph.sites.length)
    this.#retries = world.graph.sites.map(({ retry, caller, service }) =>
      retry === undefined
        ? undefined
        : new Retries(retry, world.streams.get(`retry/${caller}/${service.namespace}/${service.name}`)),
    )
  }

  start(): void {
    const { simulator, lanes, demands } = this.world
    simulator.schedule(lanes.warmUpEnd, this.#warmUpNs, 0)
    for (let group = 0; group < demands.length; group++) this.#awaitArrival(group)
    this.#clock?.start()
  }

  /** Handles all events up to a time. */
  advance(untilNs: number): void {
    const { simulator } = this.world
    const overTime = this.#overTime
    while (overTime !== undefined && overTime.nextHaltNs <= untilNs) {
      simulator.run(nanoseconds(overTime.nextHaltNs), this.#handler)
      overTime.halt()
    }
    simulator.run(nanoseconds(untilNs), this.#handler)
  }

  /** Goes on to the horizon. */
  finish(): SimulationTotals {
    this.advance(this.#horizonNs)
    this.#endUnfinished()
    return this.#totals()
  }

  #handle(kind: number, payload: number): void {
    switch (kind) {
      case EventKind.arrival:
        this.#arrive(payload)
        break
      case EventKind.nameResolved:
        if (this.#isStillAwaited(payload)) this.#connecting.nameResolved(payload)
        break
      case EventKind.firstPacketAtLoadBalancer:
        if (this.#isStillAwaited(payload)) this.#connecting.reachLoadBalancer(payload)
        break
      case EventKind.firstPacketAtNode:
        if (this.#isStillAwaited(payload)) this.#connecting.handshake.passNextNode(payload)
        break
      case EventKind.firstPacketAtPod:
        if (this.#isStillAwaited(payload)) this.#connecting.handshake.arriveAtPod(payload)
        break
      case EventKind.synRepeated:
        if (this.#isStillAwaited(payload)) this.#connecting.handshake.repeat(payload)
        break
      case EventKind.requestAtPod:
        this.#takeReservedPlace(payload)
        if (this.#isStillAwaited(payload) && this.#isLetIn(payload)) this.#serving.arrive(payload)
        break
      case EventKind.serviceDone:
        this.#serving.finishOwnWork(payload)
        break
      case EventKind.workDue:
        this.#serving.attendWork(payload)
        break
      case EventKind.answerAtCaller:
        if (this.#isStillAwaited(payload)) this.#answered(payload)
        break
      case EventKind.idleEnd:
        this.#connecting.endIdle(payload)
        break
      case EventKind.retry:
        if (this.#isStillAwaited(payload)) this.#attempt(payload)
        break
      case EventKind.deadline:
        this.#endOverdue(payload)
        break
      case EventKind.attemptDeadline:
        this.#endOverdueAttempt(payload)
        break
      case EventKind.warmUpEnd:
        this.#atWarmUp = this.#snapshot()
        break
      default:
        if (this.#connecting.names.handle(kind, payload) || this.#clock?.handle(kind, payload) === true) break
        throw new InvariantError('an event of no kind', { kind, payload })
    }
  }

  /** A client wants something; the group's next wish is noted. */
  #arrive(group: number): void {
    const source = this.world.demands[group]
    const { node } = this.world.graph.roots[group]
    const request = this.#open(node, source.client, -1)
    this.world.requests.setDemands(request, source.demandsNs)
    this.#awaitArrival(group)
    this.#attempt(request)
  }

  #awaitArrival(group: number): void {
    const { demands, simulator, lanes } = this.world
    const source = demands[group]
    if (source.advance() && source.timeNs < this.#horizonNs) {
      simulator.schedule(lanes.arrival[group], source.timeNs, group)
    }
  }

  /** A pod makes a call. */
  #issue(node: CallNode, pod: number, parent: number): void {
    this.#attempt(this.#open(node, pod, parent))
  }

  #open(node: CallNode, client: number, parent: number): number {
    const { requests, simulator, inFlight } = this.world
    const request = requests.open(node, client, parent, simulator.now)
    const site = node.site.index
    inFlight[site].add(request)
    this.#retries[site]?.noteRequest()
    if (this.#retries[site] === undefined && this.#isDeadlineArmed[site] === 0) this.#armDeadline(site)
    return request
  }

  /** A request sets out, for the first time or again. */
  #attempt(request: number): void {
    const { requests, graph, simulator, lanes } = this.world
    const { index, retry, timeoutNs } = graph.sites[requests.site[request]]
    if (retry !== undefined) {
      const endNs = requests.intendedNs[request] + timeoutNs
      const deadlineNs = Math.min(endNs, simulator.now + (retry.attemptTimeout ?? timeoutNs))
      requests.deadlineNs[request] = deadlineNs
      simulator.schedule(lanes.attemptDeadline[index], deadlineNs, request)
    }
    this.#connecting.start(request)
  }

  /** Does the caller still wait? If not, the event at hand was the last to come back to the request. */
  #isStillAwaited(request: number): boolean {
    const { requests } = this.world
    if (requests.isAwaited[request] === 1) return true
    requests.isHeld[request] = 0
    requests.closeIfDone(request)
    return false
  }

  /** The place reserved for a request is its own now, or nobody's. */
  #takeReservedPlace(request: number): void {
    const { requests, stations } = this.world
    if (requests.hasReserved[request] === 0) return
    requests.hasReserved[request] = 0
    stations[requests.pod[request]].unreserve()
  }

  /** Is there a process in the pod that takes the request? */
  #isLetIn(request: number): boolean {
    return this.#clock === undefined || this.#connecting.casualties.letsIn(request)
  }

  #answered(request: number): void {
    if (this.#connecting.proxies.passAnswer(request)) return
    const { requests } = this.world
    if (requests.connection[request] < 0 && this.#connecting.balanced.goesOn(request)) return
    const outcome = requests.outcome[request]
    if (requests.connection[request] < 0) {
      this.#connecting.abandon(request)
    } else if (outcome === Outcome.refused || outcome === Outcome.timedOut) {
      this.#connecting.fail(request)
    } else if (outcome === Outcome.reset) {
      this.#connecting.lose(request)
    } else {
      this.#connecting.release(request)
    }
    requests.isHeld[request] = 0
    this.#conclude(request, outcome)
  }

  /** An attempt has ended: so does the request, or it is tried again. */
  #conclude(request: number, outcome: number): void {
    const { requests, graph, simulator, lanes, inFlight } = this.world
    const site = requests.site[request]
    const pauseNs = this.#retries[site]?.pauseNs(outcome, requests.attempts[request]) ?? -1
    const startNs = simulator.now + pauseNs
    if (pauseNs < 0 || startNs >= requests.intendedNs[request] + graph.sites[site].timeoutNs) {
      this.#end(request, outcome)
      return
    }
    const next = requests.openRetry(request, startNs)
    inFlight[site].remove(request)
    inFlight[site].add(next)
    requests.isAwaited[request] = 0
    requests.closeIfDone(request)
    simulator.schedule(lanes.retry, startNs, next)
  }

  /** Where requests are retried each attempt has a deadline of its own; that of one that is over says nothing. */
  #endOverdueAttempt(request: number): void {
    const { requests, simulator } = this.world
    if (requests.isAwaited[request] === 0 || requests.deadlineNs[request] !== simulator.now) return
    this.#connecting.abandon(request)
    this.#conclude(request, Outcome.timedOut)
  }

  /** Time is out for the oldest requests of a call site. */
  #endOverdue(site: number): void {
    const { inFlight, requests, simulator, graph } = this.world
    const list = inFlight[site]
    const { timeoutNs } = graph.sites[site]
    while (list.oldest >= 0 && requests.intendedNs[list.oldest] + timeoutNs <= simulator.now) {
      const request = list.oldest
      this.#connecting.abandon(request)
      this.#end(request, Outcome.timedOut)
    }
    this.#isDeadlineArmed[site] = 0
    if (list.oldest >= 0) this.#armDeadline(site)
  }

  /** One pending deadline a call site is enough: that of its oldest request. */
  #armDeadline(site: number): void {
    const { inFlight, requests, simulator, lanes, graph } = this.world
    this.#isDeadlineArmed[site] = 1
    const dueNs = requests.intendedNs[inFlight[site].oldest] + graph.sites[site].timeoutNs
    simulator.schedule(lanes.deadline[site], dueNs, site)
  }

  /** A request ends: its record is written, and the pod that made the call, if one did, goes on. */
  #end(request: number, outcome: number): void {
    const { requests, inFlight } = this.world
    inFlight[requests.site[request]].remove(request)
    this.#tell(request, outcome)
    const parent = requests.parent[request]
    requests.isAwaited[request] = 0
    requests.closeIfDone(request)
    if (parent >= 0) this.#serving.finishCall(parent, outcome)
  }

  #tell(request: number, outcome: number): void {
    const { requests, simulator } = this.world
    if (requests.intendedNs[request] < this.#warmUpNs) return
    const record = this.#record
    record.call = requests.site[request]
    record.client = requests.client[request]
    record.pod = requests.pod[request]
    record.outcome = outcome
    record.intendedNs = requests.intendedNs[request]
    record.responseTimeNs = simulator.now - requests.intendedNs[request]
    record.attempts = requests.attempts[request]
    record.dnsQueries = requests.dnsQueries[request]
    record.retryNs = requests.retryNs[request]
    record.dnsNs = requests.dnsNs[request]
    record.connectNs = requests.connectNs[request]
    record.rulesNs = requests.rulesNs[request]
    record.networkNs = requests.networkNs[request]
    record.queueNs = requests.queueNs[request]
    record.serviceNs = requests.serviceNs[request]
    record.downstreamNs = requests.downstreamNs[request]
    this.observer.requestEnded(record)
  }

  /** The horizon: whoever still waits, waits in vain. */
  #endUnfinished(): void {
    const { inFlight, requests } = this.world
    for (const list of inFlight) {
      for (let request = list.oldest; request >= 0; request = requests.younger[request]) {
        this.#tell(request, Outcome.unfinished)
      }
    }
  }

  #totals(): SimulationTotals {
    const { simulator, stations, nodes, graph } = this.world
    for (const station of stations) station.assertLittlesLaw(simulator.now)
    const end = this.#snapshot()
    const start = this.#atWarmUp ?? end
    return {
      windowNs: this.#horizonNs - this.#warmUpNs,
      eventCount: simulator.eventCount,
      pods: stations.map((_, index) => ({
        serverCount: graph.behaviours.ofPod[index].servers,
        hasCpuLimit: graph.behaviours.cpuLimitMilliOfPod[index] !== undefined,
        ...difference(end.pods[index], start.pods[index]),
      })),
      nodes: nodes.map((node, index) => ({
        processorCount: node.processor.processorCount,
        ...difference(end.nodes[index], start.nodes[index]),
        drops: difference(end.drops[index], start.drops[index]),
        conntrackPeak: node.connections.peakCount,
        conntrackMax: node.connections.maxCount,
        masqueradePortsPeak: node.connections.peakPortsUsed,
      })),
      dns: end.dns.map((counts, index) => dnsDifference(counts, start.dns[index])),
      ...(this.#overTime === undefined ? {} : { overTime: this.#overTime.totals() }),
    }
  }

  #followOverTime(): OverTime {
    const { stations, nodes, ports, graph } = this.world
    return new OverTime(
      {
        stations,
        nodes,
        ports,
        serverCounts: graph.behaviours.ofPod.map(({ servers }) => servers),
        busyAreaNs: (pod) => this.#serving.busyAreaNs(pod),
      },
      this.#warmUpNs,
      this.#horizonNs,
    )
  }

  #snapshot(): Snapshot {
    const { stations, nodes, dns } = this.world
    return {
      pods: stations.map((_, pod) => this.#serving.counters(pod)),
      nodes: nodes.map((node) => ({
        firstPackets: node.firstPackets,
        rulesEvaluated: node.rulesEvaluated,
        busyNs: node.processor.busyNs,
      })),
      drops: nodes.map((node) => ({ ...node.drops })),
      dns: dns?.counts.map((counts) => counts && { ...counts }) ?? [],
    }
  }
}

/** Counters at one moment. */
interface Snapshot {
  readonly pods: readonly PodCounters[]
  readonly nodes: readonly Pick<NodeTotals, 'firstPackets' | 'rulesEvaluated' | 'busyNs'>[]
  readonly drops: readonly NodeTotals['drops'][]
  readonly dns: readonly (DnsPodCounts | undefined)[]
}

function dnsDifference(
  end: DnsPodCounts | undefined,
  start: DnsPodCounts | undefined,
): DnsPodCounts | undefined {
  return end === undefined || start === undefined ? undefined : difference(end, start)
}

function difference<T extends Readonly<Record<keyof T, number>>>(end: T, start: T): T {
  const entries = Object.entries(end) as [keyof T, number][]
  return Object.fromEntries(entries.map(([key, value]) => [key, value - start[key]])) as T
}

function emptyRecord(): RequestRecord {
  return {
    call: 0,
    client: 0,
    pod: -1,
    outcome: 0,
    intendedNs: 0,
    responseTimeNs: 0,
    attempts: 1,
    dnsQueries: 0,
    retryNs: 0,
    dnsNs: 0,
    connectNs: 0,
    rulesNs: 0,
    networkNs: 0,
    queueNs: 0,
    serviceNs: 0,
    downstreamNs: 0,
  }
}

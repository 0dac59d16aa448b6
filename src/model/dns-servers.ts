/**
 * Pods of CoreDNS: queries wait for a server and are answered, names of the cluster at once, others as soon as the resolver
 * upstream has said what they are. A pod remembers that for a while; a query that waits for it holds no server.
 *
 * Left out: the limit of entries of the cache, prefetching, autopath, TCP, memory.
 */
import { makeSampler } from '../engine/distributions.js'
import type { Stream } from '../engine/streams.js'
import { DnsEvent } from './dns-events.js'
import type { DnsPackets } from './dns-packets.js'
import { type DnsParts, letGoOfQuery } from './dns-parts.js'
import { RECORD_TYPE_COUNT } from './dns-tables.js'
import { Admission } from './pod-station.js'
import type { World } from './world.js'

/** The answers of all pods. Streams `dns/<namespace>/<pod>/service`, one draw per query served, and `dns/upstream`. */
export class DnsServers {
  readonly #sampleService: (stream: Stream) => number
  readonly #sampleUpstream: (stream: Stream) => number
  readonly #upstream: Stream
  /** By pod index: its stream; and by name and record type, until when it remembers what upstream said. */
  readonly #service: readonly (Stream | undefined)[]
  readonly #knownUntilNs: readonly (Float64Array | undefined)[]

  constructor(
    readonly world: World,
    readonly dns: DnsParts,
    readonly packets: DnsPackets,
    /** What becomes of an answer that leaves its pod. */
    readonly answered: (query: number) => void,
  ) {
    const { scenario, streams, cluster } = world
    const { serviceTime, upstreamTime } = scenario.spec.dns.server
    this.#sampleService = makeSampler(serviceTime)
    this.#sampleUpstream = makeSampler(upstreamTime)
    this.#upstream = streams.get('dns/upstream')
    const ifServer = <T>(make: (pod: (typeof cluster.pods)[number]) => T) =>
      cluster.pods.map((pod) => (dns.counts[pod.index] === undefined ? undefined : make(pod)))
    this.#service = ifServer(({ namespace, name }) => streams.get(`dns/${namespace}/${name}/service`))
    this.#knownUntilNs = ifServer(() =>
      new Float64Array(dns.names.count * RECORD_TYPE_COUNT).fill(Number.NEGATIVE_INFINITY),
    )
  }

  /** A query comes to its pod; one that finds no place is dropped. */
  arrive(query: number): void {
    const { queries, counts } = this.dns
    const { stations, simulator, presence } = this.world
    const pod = queries.pod[query]
    if (presence.isEventful && this.#isMissed(query, pod)) return
    queries.process[query] = presence.endedProcesses[pod]
    const count = counts[pod]
    if (count !== undefined) count.queries++
    queries.arrivedNs[query] = simulator.now
    const admission = stations[pod].arrive(query, simulator.now)
    if (admission === Admission.started) this.#serve(query)
    else if (admission === Admission.rejected) letGoOfQuery(this.dns, query, simulator.now)
  }

  /** A server is done with a query, and takes the next. */
  finish(query: number): void {
    const { queries } = this.dns
    const { stations, simulator } = this.world
    if (this.#isLost(query)) return
    const next = stations[queries.pod[query]].leave(simulator.now, simulator.now - queries.arrivedNs[query])
    this.#settle(query)
    if (next >= 0) this.#serve(next)
  }

  /** The resolver upstream has said what a name is. */
  learn(query: number): void {
    const { cacheTime } = this.world.scenario.spec.dns.server
    if (this.#isLost(query)) return
    const known = this.#knownUntilNs[this.dns.queries.pod[query]]
    if (known !== undefined) known[this.#entryOf(query)] = this.world.simulator.now + cacheTime
    this.#answer(query)
  }

  /** Is there no process to take the query? The kernel of a pod without one says that its port is closed. */
  #isMissed(query: number, pod: number): boolean {
    const { presence, simulator } = this.world
    if (presence.isPodCut(pod)) letGoOfQuery(this.dns, query, simulator.now)
    else if (presence.isRunning(pod)) return false
    else this.packets.refuse(query)
    return true
  }

  /** Has the process that took the query ended since? Then nobody comes back to it. */
  #isLost(query: number): boolean {
    const { queries } = this.dns
    const { presence, simulator } = this.world
    if (queries.process[query] === presence.endedProcesses[queries.pod[query]]) return false
    letGoOfQuery(this.dns, query, simulator.now)
    return true
  }

  #serve(query: number): void {
    const { queries, lanes } = this.dns
    const { simulator } = this.world
    const pod = queries.pod[query]
    const stream = this.#service[pod]
    const serviceNs = stream === undefined ? 0 : Math.round(this.#sampleService(stream))
    simulator.schedule(lanes.get(DnsEvent.served, pod), simulator.now + serviceNs, query)
  }

  #settle(query: number): void {
    const { queries, names, lanes } = this.dns
    const { simulator } = this.world
    const knownUntilNs = this.#knownUntilNs[queries.pod[query]]?.[this.#entryOf(query)] ?? 0
    if (!names.isForwarded(queries.name[query]) || simulator.now < knownUntilNs) {
      this.#answer(query)
      return
    }
    const upstreamNs = Math.round(this.#sampleUpstream(this.#upstream))
    simulator.schedule(lanes.get(DnsEvent.upstream), simulator.now + upstreamNs, query)
  }

  #answer(query: number): void {
    const { queries, names, counts } = this.dns
    const count = counts[queries.pod[query]]
    if (count !== undefined) {
      if (names.exists(queries.name[query])) count.noError++
      else count.nxDomain++
    }
    this.answered(query)
  }

  #entryOf(query: number): number {
    const { queries } = this.dns
    return queries.name[query] * RECORD_TYPE_COUNT + queries.type[query]
  }
}

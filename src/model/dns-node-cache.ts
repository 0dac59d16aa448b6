/**
 * NodeLocal DNSCache: a resolver on every node that pods ask in place of CoreDNS. What it knows it answers at once, a local hop
 * away and past the rules of the node. Names of the cluster that it does not know it asks CoreDNS for, as a process of the
 * node and through the node's rules; others it asks the resolver upstream for.
 *
 * Left out: its own processor time; that it asks CoreDNS by TCP; its own time-outs, as clients repeat their queries anyway.
 * Source: kubernetes cluster/addons/dns/nodelocaldns (Corefile; NOTRACK rules).
 */
import { makeSampler } from '../engine/distributions.js'
import type { Stream } from '../engine/streams.js'
import { DnsEvent, type DnsEventNumber } from './dns-events.js'
import type { DnsPackets } from './dns-packets.js'
import { type DnsParts, letGoOfQuery } from './dns-parts.js'
import { RECORD_TYPE_COUNT } from './dns-tables.js'
import { Step } from './links.js'
import type { World } from './world.js'

/** The caches of all nodes. Stream `dns/upstream`. */
export class DnsNodeCaches {
  readonly #sampleUpstream: (stream: Stream) => number
  readonly #upstream: Stream
  /** By node, name and record type: until when the answer is remembered. */
  readonly #knownUntilNs: readonly Float64Array[]

  constructor(
    readonly world: World,
    readonly dns: DnsParts,
    readonly packets: DnsPackets,
    /** Opens or finds the flow by which the cache of a node asks CoreDNS. */
    readonly openFlow: (node: number) => number,
    /** That flow is not needed for further queries. */
    readonly closeFlow: (flow: number) => void,
  ) {
    this.#sampleUpstream = makeSampler(world.scenario.spec.dns.server.upstreamTime)
    this.#upstream = world.streams.get('dns/upstream')
    this.#knownUntilNs = world.nodes.map(() =>
      new Float64Array(dns.names.count * RECORD_TYPE_COUNT).fill(Number.NEGATIVE_INFINITY),
    )
  }

  /** A query leaves its client. */
  ask(query: number): void {
    this.#hop(query, DnsEvent.atNodeCache)
  }

  /** A query is at the cache. */
  arrive(query: number): void {
    const { queries, names, lanes } = this.dns
    const { simulator } = this.world
    const node = queries.node[query]
    if (simulator.now < this.#knownUntilNs[node][this.#entryOf(query)]) {
      this.#hop(query, DnsEvent.answerAtClient)
    } else if (names.isForwarded(queries.name[query])) {
      const upstreamNs = Math.round(this.#sampleUpstream(this.#upstream))
      simulator.schedule(lanes.get(DnsEvent.answerAtNodeCache), simulator.now + upstreamNs, query)
    } else {
      const flow = this.openFlow(node)
      this.packets.send(query, flow)
      this.closeFlow(flow)
    }
  }

  /** The answer is at the cache. */
  learn(query: number): void {
    const { queries, names, flows } = this.dns
    const { simulator, scenario } = this.world
    const { ttl, negativeTtl } = scenario.spec.dns.nodeCache
    const flow = queries.flow[query]
    if (flow >= 0) queries.node[query] = flows.home[flow]
    const lifeNs = names.exists(queries.name[query]) ? ttl : negativeTtl
    this.#knownUntilNs[queries.node[query]][this.#entryOf(query)] = simulator.now + lifeNs
    this.#hop(query, DnsEvent.answerAtClient)
  }

  /** Over the link between a pod and its node. */
  #hop(query: number, kind: DnsEventNumber): void {
    const { simulator, links } = this.world
    const arrivalNs = simulator.now + links.linkNs(Step.sameNode)
    if (links.loses(Step.sameNode)) letGoOfQuery(this.dns, query, simulator.now)
    else simulator.schedule(this.dns.lanes.get(kind), arrivalNs, query)
  }

  #entryOf(query: number): number {
    const { queries } = this.dns
    return queries.name[query] * RECORD_TYPE_COUNT + queries.type[query]
  }
}

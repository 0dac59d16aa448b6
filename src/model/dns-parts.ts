/** What name resolution by queries is made of, put together before anything happens: `World.dns`. */
import type { Simulator } from '../engine/simulator.js'
import type { Scenario } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { dnsPortOf } from '../kubernetes/coredns.js'
import { endpointsEver } from '../kubernetes/endpoints-over-time.js'
import type { AddressBook, AddressId } from '../netfilter/address-book.js'
import type { CallSite } from './call-sites.js'
import { DnsLanes } from './dns-events.js'
import { DnsNames } from './dns-names.js'
import { LookupTable, QueryTable } from './dns-tables.js'
import { limitsOf } from './limits.js'
import type { NetworkNode } from './network-node.js'
import type { DnsPodCounts } from './records.js'
import { UdpFlows } from './udp-flows.js'

/** State and settings of name resolution by queries. */
export interface DnsParts {
  readonly names: DnsNames
  readonly lookups: LookupTable
  readonly queries: QueryTable
  readonly flows: UdpFlows
  readonly lanes: DnsLanes
  /** Where queries are sent to. */
  readonly server: AddressId
  readonly port: number
  /** By pod index; undefined: it answers no queries. */
  readonly counts: readonly (DnsPodCounts | undefined)[]
}

export interface DnsPartsOptions {
  readonly cluster: Cluster
  readonly scenario: Scenario
  readonly simulator: Simulator
  readonly book: AddressBook
  readonly sites: readonly CallSite[]
  readonly nodes: readonly NetworkNode[]
  readonly callerCount: number
}

/** @returns undefined where names take a given time */
export function makeDnsParts(options: DnsPartsOptions): DnsParts | undefined {
  const { cluster, scenario, simulator, book, sites, nodes, callerCount } = options
  const found = scenario.spec.dns.mode === 'coredns' ? dnsPortOf(cluster.services) : undefined
  if (found === undefined) return undefined
  const endpoints = endpointsEver(cluster, found.service, found.port)
  const podIndices = new Set(endpoints.map(({ podIndex }) => podIndex))
  return {
    names: new DnsNames(sites, cluster, scenario),
    lookups: new LookupTable(),
    queries: new QueryTable(),
    // Every caller can keep a flow, and every node for its cache.
    flows: new UdpFlows(nodes, limitsOf(scenario), callerCount + nodes.length),
    lanes: new DnsLanes(simulator),
    server: book.idOf(found.service.clusterIp),
    port: found.port.port,
    counts: cluster.pods.map(({ index }) =>
      podIndices.has(index) ? { queries: 0, noError: 0, nxDomain: 0 } : undefined,
    ),
  }
}

/** A query is of no use any more, whether answered or lost: its row is free, and its flow has one packet less under way. */
export function letGoOfQuery({ queries, flows }: DnsParts, query: number, nowNs: number): void {
  const flow = queries.flow[query]
  if (flow >= 0) flows.letGo(flow, nowNs)
  queries.close(query)
}

/**
 * The callers of every call site, with address and node: clients of a group, or the pods of a workload.
 *
 * Clients outside get addresses of 100.64.0.0/10 (shared address space, RFC 6598), in clusters of IPv6 of
 * 2001:db8:100::/48 (documentation, RFC 3849), group after group. Clients inside are
 * pods of the cluster that no manifest names: they take addresses of their node's range from its end downwards.
 */

import { InputError, InvariantError } from '../base/diagnostics.js'
import { hashText } from '../base/hash-text.js'
import { addressAt, addressCount, type Cidr, parseCidr } from '../base/ip-address.js'
import type { Scenario } from '../input/scenario-schema.js'
import type { Cluster, ClusterNode } from '../kubernetes/cluster.js'
import type { AddressBook, AddressId } from '../netfilter/address-book.js'
import type { CallGraph, CallSite } from './call-sites.js'

/** Addresses of clients outside, by the family of the cluster. */
export const OUTSIDE_RANGE = { 4: '100.64.0.0/10', 6: '2001:db8:100::/48' } as const
/** The node of a caller outside the cluster. */
export const OUTSIDE = -1

/** The callers of one call site; positions are clients of the group, or pod indices. */
export interface Callers {
  /** Pool key of the first caller; those of the others follow. */
  readonly firstPoolKey: number
  readonly addresses: readonly AddressId[]
  /** Node index, or OUTSIDE. */
  readonly nodes: Int32Array
  /** A 32-bit hash of the address, the same in every run. */
  readonly sourceHashes: Uint32Array
}

/** By call site. Pool keys are consecutive over all sites; `count` is their number. */
export interface CallerTable {
  readonly bySite: readonly Callers[]
  readonly count: number
}

interface Place {
  readonly address: string
  readonly node: number
}

/**
 * Gives every caller its address and node.
 *
 * @throws InputError CLIENTS_DO_NOT_FIT if a range has not enough addresses
 */
export function placeCallers(
  graph: CallGraph,
  cluster: Cluster,
  scenario: Scenario,
  book: AddressBook,
): CallerTable {
  const places = placeGroups(cluster, scenario)
  const podPlaces = cluster.pods.map((pod) => ({ address: pod.address, node: pod.nodeIndex }))
  const bySite: Callers[] = []
  let count = 0
  for (const site of graph.sites) {
    const of = placesOf(site, places) ?? podPlaces
    bySite.push(callersAt(of, count, book))
    count += of.length
  }
  return { bySite, count }
}

function placesOf(
  site: CallSite,
  places: ReadonlyMap<string, readonly Place[]>,
): readonly Place[] | undefined {
  return site.group === undefined ? undefined : places.get(site.group.name)
}

function callersAt(places: readonly Place[], firstPoolKey: number, book: AddressBook): Callers {
  return {
    firstPoolKey,
    addresses: places.map(({ address }) => book.idOf(address)),
    nodes: Int32Array.from(places, ({ node }) => node),
    sourceHashes: Uint32Array.from(places, ({ address }) => hashText(address)),
  }
}

function placeGroups(cluster: Cluster, scenario: Scenario): Map<string, readonly Place[]> {
  const outside = new AddressRange(OUTSIDE_RANGE[cluster.ipFamily], 'up')
  const ofNode = cluster.nodes.map((node) => new AddressRange(node.podCidr, 'down'))
  for (const pod of cluster.pods) ofNode[pod.nodeIndex].taken.add(pod.address)
  const places = new Map<string, readonly Place[]>()
  for (const { name, location, count, nodes } of scenario.spec.clients) {
    const hosts = location === 'inside' ? hostsOf(nodes, cluster) : []
    const place = (client: number): Place => {
      const host = hosts[client % Math.max(1, hosts.length)]
      if (host === undefined) return { address: outside.take(name), node: OUTSIDE }
      return { address: ofNode[host.index].take(name), node: host.index }
    }
    places.set(
      name,
      Array.from({ length: count }, (_, client) => place(client)),
    )
  }
  return places
}

function hostsOf(names: readonly string[], cluster: Cluster): readonly ClusterNode[] {
  if (names.length === 0) return cluster.nodes
  return names.flatMap((name) => cluster.nodes.find((node) => node.name === name) ?? [])
}

/** Hands out the addresses of a range one by one, but for its first two and its last. */
class AddressRange {
  readonly taken = new Set<string>()
  readonly #cidr: Cidr
  readonly #count: bigint
  #used = 0n

  constructor(
    readonly text: string,
    readonly direction: 'up' | 'down',
  ) {
    const cidr = parseCidr(text)
    if (cidr === undefined) throw new InvariantError('not a range of addresses', { text })
    this.#cidr = cidr
    this.#count = addressCount(cidr)
  }

  take(group: string): string {
    while (this.#used < this.#count - 3n) {
      const step = this.#used++
      const offset = this.direction === 'up' ? 2n + step : this.#count - 2n - step
      const { text } = addressAt(this.#cidr, offset)
      if (!this.taken.has(text)) return text
    }
    throw new InputError([
      {
        severity: 'error',
        code: 'CLIENTS_DO_NOT_FIT',
        message: `The range ${this.text} has not enough addresses for the clients of group "${group}"`,
        hint: 'take fewer clients (spec.clients[].count) or a larger range (spec.cluster.podCidr)',
      },
    ])
  }
}

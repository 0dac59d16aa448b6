/**
 * The way in: where the first packet of a new connection is addressed to, by call site. Choosing an entry node is the
 * client's affair here; what happens on the nodes is decided by their rules alone.
 */
import { InvariantError } from '../base/diagnostics.js'
import type { Streams } from '../engine/streams.js'
import type { LoadBalancerSettings } from '../input/load-balancer-schema.js'
import type { ClientGroup } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { settingOf } from '../kubernetes/pod-groups.js'
import type { AddressBook, AddressId } from '../netfilter/address-book.js'
import { HeadlessAnswers } from './address-view.js'
import type { CallSite } from './call-sites.js'
import type { LoadBalancer } from './load-balancer.js'
import {
  makeLoadBalancer,
  type SharedByBalancers,
  sharedByBalancers,
} from './load-balancers/make-load-balancer.js'

/** An address and port that a client can connect to, and the node that has the address (-1: none has). */
export interface EntryAddress {
  readonly address: AddressId
  readonly port: number
  readonly nodeIndex: number
}

/** How one call site's clients get in. */
export interface Entry {
  /** Chooses for a client's new connection; undefined if the Service can not be reached this way. */
  choose(client: number, nowNs: number): EntryAddress | undefined
  /** Stands between clients outside and `choose`, which is then not asked. */
  readonly loadBalancer: LoadBalancer | undefined
}

export interface EntriesOptions {
  readonly cluster: Cluster
  /** By Service name; preset `generic` where a Service has none. */
  readonly settings: Readonly<Record<string, LoadBalancerSettings>>
  readonly book: AddressBook
  /** Streams `entry/<caller>/<service>` for random entry nodes and headless Services: one draw per connection. */
  readonly streams: Streams
}

interface EntryOptions extends EntriesOptions {
  readonly site: CallSite
  /** Those made so far, by Service and port: all that come from outside share one. */
  readonly loadBalancers: Map<string, LoadBalancer>
  readonly shared: SharedByBalancers
}

/** The entries of all call sites. */
export function makeEntries(sites: readonly CallSite[], options: EntriesOptions): Entry[] {
  const loadBalancers = new Map<string, LoadBalancer>()
  const shared = sharedByBalancers(options.streams)
  return sites.map((site) => makeEntry({ ...options, site, loadBalancers, shared }))
}

function makeEntry(options: EntryOptions): Entry {
  const { site } = options
  const isOutside = site.group?.location === 'outside'
  switch (site.via) {
    case 'clusterIP':
      return fixedEntry(addressOf(options, site.service.clusterIp))
    case 'loadBalancer':
      if (isOutside) return { choose: () => undefined, loadBalancer: loadBalancerFor(options) }
      return fixedEntry(addressOf(options, site.service.loadBalancerAddresses[0]))
    case 'nodePort':
      return nodePortEntry(options)
    case 'headless':
      return headlessEntry(options)
  }
}

function fixedEntry(entry: EntryAddress | undefined): Entry {
  return { choose: () => entry, loadBalancer: undefined }
}

function addressOf({ site, book }: EntryOptions, address: string | undefined): EntryAddress | undefined {
  if (address === undefined) return undefined
  return { address: book.idOf(address), port: site.port.port, nodeIndex: -1 }
}

function loadBalancerFor({ site, cluster, book, streams, shared, ...options }: EntryOptions): LoadBalancer {
  const { service, port } = site
  const key = `${service.index} ${port.port}`
  const known = options.loadBalancers.get(key)
  if (known !== undefined) return known
  const settings = settingOf(options.settings, service.name)
  const made = makeLoadBalancer({ cluster, service, port, settings, book, streams, shared })
  options.loadBalancers.set(key, made)
  return made
}

function nodePortEntry({ site, cluster, book, streams }: EntryOptions): Entry {
  const { nodePort } = site.port
  if (nodePort === undefined) return fixedEntry(undefined)
  const names = site.group?.entryNodes ?? []
  const nodes = names.length === 0 ? cluster.nodes : cluster.nodes.filter((node) => names.includes(node.name))
  const entries = nodes.map((node) => ({
    address: book.idOf(node.address),
    port: nodePort,
    nodeIndex: node.index,
  }))
  const stream = streams.get(`entry/${site.caller}/${site.service.namespace}/${site.service.name}`)
  const position = positionChooser(site.group, entries.length, (bound) => stream.below(bound))
  return { choose: (client) => entries[position(client)], loadBalancer: undefined }
}

function positionChooser(
  group: ClientGroup | undefined,
  entryCount: number,
  drawBelow: (bound: number) => number,
): (client: number) => number {
  if (group === undefined) throw new InvariantError('pods call by name, not by node port')
  switch (group.entryPolicy) {
    case 'perClient':
      return (client) => client % entryCount
    case 'roundRobin':
      return takingTurns(group.count, entryCount)
    case 'random':
      return () => drawBelow(entryCount)
  }
}

/** Each client goes through the nodes in turn, client i beginning with node i. */
function takingTurns(clientCount: number, entryCount: number): (client: number) => number {
  const next = Int32Array.from({ length: clientCount }, (_, client) => client % entryCount)
  return (client) => {
    const position = next[client]
    next[client] = position + 1 === entryCount ? 0 : position + 1
    return position
  }
}

/** DNS answers with the addresses of the ready pods that the name stands for; the client takes any of them, if it has no balancing. */
function headlessEntry({ site, cluster, book, streams }: EntryOptions): Entry {
  const answers = new HeadlessAnswers(cluster, site)
  const entries = answers.endpoints.map(({ address, port }) => ({
    address: book.idOf(address),
    port,
    nodeIndex: -1,
  }))
  const stream = streams.get(`entry/${site.caller}/${site.service.namespace}/${site.service.name}`)
  return {
    choose: (_client, nowNs) => {
      const answer = answers.at(nowNs)
      return answer.length === 0 ? undefined : entries[answer[stream.below(answer.length)]]
    },
    loadBalancer: undefined,
  }
}

/**
 * The rules of one node as a trace asks them: those that kube-proxy writes there, or those of a dump of a real node.
 */

import { InvariantError } from '../../base/diagnostics.js'
import { type Cidr, parseCidr } from '../../base/ip-address.js'
import type { Streams } from '../../engine/streams.js'
import type { Cluster, ClusterNode } from '../../kubernetes/cluster.js'
import { iptablesOf } from '../../kubernetes/node-rules.js'
import type { ReadablePacket } from '../../netfilter/iptables/interpret.js'
import { ReferenceLists } from '../../netfilter/iptables/reference-lists.js'
import type { Table } from '../../netfilter/iptables/rule.js'
import { traceRules } from '../../netfilter/iptables/trace-rules.js'
import type { NodeWays } from '../../netfilter/node-ways.js'

/** The rules of a node. */
export interface NodePlane {
  /** `generated`, or the dump that they are from. */
  readonly rules: string
  /** Every way of a packet, or the one that is drawn. */
  trace(way: 'receive' | 'send', packet: ReadablePacket): NodeWays
}

/** How all nodes are traced. */
export interface PlaneOptions {
  readonly maxRunLength: number
  /** Streams of the seed, and the number of the draw, from 1; undefined: all ways. */
  readonly drawn: { readonly streams: Streams; readonly draw: number } | undefined
  /** A client and the address of the pod that remembers it, by session affinity. */
  readonly remembered: { readonly client: string; readonly address: string } | undefined
}

/** The plane of a node that runs iptables. */
export function iptablesPlane(
  node: ClusterNode,
  tables: readonly Table[],
  rules: string,
  options: PlaneOptions,
): NodePlane {
  const lists = rememberingLists(tables, options.remembered)
  const localAddresses = [node.address, node.gatewayAddress, loopbackRange(node)].map(cidrOf)
  const draw31 = drawOf(node, options)
  return {
    rules,
    trace: (way, packet) =>
      traceRules(
        { node: { tables, localAddresses, lists }, way, packet },
        { draw31, maxRunLength: options.maxRunLength },
      ),
  }
}

/** The rules that kube-proxy writes on a node. */
export function generatedPlane(cluster: Cluster, node: ClusterNode, options: PlaneOptions): NodePlane {
  return iptablesPlane(node, iptablesOf(cluster.nodeRules[node.index]), 'generated', options)
}

/** Empty lists, but for those of the chains that lead to the pod that remembers the client. */
function rememberingLists(tables: readonly Table[], remembered: PlaneOptions['remembered']): ReferenceLists {
  const lists = new ReferenceLists()
  lists.retain(tables)
  if (remembered === undefined) return lists
  for (const { matches, target } of tables.flatMap((table) => table.chains.flatMap((chain) => chain.rules))) {
    if (target.kind !== 'DNAT' || target.address !== remembered.address) continue
    for (const match of matches)
      if (match.kind === 'recent' && match.mode === 'set') lists.test(match, remembered.client, 0)
  }
  return lists
}

/** The numbers that rules of a run with the same seed draw on this node, from the n-th on. */
function drawOf({ name }: ClusterNode, { drawn }: PlaneOptions): (() => number) | undefined {
  if (drawn === undefined) return undefined
  const stream = drawn.streams.get(`node/${name}/statistic`)
  for (let number = 1; number < drawn.draw; number++) stream.draw31()
  return () => stream.draw31()
}

function loopbackRange({ address }: ClusterNode): string {
  return address.includes(':') ? '::1/128' : '127.0.0.0/8'
}

function cidrOf(text: string): Cidr {
  const cidr = parseCidr(text)
  if (cidr === undefined) throw new InvariantError('not an address of a node', { text })
  return cidr
}

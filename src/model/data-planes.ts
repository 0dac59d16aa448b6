/** The running packet processing of a node, in the mode that its kube-proxy programs. */
import { InvariantError } from '../base/diagnostics.js'
import type { Cidr } from '../base/ip-address.js'
import type { NodeRules } from '../kubernetes/node-rules.js'
import type { AddressBook } from '../netfilter/address-book.js'
import type { DataPlane } from '../netfilter/data-plane.js'
import { RecentLists } from '../netfilter/iptables/recent-lists.js'
import { IpvsNode } from '../netfilter/ipvs/ipvs-node.js'
import { NftablesNode } from '../netfilter/nftables/nftables-node.js'
import { TimedSets } from '../netfilter/nftables/timed-sets.js'
import { NodeNetfilter } from '../netfilter/node-netfilter.js'
import type { Ending } from './node-connections.js'

/** What every mode needs. */
export interface DataPlaneOptions {
  readonly book: AddressBook
  readonly localAddresses: readonly Cidr[]
  readonly interfaces: readonly string[]
  /** What rules draw: tests that pass below a threshold (iptables), `numgen` (nftables). */
  readonly draw31: (threshold: number) => number
  readonly draw32: (modulus: number) => number
}

/** @throws InputError, InvariantError if rules contradict themselves */
export function makeDataPlane(rules: NodeRules, options: DataPlaneOptions): DataPlane {
  switch (rules.kind) {
    case 'iptables':
      return new NodeNetfilter({ ...options, tables: rules.tables, recentLists: new RecentLists() })
    case 'nftables':
      return new NftablesNode({ ...options, table: rules.table, timedSets: new TimedSets() })
    case 'ipvs':
      return new IpvsNode({ ...options, tables: rules.tables })
  }
}

/** Loads new rules, of the mode that the old ones are of. */
export function replaceRules(plane: DataPlane, rules: NodeRules, nowNs: number): void {
  if (plane instanceof NodeNetfilter && rules.kind === 'iptables') plane.replaceTables(rules.tables)
  else if (plane instanceof NftablesNode && rules.kind === 'nftables') plane.replaceTable(rules.table)
  else if (plane instanceof IpvsNode && rules.kind === 'ipvs') plane.replaceTables(rules.tables, nowNs)
  else throw new InvariantError('rules of another mode', { kind: rules.kind })
}

/** Connections that have a real server in mode ipvs; 0 in other modes. */
export function boundConnections(plane: DataPlane): number {
  return plane instanceof IpvsNode ? plane.openCount : 0
}

/** In mode ipvs the connection's real server has one less. */
export function releaseBinding(plane: DataPlane, binding: number, ending: Ending, nowNs: number): void {
  if (binding < 0 || !(plane instanceof IpvsNode)) return
  plane.release(binding, nowNs, ending === 'reset' ? 'reset' : 'closed')
}

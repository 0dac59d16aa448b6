/** svcsim's idea of a cluster: the rules of its nodes, and the ways through them. */
import type { Cluster, ClusterNode } from '../../src/kubernetes/cluster.js'
import { Addresses } from './addresses.js'
import type { NodeRules } from './node-rules.js'
import { WayFinder } from './ways.js'

/** Gives the rules of a node of a compiled cluster. */
export type RulesOf<R extends NodeRules> = (node: ClusterNode, cluster: Cluster, addresses: Addresses) => R

/** What svcsim knows. */
export interface Account<R extends NodeRules> {
  /** By node index. */
  readonly rules: readonly R[]
  readonly finder: WayFinder
}

/**
 * svcsim's idea of a cluster.
 *
 * @param ruled - the cluster whose rules the nodes have: another with the same nodes, to be wrong on purpose
 */
export function accountOf<R extends NodeRules>(
  cluster: Cluster,
  rulesOf: RulesOf<R>,
  ruled: Cluster = cluster,
): Account<R> {
  const addresses = new Addresses(cluster)
  const rules = cluster.nodes.map((node) => rulesOf(node, ruled, addresses))
  return { rules, finder: new WayFinder(cluster, rules) }
}

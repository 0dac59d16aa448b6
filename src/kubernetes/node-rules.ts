/** What kube-proxy programs on every node, in the mode that it runs in. */
import type { ProxySettings } from '../input/scenario-schema.js'
import type { Table } from '../netfilter/iptables/rule.js'
import type { IpvsTables } from '../netfilter/ipvs/ipvs-tables.js'
import type { NftTable } from '../netfilter/nftables/ruleset.js'
import { iptablesRulesOfNodes, isLargeClusterOf } from './iptables/iptables-rules.js'
import { ipvsTables } from './ipvs/ipvs-tables.js'
import { shuffleRealServers } from './ipvs/shuffle-real-servers.js'
import { nftablesRulesets } from './nftables/nftables-ruleset.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from './proxy-inputs.js'

/** The rules of one node. */
export type NodeRules =
  /** Tables filter and nat. In large clusters rules of endpoints have no comments. */
  | {
      readonly kind: 'iptables'
      readonly tables: readonly Table[]
      readonly hasEndpointComments: boolean
    }
  | { readonly kind: 'nftables'; readonly table: NftTable }
  | { readonly kind: 'ipvs'; readonly tables: IpvsTables }

/**
 * The rules of several nodes.
 *
 * @param servicePorts - in the order in which their rules are to come: by namespace and name of the Service
 * @returns by position in `nodes`; what nodes share are the same objects
 */
export function rulesOfNodes(
  mode: ProxySettings['mode'],
  servicePorts: readonly ServicePortInfo[],
  nodes: readonly NodeInfo[],
  options: ProxyOptions,
): readonly NodeRules[] {
  switch (mode) {
    case 'iptables': {
      const hasEndpointComments = !isLargeClusterOf(servicePorts, options)
      return iptablesRulesOfNodes(servicePorts, nodes, options).map((tables) => ({
        kind: mode,
        tables,
        hasEndpointComments,
      }))
    }
    case 'nftables':
      return nftablesRulesets(servicePorts, nodes, options).map((table) => ({ kind: mode, table }))
    case 'ipvs':
      return ipvsTables(servicePorts, nodes, options).map((tables, index) => ({
        kind: mode,
        tables: inOrderOf(nodes[index], tables, options),
      }))
  }
}

/** Real servers in the order in which the node's kube-proxy adds them. */
function inOrderOf({ name }: NodeInfo, tables: IpvsTables, { ipvsOrderKeyOf }: ProxyOptions): IpvsTables {
  return ipvsOrderKeyOf === undefined ? tables : shuffleRealServers(tables, ipvsOrderKeyOf(name))
}

/** The tables of a node in mode iptables. @throws RangeError in another mode */
export function iptablesOf(rules: NodeRules): readonly Table[] {
  if (rules.kind !== 'iptables') throw new RangeError(`no tables of iptables in mode ${rules.kind}`)
  return rules.tables
}

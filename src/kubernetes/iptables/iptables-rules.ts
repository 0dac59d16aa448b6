/**
 * The tables that kube-proxy in iptables mode writes on a node, after a full sync from an empty state.
 *
 * kube-proxy writes Services in no particular order; here they come in the order given. What svcsim does not have
 * (table mangle) is left out, and so are rules of others: network plugins, kubelet, network policies.
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`, version 1.34.
 */
import type { Chain, Rule, Table } from '../../netfilter/iptables/rule.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from '../proxy-inputs.js'
import {
  filterBuiltInChains,
  forwardChain,
  localnetGuardChain,
  markMasqueradeChain,
  natBuiltInChains,
  postroutingChain,
} from './base-chains.js'
import * as names from './chain-names.js'
import type { EntryRules } from './entry-rules.js'
import { nodePortJumps } from './node-port-rules.js'
import { portContext } from './port-context.js'
import { userChain } from './rule-parts.js'
import type { ServicePortRules, ServicePortRulesOfNode } from './service-port-rules.js'
import { servicePortRules } from './service-port-rules.js'

/**
 * The tables filter and nat of several nodes.
 *
 * @param servicePorts - in the order in which their rules are to come: by namespace and name of the Service
 * @returns by position in `nodes`; chains that nodes share are the same objects
 * @remarks O(nodes · Service ports + endpoints) where nodes differ in nothing; policies Local and hints add
 *   nodes · endpoints.
 */
export function iptablesRulesOfNodes(
  servicePorts: readonly ServicePortInfo[],
  nodes: readonly NodeInfo[],
  options: ProxyOptions,
): readonly (readonly Table[])[] {
  const rulesOf = rulesOfServicePorts(servicePorts, options)
  return nodes.map((node) => {
    const ports = rulesOf.map((rulesOfNode) => rulesOfNode(node))
    return [filterTable(ports, options), natTable(ports, node, options)]
  })
}

/** What gives the rules of each Service port on a node, by position in `servicePorts`. */
export function rulesOfServicePorts(
  servicePorts: readonly ServicePortInfo[],
  options: ProxyOptions,
): readonly ServicePortRulesOfNode[] {
  const isLargeCluster = isLargeClusterOf(servicePorts, options)
  return servicePorts.map((each) => servicePortRules(portContext(each, options, isLargeCluster)))
}

/** Are there so many endpoints that kube-proxy leaves comments out, and deletes chains only now and then? */
export function isLargeClusterOf(servicePorts: readonly ServicePortInfo[], options: ProxyOptions): boolean {
  const endpointCount = servicePorts.reduce((sum, each) => sum + each.endpoints.length, 0)
  return endpointCount > options.largeClusterEndpointCount
}

/** The tables filter and nat of one node; see `iptablesRulesOfNodes`. */
export function iptablesRules(
  servicePorts: readonly ServicePortInfo[],
  node: NodeInfo,
  options: ProxyOptions,
): readonly Table[] {
  return iptablesRulesOfNodes(servicePorts, [node], options)[0]
}

/** Table filter, whole. */
export function filterTable(ports: readonly ServicePortRules[], options: ProxyOptions): Table {
  const chains: Chain[] = [
    ...filterBuiltInChains(),
    userChain(names.KUBE_PROXY_CANARY, []),
    localnetGuardChain(options),
    userChain(names.KUBE_SERVICES, entries(ports, 'filterServices')),
    userChain(names.KUBE_EXTERNAL_SERVICES, entries(ports, 'filterExternalServices')),
    forwardChain(options),
    userChain(names.KUBE_NODEPORTS, entries(ports, 'filterNodePorts')),
    userChain(names.KUBE_PROXY_FIREWALL, entries(ports, 'filterFirewall')),
  ]
  return { name: 'filter', chains }
}

/** Table nat with the chains of these Service ports. */
export function natTable(ports: readonly ServicePortRules[], node: NodeInfo, options: ProxyOptions): Table {
  const services = [...entries(ports, 'natServices'), ...nodePortJumps(node, options)]
  const chains: Chain[] = [
    ...natBuiltInChains(),
    userChain(names.KUBE_PROXY_CANARY, []),
    userChain(names.KUBE_SERVICES, services),
    userChain(names.KUBE_NODEPORTS, entries(ports, 'natNodePorts')),
    postroutingChain(options),
    markMasqueradeChain(options),
    ...ports.flatMap((each) => each.chains),
  ]
  return { name: 'nat', chains }
}

function entries(ports: readonly ServicePortRules[], chain: keyof EntryRules): Rule[] {
  return ports.flatMap((each) => each.entries[chain])
}

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
  localnetGuardChains,
  markMasqueradeChain,
  natBuiltInChains,
  postroutingChain,
} from './base-chains.js'
import * as names from './chain-names.js'
import type { EntryRules } from './entry-rules.js'
import { nodePortJumps } from './node-port-rules.js'
import { portContext } from './port-context.js'
import { userChain } from './rule-parts.js'
import type { ServicePortRules } from './service-port-rules.js'
import { servicePortRules } from './service-port-rules.js'

/** `largeClusterEndpointsThreshold` of kube-proxy: with more endpoints, rules of endpoints carry no comments. */
const LARGE_CLUSTER_ENDPOINT_COUNT = 1000

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
  const endpointCount = servicePorts.reduce((sum, each) => sum + each.endpoints.length, 0)
  const isLargeCluster = endpointCount > LARGE_CLUSTER_ENDPOINT_COUNT
  const rulesOf = servicePorts.map((each) => servicePortRules(portContext(each, options, isLargeCluster)))
  return nodes.map((node) => {
    const ports = rulesOf.map((rulesOfNode) => rulesOfNode(node))
    return [filterTable(ports, options), natTable(ports, node, options)]
  })
}

/** The tables filter and nat of one node; see `iptablesRulesOfNodes`. */
export function iptablesRules(
  servicePorts: readonly ServicePortInfo[],
  node: NodeInfo,
  options: ProxyOptions,
): readonly Table[] {
  return iptablesRulesOfNodes(servicePorts, [node], options)[0]
}

function filterTable(ports: readonly ServicePortRules[], options: ProxyOptions): Table {
  const chains: Chain[] = [
    ...filterBuiltInChains(options),
    userChain(names.KUBE_PROXY_CANARY, []),
    ...localnetGuardChains(options),
    userChain(names.KUBE_SERVICES, entries(ports, 'filterServices')),
    userChain(names.KUBE_EXTERNAL_SERVICES, entries(ports, 'filterExternalServices')),
    forwardChain(options),
    userChain(names.KUBE_NODEPORTS, entries(ports, 'filterNodePorts')),
    userChain(names.KUBE_PROXY_FIREWALL, entries(ports, 'filterFirewall')),
  ]
  return { name: 'filter', chains }
}

function natTable(ports: readonly ServicePortRules[], node: NodeInfo, options: ProxyOptions): Table {
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

/**
 * All rules of one Service port on one node, put together. What nodes have in common is made once: the chains of
 * endpoints always, and everything where neither policies nor hints tell nodes apart.
 * Source: kubernetes pkg/proxy/iptables/proxier.go, `syncProxyRules`.
 */
import type { Chain, Rule } from '../../netfilter/iptables/rule.js'
import type { EndpointCategories } from '../endpoint-categories.js'
import { categorizeEndpoints } from '../endpoint-categories.js'
import type { NodeInfo, ProxyEndpoint } from '../proxy-inputs.js'
import { usesLocalEndpoints } from '../proxy-inputs.js'
import type { EndpointChain } from './endpoint-chains.js'
import { choiceRules, endpointChain } from './endpoint-chains.js'
import type { EntryRules } from './entry-rules.js'
import { addressedTo, entryRules } from './entry-rules.js'
import { externalRules, firewallRules } from './external-chains.js'
import type { PortContext } from './port-context.js'
import { MARK_FOR_MASQUERADE, type PodTests, podTests, rule, userChain } from './rule-parts.js'
import type { ServicePortDecisions } from './service-port-decisions.js'
import { decideServicePort } from './service-port-decisions.js'

/** Rules of one Service port on one node. */
export interface ServicePortRules {
  readonly entries: EntryRules
  /** nat: KUBE-SVC-, KUBE-SVL-, KUBE-EXT-, KUBE-FW- as far as they exist, then KUBE-SEP- in rule order. */
  readonly chains: readonly Chain[]
}

/** Gives the rules of one Service port for one node after another. */
export type ServicePortRulesOfNode = (node: NodeInfo) => ServicePortRules

/** @returns a function that remembers what nodes share; its result must not be changed */
export function servicePortRules(context: PortContext): ServicePortRulesOfNode {
  const chainOf = endpointChainsOf(context)
  const rulesOf = (node: NodeInfo) => writeRules(context, node, chainOf)
  if (!isSameOnEveryNode(context)) return rulesOf
  let shared: ServicePortRules | undefined
  return (node) => {
    shared ??= rulesOf(node)
    return shared
  }
}

type ChainOfEndpoint = (endpoint: ProxyEndpoint) => EndpointChain

function endpointChainsOf(context: PortContext): ChainOfEndpoint {
  const chains = new Map<ProxyEndpoint, EndpointChain>()
  return (endpoint) => {
    let chain = chains.get(endpoint)
    if (chain === undefined) {
      chain = endpointChain(context, endpoint)
      chains.set(endpoint, chain)
    }
    return chain
  }
}

function isSameOnEveryNode({ info, options }: PortContext): boolean {
  return (
    !usesLocalEndpoints(info) &&
    options.localTrafficDetector.kind !== 'nodeCidr' &&
    info.loadBalancerSourceRanges.length === 0 &&
    info.endpoints.every((each) => each.hintedZones.length === 0 && each.hintedNodes.length === 0)
  )
}

function writeRules(context: PortContext, node: NodeInfo, chainOf: ChainOfEndpoint): ServicePortRules {
  const categories = categorizeEndpoints(context.info, node)
  const decisions = decideServicePort(context.info, context.names, categories)
  const pods = podTests(context.options.localTrafficDetector, node)
  return {
    entries: entryRules(context, decisions),
    chains: [
      ...policyChains(context, decisions, categories, pods, chainOf),
      ...outsideChains(context, decisions, pods, node),
      ...categories.all.map((each) => chainOf(each).chain),
    ],
  }
}

function policyChains(
  context: PortContext,
  decisions: ServicePortDecisions,
  categories: EndpointCategories,
  pods: PodTests | undefined,
  chainOf: ChainOfEndpoint,
): Chain[] {
  const mark = clusterIpMarkRules(context, pods)
  const { cluster, local } = context.names
  const chain = (name: string, endpoints: readonly ProxyEndpoint[] = []): Chain => {
    const choices = choiceRules(context, endpoints.map(chainOf))
    return userChain(name, name === decisions.internalChain ? [...mark, ...choices] : choices)
  }
  const chains: Chain[] = []
  if (decisions.hasClusterChain) chains.push(chain(cluster, categories.cluster))
  if (decisions.hasLocalChain) chains.push(chain(local, categories.local))
  return chains
}

/** Whatever comes to the cluster IP from elsewhere than a pod must come back this way. */
function clusterIpMarkRules(context: PortContext, pods: PodTests | undefined): Rule[] {
  const { info, options } = context
  const matches = addressedTo(context, `${info.name} cluster IP`, info.clusterIp)
  if (options.isMasqueradingAll) return [rule(matches, MARK_FOR_MASQUERADE)]
  return pods === undefined ? [] : [rule([...matches, pods.isNotPod], MARK_FOR_MASQUERADE)]
}

function outsideChains(
  context: PortContext,
  decisions: ServicePortDecisions,
  pods: PodTests | undefined,
  node: NodeInfo,
): Chain[] {
  const { names } = context
  const chains: Chain[] = []
  if (decisions.hasExternalChain) {
    chains.push(userChain(names.external, externalRules(context, decisions.externalChain, pods)))
  }
  if (decisions.hasFirewallChain) chains.push(userChain(names.firewall, firewallRules(context, node)))
  return chains
}

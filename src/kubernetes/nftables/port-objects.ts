/**
 * All that one Service port has in kube-proxy's table on one node, put together: its chains, its affinity sets, its
 * elements of the sets and maps. What nodes have in common is made once: what belongs to endpoints always, and everything
 * where neither policies nor hints tell nodes apart.
 * Source: kubernetes pkg/proxy/nftables/proxier.go, `syncProxyRules`.
 */
import type { NftChain, NftRule, NftSet } from '../../netfilter/nftables/ruleset.js'
import { categorizeEndpoints, type EndpointCategories } from '../endpoint-categories.js'
import { decideServicePort, type ServicePortDecisions } from '../iptables/service-port-decisions.js'
import {
  type NodeInfo,
  type ProxyEndpoint,
  type ProxyOptions,
  type ServicePortInfo,
  usesLocalEndpoints,
} from '../proxy-inputs.js'
import { choiceRules, type EndpointObjects, endpointObjects } from './endpoint-objects.js'
import { externalRules, firewallRules } from './external-chains.js'
import { type PortContext, portContext } from './port-context.js'
import { type PortElements, portElements } from './port-elements.js'
import { destinationIs, JUMP_TO_MARK, operandOf, type PodMatches, podMatches, rule } from './statements.js'

/** What one Service port has on one node. */
export interface PortObjects {
  readonly elements: PortElements
  readonly affinitySets: readonly NftSet[]
  /** service-, local-, external-, firewall- as far as they exist, then endpoint- in the order of the endpoints. */
  readonly chains: readonly NftChain[]
}

/** Gives the objects of one Service port for one node after another. */
export type PortObjectsOfNode = (node: NodeInfo) => PortObjects

/** @returns a function that remembers what nodes share; its result must not be changed */
export function portObjects(info: ServicePortInfo, options: ProxyOptions): PortObjectsOfNode {
  const context = portContext(info, options)
  const objectsOf = endpointObjectsOf(context)
  const make = (node: NodeInfo) => makeObjects(context, node, objectsOf)
  if (!isSameOnEveryNode(context)) return make
  let shared: PortObjects | undefined
  return (node) => {
    shared ??= make(node)
    return shared
  }
}

type ObjectsOfEndpoint = (endpoint: ProxyEndpoint) => EndpointObjects

function endpointObjectsOf(context: PortContext): ObjectsOfEndpoint {
  const made = new Map<ProxyEndpoint, EndpointObjects>()
  return (endpoint) => {
    let objects = made.get(endpoint)
    if (objects === undefined) {
      objects = endpointObjects(context, endpoint)
      made.set(endpoint, objects)
    }
    return objects
  }
}

function isSameOnEveryNode({ info, options, hasFirewall }: PortContext): boolean {
  return (
    !usesLocalEndpoints(info) &&
    options.localTrafficDetector.kind !== 'nodeCidr' &&
    !hasFirewall &&
    info.endpoints.every((each) => each.hintedZones.length === 0 && each.hintedNodes.length === 0)
  )
}

function makeObjects(context: PortContext, node: NodeInfo, objectsOf: ObjectsOfEndpoint): PortObjects {
  const { info, names, options } = context
  const categories = categorizeEndpoints(info, node)
  const decisions = decideServicePort(info, names, categories)
  const pods = podMatches(options.localTrafficDetector, node)
  const endpoints = categories.all.map(objectsOf)
  return {
    elements: portElements(context, decisions),
    affinitySets: endpoints.flatMap(({ affinitySet }) => affinitySet ?? []),
    chains: [
      ...policyChains(context, decisions, categories, pods, objectsOf),
      ...(decisions.hasExternalChain
        ? [chain(names.external, externalRules(context, decisions.externalChain, pods))]
        : []),
      ...(context.hasFirewall ? [chain(names.firewall, firewallRules(info, node))] : []),
      ...endpoints.map((each) => each.chain),
    ],
  }
}

function policyChains(
  context: PortContext,
  decisions: ServicePortDecisions,
  categories: EndpointCategories,
  pods: PodMatches | undefined,
  objectsOf: ObjectsOfEndpoint,
): NftChain[] {
  const { cluster, local } = context.names
  const mark = clusterIpMarkRules(context, pods)
  const policyChain = (name: string, endpoints: readonly ProxyEndpoint[] = []): NftChain => {
    const choices = choiceRules(endpoints.map(objectsOf))
    return chain(name, name === decisions.internalChain ? [...mark, ...choices] : choices)
  }
  const chains: NftChain[] = []
  if (decisions.hasClusterChain) chains.push(policyChain(cluster, categories.cluster))
  if (decisions.hasLocalChain) chains.push(policyChain(local, categories.local))
  return chains
}

/** Whatever comes to the cluster IP from elsewhere than a pod must come back this way. */
function clusterIpMarkRules({ info, options }: PortContext, pods: PodMatches | undefined): NftRule[] {
  const isClusterIp = destinationIs(operandOf(info.clusterIp))
  if (options.isMasqueradingAll) return [rule([isClusterIp], JUMP_TO_MARK)]
  return pods === undefined ? [] : [rule([isClusterIp, pods.isNotPod], JUMP_TO_MARK)]
}

function chain(name: string, rules: readonly NftRule[]): NftChain {
  return { name, place: undefined, comment: undefined, rules }
}

/**
 * The table that kube-proxy in nftables mode has on a node, after a full sync from an empty state.
 *
 * kube-proxy takes Services in no particular order; here they come in the order given. Where two want the same element of
 * a map, the later one has it, as in kube-proxy. kube-proxy flushes what it no longer needs and deletes it a sync later:
 * that is left out, as is everything that others have in tables of their own.
 * Source: kubernetes pkg/proxy/nftables/proxier.go, `syncProxyRules`, version 1.34.
 */
import type {
  AddressOperand,
  MapKey,
  NftMapElement,
  NftSet,
  NftTable,
  NftVerdictMap,
} from '../../netfilter/nftables/ruleset.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from '../proxy-inputs.js'
import { fixedChains } from './fixed-part.js'
import { listensOn } from './node-port-listening.js'
import * as names from './object-names.js'
import type { PortElements } from './port-elements.js'
import { type PortObjects, portObjects } from './port-objects.js'
import { operandOf } from './statements.js'

/**
 * The tables of several nodes.
 *
 * @param servicePorts - in the order in which they are to come: by namespace and name of the Service
 * @returns by position in `nodes`; family and everything else of the family of `options`; chains and sets that nodes
 *   share are the same objects
 * @remarks O(nodes · Service ports + endpoints) where nodes differ in nothing; policies Local, source ranges and hints add
 *   nodes · endpoints.
 */
export function nftablesRulesets(
  servicePorts: readonly ServicePortInfo[],
  nodes: readonly NodeInfo[],
  options: ProxyOptions,
): readonly NftTable[] {
  const objectsOf = servicePorts.map((each) => portObjects(each, options))
  return nodes.map((node) =>
    makeTable(
      objectsOf.map((ofNode) => ofNode(node)),
      node,
      options,
    ),
  )
}

/** The table of one node; see `nftablesRulesets`. */
export function nftablesRuleset(
  servicePorts: readonly ServicePortInfo[],
  node: NodeInfo,
  options: ProxyOptions,
): NftTable {
  return nftablesRulesets(servicePorts, [node], options)[0]
}

function makeTable(ports: readonly PortObjects[], node: NodeInfo, options: ProxyOptions): NftTable {
  return {
    family: options.ipFamily,
    name: names.KUBE_PROXY_TABLE,
    comment: 'rules for kube-proxy',
    sets: [
      clusterIpSet(ports),
      ...nodePortSets(node, options),
      ...ports.flatMap((each) => each.affinitySets),
    ],
    maps: [
      map(
        names.FIREWALL_IPS,
        'addressAndPort',
        'destinations that are subject to LoadBalancerSourceRanges',
        elements(ports, 'firewallIps'),
      ),
      map(
        names.NO_ENDPOINT_NODE_PORTS,
        'port',
        'vmap to drop or reject packets to service nodeports with no endpoints',
        elements(ports, 'noEndpointNodePorts'),
      ),
      map(
        names.NO_ENDPOINT_SERVICES,
        'addressAndPort',
        'vmap to drop or reject packets to services with no endpoints',
        elements(ports, 'noEndpointServices'),
      ),
      map(
        names.SERVICE_IPS,
        'addressAndPort',
        'ClusterIP, ExternalIP and LoadBalancer IP traffic',
        elements(ports, 'serviceIps'),
      ),
      map(names.SERVICE_NODE_PORTS, 'port', 'NodePort traffic', elements(ports, 'serviceNodePorts')),
    ],
    chains: [...fixedChains(node, options), ...ports.flatMap((each) => each.chains)],
  }
}

function clusterIpSet(ports: readonly PortObjects[]): NftSet {
  const texts = new Set(ports.map((each) => each.elements.clusterIp))
  return fixedSet(names.CLUSTER_IPS, 'Active ClusterIPs', [...texts].map(operandOf))
}

function nodePortSets(node: NodeInfo, options: ProxyOptions): NftSet[] {
  const { addresses } = listensOn(node, options)
  if (addresses === undefined) return []
  return [fixedSet(names.NODE_PORT_IPS, 'IPs that accept NodePort traffic', addresses)]
}

function fixedSet(name: string, comment: string, members: readonly AddressOperand[]): NftSet {
  return { name, comment, flags: [], timeoutSeconds: undefined, elements: members }
}

function map(name: string, key: MapKey, comment: string, members: readonly NftMapElement[]): NftVerdictMap {
  return { name, comment, key, elements: members }
}

type MapOfElements = Exclude<keyof PortElements, 'clusterIp'>

/** Every key once: a later element takes the place of an earlier one, unless it says the same. */
function elements(ports: readonly PortObjects[], of: MapOfElements): NftMapElement[] {
  const byKey = new Map<string, NftMapElement>()
  for (const port of ports) {
    for (const element of port.elements[of]) {
      const key = `${element.address} ${element.protocol} ${element.port}`
      const known = byKey.get(key)
      if (known === undefined || !isSameVerdict(known, element)) byKey.set(key, element)
    }
  }
  return [...byKey.values()]
}

function isSameVerdict({ verdict: one }: NftMapElement, { verdict: other }: NftMapElement): boolean {
  return one.kind === 'goto' && other.kind === 'goto' ? one.chain === other.chain : one.kind === other.kind
}

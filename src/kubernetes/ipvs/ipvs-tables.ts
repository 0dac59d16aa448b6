/**
 * What kube-proxy in mode ipvs programs on every node: virtual servers, bound addresses, ipsets, iptables rules.
 *
 * kube-proxy writes Services in no particular order; here they come in the order given. Of two Service ports with one
 * address, port and protocol the later one counts, as with kube-proxy the one that it comes to last. Left out: CIDRs that
 * kube-proxy is told to leave alone, strict ARP, the user-space proxy for NodePorts on loopback of the latest versions.
 * Source: kubernetes pkg/proxy/ipvs/proxier.go, `syncProxyRules`, versions 1.28 to 1.35.
 */
import type { IpvsTables } from '../../netfilter/ipvs/ipvs-tables.js'
import { type VirtualServer, virtualServerKey } from '../../netfilter/ipvs/virtual-server.js'
import type { NodeInfo, ProxyOptions, ServicePortInfo } from '../proxy-inputs.js'
import { nodeIps, nodePortIps } from './node-port-ips.js'
import { ipSet, SET_KEYS } from './set-definitions.js'
import { nodeSetEntries, type SetEntries, sharedSetEntries } from './set-entries.js'
import { setTables } from './set-rules.js'
import { type VirtualServersOfNode, virtualServersOf } from './virtual-servers.js'

/**
 * The tables of several nodes.
 *
 * @param servicePorts - in the order in which they are to come: by namespace and name of the Service
 * @returns by position in `nodes`; what nodes share are the same objects
 * @remarks O(nodes · Service ports + endpoints) where nodes differ in nothing; policies Local and hints add
 *   nodes · endpoints.
 */
export function ipvsTables(
  servicePorts: readonly ServicePortInfo[],
  nodes: readonly NodeInfo[],
  options: ProxyOptions,
): readonly IpvsTables[] {
  const writers = servicePorts.map((each) => virtualServersOf(each, options))
  const shared = sharedSetEntries(servicePorts)
  return nodes.map((node) => tablesOfNode({ servicePorts, node, options, writers, shared }))
}

interface NodeContext {
  readonly servicePorts: readonly ServicePortInfo[]
  readonly node: NodeInfo
  readonly options: ProxyOptions
  readonly writers: readonly VirtualServersOfNode[]
  readonly shared: SetEntries
}

function tablesOfNode({ servicePorts, node, options, writers, shared }: NodeContext): IpvsTables {
  const portIps = nodePortIps(node, options)
  const boundAddresses = boundAddressesOf(servicePorts, node, options)
  const own = nodeSetEntries(servicePorts, node, portIps, boundAddresses)
  const ipSets = SET_KEYS.map((key) => ipSet(key, options.ipFamily, [...shared[key], ...own[key]]))
  return {
    virtualServers: distinct(writers.flatMap((write) => write(node, portIps))),
    boundAddresses,
    ipSets,
    tables: setTables({
      servicePorts,
      node,
      options,
      hasEntries: (key) => shared[key].size + own[key].size > 0,
    }),
  }
}

/** Of virtual servers that can not be told apart the last one, in the place of the first. */
function distinct(virtualServers: readonly VirtualServer[]): readonly VirtualServer[] {
  return [...new Map(virtualServers.map((each) => [virtualServerKey(each), each])).values()]
}

/** Every cluster IP, and what other addresses of Services the node does not have anyway. */
function boundAddressesOf(
  servicePorts: readonly ServicePortInfo[],
  node: NodeInfo,
  options: ProxyOptions,
): readonly string[] {
  const own = new Set(nodeIps(node, options.ipFamily))
  const bound = new Set<string>()
  for (const info of servicePorts) {
    bound.add(info.clusterIp)
    for (const address of [...info.externalIps, ...info.loadBalancerVips]) {
      if (!own.has(address)) bound.add(address)
    }
  }
  return [...bound]
}

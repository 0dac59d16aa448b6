/**
 * What kube-proxy of one node works from: Service ports with their endpoints, the node it runs on, its settings.
 * Plain values, so that a whole cluster, a conformance case or a test can give them.
 *
 * Sources: kubernetes pkg/proxy/serviceport.go, pkg/proxy/endpoint.go, pkg/proxy/apis/config/v1alpha1/defaults.go,
 * pkg/proxy/util/localdetector.go, pkg/proxy/util/nodeport_addresses.go.
 */
import { type Cidr, cidrContains, type IpFamily, parseIpAddress } from '../base/ip-address.js'
import type { Protocol } from '../input/kubernetes-objects.js'
import type { SchedulerName } from '../netfilter/ipvs/virtual-server.js'

/** An address and port behind a Service port, as kube-proxy keeps it. */
export interface ProxyEndpoint {
  /** Canonical text, without brackets. */
  readonly address: string
  readonly port: number
  /** Undefined: local to no node. */
  readonly nodeName: string | undefined
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly hintedZones: readonly string[]
  readonly hintedNodes: readonly string[]
}

/** One port of one Service: the unit of everything that kube-proxy does. */
export interface ServicePortInfo {
  /** `namespace/name:portName`, or `namespace/name` for a port without a name. */
  readonly name: string
  readonly protocol: Protocol
  readonly clusterIp: string
  readonly port: number
  readonly nodePort: number | undefined
  readonly externalIps: readonly string[]
  /** Load-balancer addresses that nodes answer for themselves (ipMode VIP). */
  readonly loadBalancerVips: readonly string[]
  /** Empty: everyone may use the load-balancer addresses. */
  readonly loadBalancerSourceRanges: readonly Cidr[]
  readonly isInternalPolicyLocal: boolean
  /** False for a Service that is not externally accessible by API terms, whatever its policy says. */
  readonly isExternalPolicyLocal: boolean
  /** Undefined: no session affinity. */
  readonly affinityTimeoutSeconds: number | undefined
  readonly healthCheckNodePort: number | undefined
  /** In rule order: sorted by `endpointText`, by code units. */
  readonly endpoints: readonly ProxyEndpoint[]
}

/** The node that a kube-proxy runs on. */
export interface NodeInfo {
  readonly name: string
  /** Label `topology.kubernetes.io/zone`; empty where the node has none. */
  readonly zone: string
  /** The node's own address; asked only whether a source range holds it. */
  readonly address: string
  /** Every address that counts as LOCAL, but for loopback, which always does. */
  readonly localAddresses: readonly string[]
  /** The node's part of the pod range: what the detector `nodeCidr` goes by. */
  readonly podCidr: string
}

/** How kube-proxy recognises traffic that comes from pods: by the source, or by the interface that it came in by. */
export type LocalTrafficDetector =
  | { readonly kind: 'clusterCidr'; readonly cidr: Cidr }
  | { readonly kind: 'nodeCidr' }
  /** `name`: 1 to 15 characters. */
  | { readonly kind: 'bridgeInterface'; readonly name: string }
  /** `prefix`: 1 to 14 characters, with which the name of each pod's interface begins. */
  | { readonly kind: 'interfacePrefix'; readonly prefix: string }
  | { readonly kind: 'none' }

/** kube-proxy's settings that its rules depend on. */
export interface ProxyOptions {
  readonly ipFamily: IpFamily
  /** `--masquerade-all` */
  readonly isMasqueradingAll: boolean
  /** `--detect-local-mode` */
  readonly localTrafficDetector: LocalTrafficDetector
  /**
   * `--nodeport-addresses`; empty, or none of the family: NodePorts listen on every local address. In nftables mode, empty
   * means `primary`: the node's own address.
   */
  readonly nodePortAddresses: readonly Cidr[]
  /** `--iptables-localhost-nodeports`; no effect with IPv6, or where `nodePortAddresses` hold no loopback address. */
  readonly hasLocalhostNodePorts: boolean
  /** `--iptables-masquerade-bit`: 0 to 31. */
  readonly masqueradeBit: number
  /** Whether the iptables program knows `--random-fully` (1.6.2 and later). */
  readonly isMasqueradeFullyRandom: boolean
  /** sysctl nf_conntrack_tcp_be_liberal; set, packets that conntrack finds INVALID are not dropped. */
  readonly isConntrackLiberal: boolean
  /** Whether kube-proxy could make its counters (kernel module nfnetlink_acct), which two kinds of rules feed. */
  readonly hasNfacct: boolean
  /** With more endpoints of all Service ports, rules of endpoints carry no comments. Not a flag: it is compiled in. */
  readonly largeClusterEndpointCount: number
  /** `--ipvs-scheduler`; of no effect but in mode ipvs. */
  readonly ipvsScheduler: SchedulerName
  /**
   * By name of the node, from 0 to 2^32 - 1: the order in which its kube-proxy adds real servers, in mode ipvs. Undefined: in
   * the order of their text, as up to 1.28.
   */
  readonly ipvsOrderKeyOf: ((nodeName: string) => number) | undefined
  /** Ranges of cluster IPs (ServiceCIDR objects), for mode nftables: what no Service has of them is dropped. */
  readonly serviceCidrs: readonly Cidr[]
}

/** `largeClusterEndpointsThreshold`. Source: kubernetes pkg/proxy/iptables/proxier.go. */
const LARGE_CLUSTER_ENDPOINT_COUNT = 1000

/** kube-proxy's own defaults, with the pod range as the detector of local traffic. */
export function defaultProxyOptions(clusterCidr: Cidr): ProxyOptions {
  return {
    ipFamily: clusterCidr.family,
    isMasqueradingAll: false,
    localTrafficDetector: { kind: 'clusterCidr', cidr: clusterCidr },
    nodePortAddresses: [],
    hasLocalhostNodePorts: true,
    masqueradeBit: 14,
    isMasqueradeFullyRandom: true,
    isConntrackLiberal: false,
    hasNfacct: true,
    largeClusterEndpointCount: LARGE_CLUSTER_ENDPOINT_COUNT,
    serviceCidrs: [],
    ipvsScheduler: 'rr',
    ipvsOrderKeyOf: undefined,
  }
}

/**
 * The ranges whose local addresses NodePorts listen on.
 *
 * @returns undefined: every local address, since the settings name all addresses of the family, or none of them
 */
export function nodePortRanges(
  options: Pick<ProxyOptions, 'ipFamily' | 'nodePortAddresses'>,
): readonly Cidr[] | undefined {
  const ranges = options.nodePortAddresses.filter((range) => range.family === options.ipFamily)
  return ranges.length === 0 || ranges.some((range) => range.prefixLength === 0) ? undefined : ranges
}

/** What only the node itself can be reached by, of each family. */
const LOOPBACK_ADDRESSES = { 4: '127.0.0.1', 6: '::1' } as const

/**
 * The addresses of a node that NodePorts listen on one by one, loopback included.
 *
 * @returns canonical texts without repetition, loopback first, then in the order of the node's addresses; undefined: all
 */
export function nodePortAddresses(
  node: Pick<NodeInfo, 'localAddresses'>,
  options: Pick<ProxyOptions, 'ipFamily' | 'nodePortAddresses'>,
): readonly string[] | undefined {
  const ranges = nodePortRanges(options)
  if (ranges === undefined) return undefined
  const texts = [LOOPBACK_ADDRESSES[options.ipFamily], ...node.localAddresses].flatMap((text) => {
    const address = parseIpAddress(text)
    const isIncluded = address !== undefined && ranges.some((range) => cidrContains(range, address))
    return isIncluded ? [address.text] : []
  })
  return [...new Set(texts)]
}

/** `ip:port`, or `[ip]:port` for IPv6: how endpoints are named, hashed and sorted. */
export function endpointText(endpoint: { readonly address: string; readonly port: number }): string {
  const { address, port } = endpoint
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** Can the Service port be reached by another address than its cluster IP? */
export function isExternallyAccessible(info: ServicePortInfo): boolean {
  return info.nodePort !== undefined || info.loadBalancerVips.length > 0 || info.externalIps.length > 0
}

/** Does any way to the Service port spread over the endpoints of all nodes? */
export function usesClusterEndpoints(info: ServicePortInfo): boolean {
  return !info.isInternalPolicyLocal || isExternallyAccessible(info)
}

/** Does any way to the Service port lead only to endpoints of the same node? */
export function usesLocalEndpoints(info: ServicePortInfo): boolean {
  return info.isInternalPolicyLocal || (info.isExternalPolicyLocal && isExternallyAccessible(info))
}

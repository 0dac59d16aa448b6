/**
 * What kube-proxy of one node works from: Service ports with their endpoints, the node it runs on, its settings.
 * Plain values, so that a whole cluster, a conformance case or a test can give them.
 *
 * Left out: detection of local traffic by interface name (bridge, prefix).
 * Sources: kubernetes pkg/proxy/serviceport.go, pkg/proxy/endpoint.go, pkg/proxy/apis/config/v1alpha1/defaults.go.
 */
import type { Cidr, IpFamily } from '../base/ip-address.js'
import type { Protocol } from '../input/kubernetes-objects.js'

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

/** How kube-proxy recognises traffic that comes from pods. */
export type LocalTrafficDetector =
  | { readonly kind: 'clusterCidr'; readonly cidr: Cidr }
  | { readonly kind: 'nodeCidr' }
  | { readonly kind: 'none' }

/** kube-proxy's settings that its rules depend on. */
export interface ProxyOptions {
  readonly ipFamily: IpFamily
  /** `--masquerade-all` */
  readonly isMasqueradingAll: boolean
  /** `--detect-local-mode` */
  readonly localTrafficDetector: LocalTrafficDetector
  /** `--nodeport-addresses`; empty: NodePorts listen on every local address. */
  readonly nodePortAddresses: readonly Cidr[]
  /** `--iptables-localhost-nodeports`; has no effect with IPv6. */
  readonly hasLocalhostNodePorts: boolean
  /** `--iptables-masquerade-bit`: 0 to 31. */
  readonly masqueradeBit: number
  /** Whether the iptables program knows `--random-fully` (1.6.2 and later). */
  readonly isMasqueradeFullyRandom: boolean
  /** sysctl nf_conntrack_tcp_be_liberal; set, packets that conntrack finds INVALID are not dropped. */
  readonly isConntrackLiberal: boolean
  /** Whether kube-proxy could make its counters (kernel module nfnetlink_acct), which two kinds of rules feed. */
  readonly hasNfacct: boolean
}

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
  }
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

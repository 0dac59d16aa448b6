/**
 * Names of kube-proxy's chains.
 * Source: kubernetes pkg/proxy/iptables/proxier.go: `portProtoHash`, `servicePortEndpointChainName` and the
 * constants.
 */
import { hash16 } from '../../base/digest.js'
import type { Protocol } from '../../input/kubernetes-objects.js'

/** Cluster IPs, external and load-balancer addresses; its last rule leads to node ports. */
export const KUBE_SERVICES = 'KUBE-SERVICES'
/** filter: what can not be reached from outside is refused or dropped here. */
export const KUBE_EXTERNAL_SERVICES = 'KUBE-EXTERNAL-SERVICES'
/** nat: node ports. filter: health check node ports. */
export const KUBE_NODEPORTS = 'KUBE-NODEPORTS'
/** Masquerades what was marked. */
export const KUBE_POSTROUTING = 'KUBE-POSTROUTING'
/** Marks what is to be masqueraded. */
export const KUBE_MARK_MASQ = 'KUBE-MARK-MASQ'
/** Lets packets of Services be forwarded. */
export const KUBE_FORWARD = 'KUBE-FORWARD'
/** Keeps 127.0.0.0/8 for the node itself. */
export const KUBE_FIREWALL = 'KUBE-FIREWALL'
/** Drops what loadBalancerSourceRanges exclude. */
export const KUBE_PROXY_FIREWALL = 'KUBE-PROXY-FIREWALL'
/** Empty: its loss tells kube-proxy that somebody flushed the tables. */
export const KUBE_PROXY_CANARY = 'KUBE-PROXY-CANARY'

/** The chains of one Service port; whether each exists depends on its endpoints and policies. */
export interface ServicePortChainNames {
  /** KUBE-SVC-: choice among the endpoints of the cluster. */
  readonly cluster: string
  /** KUBE-SVL-: choice among the endpoints of the node. */
  readonly local: string
  /** KUBE-EXT-: traffic to node ports, external and load-balancer addresses. */
  readonly external: string
  /** KUBE-FW-: source ranges of the load balancer. */
  readonly firewall: string
}

/** `namespace/name:portName`, or `namespace/name` for a port without a name. */
export function servicePortName(namespace: string, name: string, portName: string): string {
  return portName === '' ? `${namespace}/${name}` : `${namespace}/${name}:${portName}`
}

/** `namespace/name` of the Service that a Service port belongs to. */
export function serviceOfPort(servicePortName: string): string {
  return servicePortName.split(':', 1)[0]
}

/** Is it a chain of one Service port, which kube-proxy deletes once nothing needs it? */
export function isServicePortChain(chain: string): boolean {
  return SERVICE_PORT_CHAIN.test(chain)
}

const SERVICE_PORT_CHAIN = /^KUBE-(?:SVC|SVL|EXT|FW|SEP)-/

/** @param name - as `servicePortName` gives it */
export function servicePortChainNames(name: string, protocol: Protocol): ServicePortChainNames {
  const hash = hash16(`${name}${protocol.toLowerCase()}`)
  return {
    cluster: `KUBE-SVC-${hash}`,
    local: `KUBE-SVL-${hash}`,
    external: `KUBE-EXT-${hash}`,
    firewall: `KUBE-FW-${hash}`,
  }
}

/**
 * The chain of one endpoint (KUBE-SEP-), which is also the name of its affinity list.
 *
 * @param name - as `servicePortName` gives it
 * @param endpoint - `ip:port`, or `[ip]:port` for IPv6
 */
export function endpointChainName(name: string, protocol: Protocol, endpoint: string): string {
  return `KUBE-SEP-${hash16(`${name}${protocol.toLowerCase()}${endpoint}`)}`
}

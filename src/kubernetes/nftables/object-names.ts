/**
 * Names of what kube-proxy has in its table.
 * Source: kubernetes pkg/proxy/nftables/proxier.go: constants, `hashAndTruncate`, `servicePortChainNameBase`,
 * `servicePortEndpointChainNameBase`.
 */
import { hash8 } from '../../base/digest.js'
import type { Protocol } from '../../input/kubernetes-objects.js'
import type { ServicePortChainNames } from '../iptables/chain-names.js'

export const KUBE_PROXY_TABLE = 'kube-proxy'

/** Chains of the fixed part that others refer to. */
export const SERVICES = 'services'
export const SERVICE_ENDPOINTS_CHECK = 'service-endpoints-check'
export const NODE_PORT_ENDPOINTS_CHECK = 'nodeport-endpoints-check'
export const CLUSTER_IPS_CHECK = 'cluster-ips-check'
export const FIREWALL_CHECK = 'firewall-check'
export const MARK_FOR_MASQUERADE = 'mark-for-masquerade'
export const MASQUERADING = 'masquerading'
export const REJECT_CHAIN = 'reject-chain'

/** Sets and verdict maps. */
export const CLUSTER_IPS = 'cluster-ips'
export const NODE_PORT_IPS = 'nodeport-ips'
export const SERVICE_IPS = 'service-ips'
export const SERVICE_NODE_PORTS = 'service-nodeports'
export const FIREWALL_IPS = 'firewall-ips'
export const NO_ENDPOINT_SERVICES = 'no-endpoint-services'
export const NO_ENDPOINT_NODE_PORTS = 'no-endpoint-nodeports'

/** Longest part of a name that depends on the Service: 256 characters less 16 for what comes before. */
const MAX_BASE_LENGTH = 240
const ELLIPSIS = '...'

/** What belongs to one endpoint of one Service port. */
export interface EndpointNames {
  /** The chain that leads to it. */
  readonly chain: string
  /** The set of clients that it had of late. */
  readonly affinitySet: string
}

/**
 * The chains of one Service port; whether each exists depends on its endpoints and policies.
 *
 * @param name - as `servicePortName` gives it
 */
export function servicePortNames(name: string, protocol: Protocol): ServicePortChainNames {
  const base = nameBase(servicePath(name, protocol))
  return {
    cluster: `service-${base}`,
    local: `local-${base}`,
    external: `external-${base}`,
    firewall: `firewall-${base}`,
  }
}

/**
 * The names of one endpoint.
 *
 * @param name - as `servicePortName` gives it
 * @param endpoint - canonical address, without brackets
 */
export function endpointNames(
  name: string,
  protocol: Protocol,
  endpoint: { readonly address: string; readonly port: number },
): EndpointNames {
  // A colon can not stand in a name.
  const address = endpoint.address.replaceAll(':', '.')
  const base = nameBase(`${servicePath(name, protocol)}__${address}/${endpoint.port}`)
  return { chain: `endpoint-${base}`, affinitySet: `affinity-${base}` }
}

/** Is it the name of a chain that belongs to a Service? Those of the fixed part have no slash. */
export function isServiceChain(name: string): boolean {
  return name.includes('/')
}

/** From `namespace/service:port` to `namespace/service/protocol/port`. */
function servicePath(name: string, protocol: Protocol): string {
  const colon = name.indexOf(':')
  const service = colon < 0 ? name : name.slice(0, colon)
  const port = colon < 0 ? '' : name.slice(colon + 1)
  return `${service}/${protocol.toLowerCase()}/${port}`
}

function nameBase(path: string): string {
  const base = `${hash8(path)}-${path}`
  if (base.length <= MAX_BASE_LENGTH) return base
  return `${base.slice(0, MAX_BASE_LENGTH - ELLIPSIS.length)}${ELLIPSIS}`
}

/**
 * Which connections kube-proxy makes a node's connection tracking forget: those of UDP Services that lead to no serving
 * endpoint. Those of TCP and SCTP are never touched: their peers notice.
 *
 * Left out: when it happens (after a sync that succeeded), and how entries are listed and deleted.
 * Sources: kubernetes pkg/proxy/conntrack/cleanup.go, `CleanStaleEntries`; endpointschangetracker.go, `Update`.
 */
import { serviceOfKey } from './fold-slices.js'
import type { ProxyEndpoint, ServicePortInfo } from './proxy-inputs.js'

/** What the clean-up asks of an entry of protocol UDP. */
export interface UdpConnection {
  /** Canonical text. */
  readonly originalDestination: string
  readonly originalDestinationPort: number
  /** Where answers come from: the endpoint, or the original destination where nothing was translated. Canonical text. */
  readonly replySource: string
}

/**
 * Does a sync have to clean up? It does if slices of a Service changed that has, or had, UDP endpoints.
 *
 * @param changedServices - `namespace/name` of Services of which some EndpointSlice changed
 * @param previous - endpoints before, by `servicePortKey`
 * @param next - endpoints after, by `servicePortKey`
 */
export function isUdpCleanupDue(
  changedServices: ReadonlySet<string>,
  previous: ReadonlyMap<string, readonly ProxyEndpoint[]>,
  next: ReadonlyMap<string, readonly ProxyEndpoint[]>,
): boolean {
  const keys = [...previous.keys(), ...next.keys()]
  return keys.some((key) => key.endsWith('/UDP') && changedServices.has(serviceOfKey(key)))
}

/**
 * Tells the entries that are deleted: whose original destination is an address of a UDP Service, whatever the port, or whose
 * original destination port is its node port, and that are answered from elsewhere than a serving endpoint of it. Policies,
 * hints and termination do not matter. A Service port without serving endpoints loses all its entries.
 *
 * @param ports - Service ports in force; of two with one address or node port the later counts
 */
export function staleUdpConnections(
  ports: readonly ServicePortInfo[],
): (connection: UdpConnection) => boolean {
  const byAddress = new Map<string, ReadonlySet<string>>()
  const byNodePort = new Map<number, ReadonlySet<string>>()
  for (const port of ports) {
    if (port.protocol !== 'UDP') continue
    const serving = new Set(port.endpoints.filter((each) => each.serving).map((each) => each.address))
    for (const address of [port.clusterIp, ...port.loadBalancerVips, ...port.externalIps]) {
      byAddress.set(address, serving)
    }
    if (port.nodePort !== undefined) byNodePort.set(port.nodePort, serving)
  }
  return ({ originalDestination, originalDestinationPort, replySource }) => {
    const sets = [byAddress.get(originalDestination), byNodePort.get(originalDestinationPort)]
    return sets.some((serving) => serving !== undefined && !serving.has(replySource))
  }
}

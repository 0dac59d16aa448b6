/**
 * kube-proxy's view of EndpointSlices: one list of endpoints for each Service port.
 * Sources: kubernetes pkg/proxy/endpointslicecache.go, endpointschangetracker.go.
 */
import type { IpFamily } from '../base/ip-address.js'
import { parseIpAddress } from '../base/ip-address.js'
import type { Protocol } from '../input/kubernetes-objects.js'
import type { EndpointSlice, SliceEndpoint } from './endpoint-slices.js'
import { serviceOfPort, servicePortName } from './iptables/chain-names.js'
import type { ProxyEndpoint } from './proxy-inputs.js'
import { endpointText } from './proxy-inputs.js'

/** An endpoint of one Service port that still knows its pod. */
export interface FoldedEndpoint extends ProxyEndpoint {
  readonly podIndex: number | undefined
}

/** What tells Service ports apart: namespace, Service, name of the port, protocol. */
export function servicePortKey(namespace: string, service: string, port: string, protocol: Protocol): string {
  return `${servicePortName(namespace, service, port)}/${protocol}`
}

/** `namespace/name` of the Service that a `servicePortKey` belongs to. */
export function serviceOfKey(key: string): string {
  return serviceOfPort(key.slice(0, key.lastIndexOf('/')))
}

/**
 * Folds slices into one list for each Service port.
 *
 * @param family - slices and addresses of the other family do not count
 * @returns by `servicePortKey`; each list without duplicates of `ip:port`, sorted by that text, by code units; of two
 *   endpoints with the same `ip:port` one that does not terminate wins
 * @remarks O(n log n) in the endpoints of each Service port.
 */
export function foldSlices(
  slices: readonly EndpointSlice[],
  family: IpFamily,
): ReadonlyMap<string, readonly FoldedEndpoint[]> {
  const sets = new Map<string, Map<string, FoldedEndpoint>>()
  for (const slice of slices) {
    if (slice.addressType !== `IPv${family}`) continue
    for (const { name, protocol, port } of slice.ports) {
      if (port === undefined || port === 0) continue
      const key = servicePortKey(slice.namespace, slice.serviceName, name, protocol)
      const set = sets.get(key) ?? new Map<string, FoldedEndpoint>()
      for (const endpoint of slice.endpoints) addEndpoint(set, endpoint, port, family)
      if (set.size > 0) sets.set(key, set)
    }
  }
  return new Map([...sets].map(([key, set]) => [key, sortedByText(set)]))
}

function addEndpoint(
  set: Map<string, FoldedEndpoint>,
  endpoint: SliceEndpoint,
  port: number,
  family: IpFamily,
): void {
  const address = firstAddress(endpoint, family)
  if (address === undefined) return
  const text = endpointText({ address, port })
  if (set.has(text) && endpoint.terminating) return
  set.set(text, {
    address,
    port,
    nodeName: endpoint.nodeName,
    ready: endpoint.ready,
    serving: endpoint.serving,
    terminating: endpoint.terminating,
    hintedZones: endpoint.hintedZones,
    hintedNodes: endpoint.hintedNodes,
    podIndex: endpoint.podIndex,
  })
}

/** Only the first address of an endpoint counts. */
function firstAddress(endpoint: SliceEndpoint, family: IpFamily): string | undefined {
  if (endpoint.addresses.length === 0) return undefined
  const address = parseIpAddress(endpoint.addresses[0])
  return address?.family === family ? address.text : undefined
}

function sortedByText(set: ReadonlyMap<string, FoldedEndpoint>): readonly FoldedEndpoint[] {
  return [...set].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, endpoint]) => endpoint)
}

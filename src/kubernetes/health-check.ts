/**
 * What kube-proxy answers on a health check node port: whether the node has an endpoint of the Service.
 * Sources: kubernetes pkg/proxy/healthcheck/service_health.go; pkg/proxy/endpointschangetracker.go.
 */
import { serviceOfKey } from './fold-slices.js'
import type { ProxyEndpoint } from './proxy-inputs.js'

/**
 * Different addresses of ready endpoints of a Service on one node, over all its ports. Above zero the health check
 * says 200, else 503, so that the load balancer sends nothing to the node. Terminating endpoints do not count.
 */
export function localReadyAddressCount(
  ports: readonly { readonly endpoints: readonly ProxyEndpoint[] }[],
  nodeName: string,
): number {
  const ready = ports.flatMap((port) =>
    port.endpoints.filter((each) => each.ready && each.nodeName === nodeName),
  )
  return new Set(ready.map((each) => each.address)).size
}

/**
 * `localReadyAddressCount` of every Service that has such an endpoint.
 *
 * @param endpoints - by `servicePortKey`, as `foldSlices` gives them; a Service need not exist
 * @returns by `namespace/name`; each count is at least 1
 */
export function localReadyAddressCounts(
  endpoints: ReadonlyMap<string, readonly ProxyEndpoint[]>,
  nodeName: string,
): ReadonlyMap<string, number> {
  const services = new Map<string, { readonly endpoints: readonly ProxyEndpoint[] }[]>()
  for (const [key, list] of endpoints) {
    const service = serviceOfKey(key)
    services.set(service, [...(services.get(service) ?? []), { endpoints: list }])
  }
  const counts = [...services].map(
    ([name, ports]) => [name, localReadyAddressCount(ports, nodeName)] as const,
  )
  return new Map(counts.filter(([, count]) => count > 0))
}

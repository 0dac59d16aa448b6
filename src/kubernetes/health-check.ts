/**
 * What kube-proxy answers on a health check node port: whether the node has an endpoint of the Service.
 * Sources: kubernetes pkg/proxy/healthcheck/service_health.go; pkg/proxy/endpointschangetracker.go.
 */
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

/**
 * Node ports: those of the manifests first, then a random free one for each Service port that needs one, and for the
 * health checks of load balancers with externalTrafficPolicy Local.
 *
 * A number belongs to one Service, whatever the protocol; inside of a Service, ports of one number and different
 * protocols (DNS over TCP and UDP) share it.
 * Source: kubernetes pkg/registry/core/service/storage/alloc.go, `initNodePorts`, `allocHealthCheckNodePort`.
 */
import type { SourcePlace } from '../base/diagnostics.js'
import type { ServiceObject, ServicePort } from '../input/kubernetes-objects.js'
import { serviceStream } from './assign-service-addresses.js'
import type { Findings } from './findings.js'
import { type Draw, NODE_PORT_BAND, NumberPool } from './number-pool.js'

/** `--service-node-port-range` of the API server, both ends included. */
export interface PortRange {
  readonly first: number
  readonly last: number
}

/** Node ports of one Service. */
export interface ServiceNodePorts {
  /** By position of the Service port; undefined: none. */
  readonly nodePorts: readonly (number | undefined)[]
  readonly healthCheckNodePort: number | undefined
}

interface PortPool {
  readonly range: PortRange
  readonly pool: NumberPool
  readonly owners: Map<number, { readonly service: ServiceObject; readonly place: SourcePlace }>
  readonly draw: Draw
  readonly findings: Findings
}

/**
 * Assigns node ports to Services.
 *
 * @param draw - one draw of `service/<namespace>/<name>/<port>/node-port` or `…/health-check-node-port` per port
 *   assigned; <port> is the name of the Service port, or its number where it has none
 * @returns by position in `services`
 */
export function assignNodePorts(
  services: readonly ServiceObject[],
  range: PortRange,
  draw: Draw,
  findings: Findings,
): ServiceNodePorts[] {
  const pool = new NumberPool(range.last - range.first + 1, NODE_PORT_BAND)
  const ports: PortPool = { range, pool, owners: new Map(), draw, findings }
  for (const service of services) takeWritten(ports, service)
  return services.map((service) => ({
    nodePorts: servicePorts(ports, service),
    healthCheckNodePort: healthCheckPort(ports, service),
  }))
}

function takeWritten(ports: PortPool, service: ServiceObject): void {
  for (const [index, { nodePort }] of service.ports.entries()) {
    if (nodePort === undefined) continue
    takeByHand(ports, service, nodePort, service.origin.place(['spec', 'ports', index, 'nodePort']))
  }
  if (service.healthCheckNodePort === undefined) return
  const place = service.origin.place(['spec', 'healthCheckNodePort'])
  takeByHand(ports, service, service.healthCheckNodePort, place)
}

function takeByHand(ports: PortPool, service: ServiceObject, port: number, place: SourcePlace): void {
  const { range, pool, owners, findings } = ports
  const owner = owners.get(port)
  if (port < range.first || port > range.last) {
    findings.error({
      code: 'NODE_PORT_RANGE',
      message: `The node port ${port} of Service "${service.meta.name}" is not in the range ${range.first}-${range.last}`,
      place,
      hint: 'take a port of the range, or set spec.cluster.nodePortRange of the scenario to the range of your cluster',
    })
  } else if (owner !== undefined && owner.service !== service) {
    findings.error({
      code: 'NODE_PORT_CLASH',
      message: `Services "${owner.service.meta.name}" and "${service.meta.name}" have the same node port ${port}`,
      place,
      hint: `take another port, or leave it out; the other is at ${owner.place.file}:${owner.place.line}`,
    })
  }
  owners.set(port, { service, place })
  pool.take(port - range.first)
}

function servicePorts(ports: PortPool, service: ServiceObject): (number | undefined)[] {
  if (!hasNodePorts(service)) return service.ports.map((each) => each.nodePort)
  const byPort = new Map<number, number>()
  for (const { port, nodePort } of service.ports) if (nodePort !== undefined) byPort.set(port, nodePort)
  return service.ports.map((each) => {
    const nodePort =
      each.nodePort ?? byPort.get(each.port) ?? takeAny(ports, service, portLabel(each), 'node-port')
    if (nodePort !== undefined) byPort.set(each.port, nodePort)
    return nodePort
  })
}

function healthCheckPort(ports: PortPool, service: ServiceObject): number | undefined {
  const isChecked = service.type === 'LoadBalancer' && service.externalTrafficPolicy === 'Local'
  if (!isChecked) return undefined
  return service.healthCheckNodePort ?? takeAny(ports, service, 'health-check-node-port')
}

function takeAny(ports: PortPool, service: ServiceObject, ...what: readonly string[]): number | undefined {
  const { range, pool, draw, findings } = ports
  const stream = serviceStream(service, ...what)
  const number = pool.takeAny((bound) => draw(stream, bound))
  if (number !== undefined) return range.first + number
  findings.error({
    code: 'ADDRESS_RANGE_FULL',
    message: `cluster.nodePortRange ${range.first}-${range.last} has not enough ports`,
    place: findings.place('spec', 'cluster', 'nodePortRange'),
    hint: 'make it larger, or give fewer Services type NodePort or LoadBalancer',
  })
  return undefined
}

function hasNodePorts(service: ServiceObject): boolean {
  if (service.type === 'NodePort') return true
  return service.type === 'LoadBalancer' && service.allocateLoadBalancerNodePorts
}

function portLabel(port: ServicePort): string {
  return port.name === '' ? String(port.port) : port.name
}

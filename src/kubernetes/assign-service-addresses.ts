/**
 * Cluster IPs and load-balancer addresses: those of the manifests first, then a random free one for each Service
 * that needs one.
 *
 * Left out: `spec.loadBalancerIP` (deprecated), several cluster IPs of one Service (dual stack).
 * Sources: kubernetes pkg/registry/core/service/storage/alloc.go; pkg/controlplane: the first address of the range
 * is that of default/kubernetes.
 */
import type { Cidr } from '../base/ip-address.js'
import { parseIpAddress } from '../base/ip-address.js'
import type { ServiceObject } from '../input/kubernetes-objects.js'
import {
  type ClusterRanges,
  hostAt,
  hostCount,
  hostPosition,
  NO_ADDRESS,
  prefixLengthFor,
} from './cluster-ranges.js'
import type { Findings } from './findings.js'
import { CLUSTER_IP_BAND, type Draw, NO_BAND, NumberPool } from './number-pool.js'

/** Addresses of one Service. */
export interface ServiceAddresses {
  /** `None` for a headless Service, empty for ExternalName. */
  readonly clusterIp: string
  /** Those that nodes answer for themselves (ipMode VIP). */
  readonly loadBalancerAddresses: readonly string[]
}

/** Position of default/kubernetes, which every cluster has, among the hosts of the Service range. */
const API_SERVER_POSITION = 0

/** Network address, broadcast address, and the one of default/kubernetes. */
const RESERVED_COUNT = 3

/** What is being given out, and to whom it went. */
interface AddressPool {
  readonly field: 'serviceCidr' | 'loadBalancerCidr'
  readonly range: Cidr
  readonly pool: NumberPool
  readonly findings: Findings
}

/**
 * Assigns addresses to Services.
 *
 * @param draw - one draw of `service/<namespace>/<name>/cluster-ip` or `…/load-balancer-address` per address assigned
 * @returns by position in `services`
 */
export function assignServiceAddresses(
  services: readonly ServiceObject[],
  ranges: ClusterRanges,
  draw: Draw,
  findings: Findings,
): ServiceAddresses[] {
  const clusterIps = assignClusterIps(services, ranges.serviceCidr, draw, findings)
  const balanced = assignLoadBalancerAddresses(services, ranges.loadBalancerCidr, draw, findings)
  return services.map((_, index) => ({
    clusterIp: clusterIps[index],
    loadBalancerAddresses: balanced[index],
  }))
}

/** `service/<namespace>/<name>/<what>`: the name of a Service's random stream. */
export function serviceStream(service: ServiceObject, ...what: readonly string[]): string {
  return ['service', service.meta.namespace, service.meta.name, ...what].join('/')
}

function assignClusterIps(
  services: readonly ServiceObject[],
  range: Cidr,
  draw: Draw,
  findings: Findings,
): string[] {
  const pool = new NumberPool(hostCount(range), CLUSTER_IP_BAND)
  const owners = new Map<string, ServiceObject>()
  const written = services.map((service) => takeClusterIp(service, range, pool, owners, findings))
  pool.take(API_SERVER_POSITION)
  const from: AddressPool = { field: 'serviceCidr', range, pool, findings }
  return services.map(
    (service, index) =>
      written[index] ?? takeAnyAddress(from, draw, serviceStream(service, 'cluster-ip'), services.length),
  )
}

/** The cluster IP that a manifest asks for; undefined if one is to be assigned. */
function takeClusterIp(
  service: ServiceObject,
  range: Cidr,
  pool: NumberPool,
  owners: Map<string, ServiceObject>,
  findings: Findings,
): string | undefined {
  if (service.type === 'ExternalName') return ''
  const { clusterIp } = service
  if (clusterIp === undefined || clusterIp === 'None') return clusterIp
  const address = parseIpAddress(clusterIp)?.text ?? clusterIp
  const place = service.origin.place(['spec', 'clusterIP'])
  const position = hostPosition(range, address)
  const owner = owners.get(address)
  if (position === undefined) {
    findings.error({
      code: 'CLUSTER_IP_RANGE',
      message: `The cluster IP ${clusterIp} of Service "${service.meta.name}" is not in the range ${range.text}`,
      place,
      hint: 'leave clusterIP out, or set spec.cluster.serviceCidr of the scenario to the range of your cluster',
    })
  } else if (owner !== undefined) {
    const other = owner.origin.place(['spec', 'clusterIP'])
    findings.error({
      code: 'CLUSTER_IP_CLASH',
      message: `Services "${owner.meta.name}" and "${service.meta.name}" have the same cluster IP ${address}`,
      place,
      hint: `leave clusterIP out of one of them; the other is at ${other.file}:${other.line}`,
    })
  } else {
    pool.take(position)
  }
  owners.set(address, service)
  return address
}

function assignLoadBalancerAddresses(
  services: readonly ServiceObject[],
  range: Cidr,
  draw: Draw,
  findings: Findings,
): (readonly string[])[] {
  const pool = new NumberPool(hostCount(range), NO_BAND)
  const written = services.map((service) => virtualAddresses(service))
  for (const address of written.flat()) {
    const position = hostPosition(range, address)
    if (position !== undefined) pool.take(position)
  }
  const isAssigned = (service: ServiceObject) =>
    service.type === 'LoadBalancer' && service.loadBalancerIngress.length === 0
  const wantedCount = services.filter(isAssigned).length
  const from: AddressPool = { field: 'loadBalancerCidr', range, pool, findings }
  return services.map((service, index) => {
    if (!isAssigned(service)) return written[index]
    return [takeAnyAddress(from, draw, serviceStream(service, 'load-balancer-address'), wantedCount)]
  })
}

function virtualAddresses(service: ServiceObject): string[] {
  return service.loadBalancerIngress.flatMap(({ ip, ipMode }) =>
    ip === undefined || ipMode === 'Proxy' ? [] : [parseIpAddress(ip)?.text ?? ip],
  )
}

function takeAnyAddress(from: AddressPool, draw: Draw, stream: string, wantedCount: number): string {
  const { pool, range, field, findings } = from
  const position = pool.takeAny((bound) => draw(stream, bound))
  if (position !== undefined) return hostAt(range, position)
  findings.error({
    code: 'ADDRESS_RANGE_FULL',
    message: `cluster.${field} ${range.text} has not enough addresses for ${wantedCount} Services`,
    place: findings.place('spec', 'cluster', field),
    hint: `write a range of /${prefixLengthFor(wantedCount + RESERVED_COUNT, range.family)} or larger`,
  })
  return NO_ADDRESS
}

/** What an address and port of the cluster are, for people: `node port of default/web:80`. */
import type { Cluster, ClusterService, ClusterServicePort } from '../../kubernetes/cluster.js'
import type { IpProtocol } from '../../netfilter/iptables/rule.js'
import { type AddressMap, podTitle } from './whereabouts.js'

/** What is addressed. */
export interface AddressedPort {
  readonly address: string
  readonly port: number
  readonly protocol: IpProtocol
}

/** What it is, and the Service port behind it. */
export interface KnownAddress {
  readonly what: string
  readonly service: ClusterService | undefined
  readonly port: ClusterServicePort | undefined
}

/** `default/web:80`. */
export function servicePortTitle({ namespace, name }: ClusterService, { port }: ClusterServicePort): string {
  return `${namespace}/${name}:${port}`
}

/** Finds out what an address is; that no Service has the port is said too. */
export function describeAddress(addressed: AddressedPort, map: AddressMap): KnownAddress {
  const { address, port: portNumber } = addressed
  const place = map.locate(address, portNumber)
  if (place.kind === 'pod') return plain(`pod ${podTitle(place.pod)}`)
  if (place.kind === 'podRange') return plain(`an address of pods on ${place.node.name} that no pod has`)
  if (place.kind === 'node' || place.kind === 'loopback') {
    if (place.kind === 'node' && place.checkedService !== undefined) {
      const { namespace, name } = place.checkedService
      return plain(`health check node port of ${namespace}/${name}, at ${place.node.name}`)
    }
    const at = place.kind === 'node' ? place.node.name : 'loopback'
    const found = findPort(map.cluster, addressed, ({ nodePort }) => nodePort === portNumber)
    if (found === undefined) return plain(`${at}, at no node port of a Service`)
    return { what: `node port of ${servicePortTitle(found.service, found.port)}, at ${at}`, ...found }
  }
  return describeServiceAddress(addressed, map.cluster) ?? plain('an address that nobody in the cluster has')
}

function describeServiceAddress(addressed: AddressedPort, cluster: Cluster): KnownAddress | undefined {
  const { address, port: portNumber } = addressed
  for (const service of cluster.services) {
    const kind = kindOf(service, address)
    if (kind === undefined) continue
    const port = service.ports.find(
      (each) => each.port === portNumber && each.protocol.toLowerCase() === addressed.protocol,
    )
    const title = `${service.namespace}/${service.name}`
    if (port === undefined)
      return { what: `${kind} of ${title}, which has no such port`, service, port: undefined }
    return { what: `${kind} of ${servicePortTitle(service, port)}`, service, port }
  }
  return undefined
}

function kindOf({ clusterIp, object, loadBalancerAddresses }: ClusterService, address: string) {
  if (clusterIp === address) return 'cluster IP'
  if (object.externalIps.includes(address)) return 'external IP'
  return loadBalancerAddresses.includes(address) ? 'load-balancer address' : undefined
}

function findPort(
  { services }: Cluster,
  { protocol }: AddressedPort,
  isWanted: (port: ClusterServicePort) => boolean,
): { readonly service: ClusterService; readonly port: ClusterServicePort } | undefined {
  for (const service of services) {
    const port = service.ports.find((each) => isWanted(each) && each.protocol.toLowerCase() === protocol)
    if (port !== undefined) return { service, port }
  }
  return undefined
}

function plain(what: string): KnownAddress {
  return { what, service: undefined, port: undefined }
}

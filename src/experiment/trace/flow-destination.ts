/**
 * Where a packet is addressed to: `--to`.
 *
 * Callers inside reach a Service by its cluster IP, or, where it is headless, by the addresses of its pods; callers outside by its
 * load balancer, its node port or its first external IP, as client groups do in a run. An address is taken as it is.
 */
import { addressWithPort, parseIpAddress } from '../../base/ip-address.js'
import type { Protocol } from '../../input/kubernetes-objects.js'
import type { Cluster, ClusterService, ClusterServicePort, Endpoint } from '../../kubernetes/cluster.js'
import type { IpProtocol } from '../../netfilter/iptables/rule.js'
import type { FlowSource } from './flow-source.js'
import { describeAddress, servicePortTitle } from './known-addresses.js'
import { nearest, nodeNamed, type OptionText, optionError, podNamed } from './named-things.js'
import type { AddressMap } from './whereabouts.js'

/** An address that the client sends to. */
export interface SentTo {
  readonly address: string
  readonly port: number
}

/** Where a packet is addressed to. */
export interface FlowDestination {
  readonly protocol: IpProtocol
  /** `cluster IP of default/web:80`. */
  readonly what: string
  /** The Service port that the user named, or that has the address. */
  readonly service: ClusterService | undefined
  readonly port: ClusterServicePort | undefined
  /** At least one; of several, as of a headless Service, the client takes any. Empty: entry by a load balancer. */
  readonly addresses: readonly SentTo[]
  /** How a client outside gets in; undefined where the address says it all. */
  readonly entry: 'loadBalancer' | 'nodePort' | undefined
}

/** What the destination depends on. */
export interface DestinationContext {
  readonly map: AddressMap
  readonly source: FlowSource
  readonly protocol: IpProtocol | undefined
}

const IP_PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' } as const satisfies Record<Protocol, IpProtocol>

/**
 * Reads `--to`.
 *
 * @throws InputError FLOW_SYNTAX, FLOW_IMPOSSIBLE, SVC_UNKNOWN, SVC_PORT_UNKNOWN, POD_UNKNOWN, NODE_UNKNOWN
 */
export function flowDestination(text: string, context: DestinationContext): FlowDestination {
  const option = { option: '--to', text }
  const [host, port] = splitPort(option)
  const address = parseIpAddress(host.replace(/^\[(.*)\]$/, '$1'))
  if (address !== undefined) return toAddress(address.text, portNumber(port, option), context, option)
  if (host === 'localhost') return toAddress(loopbackOf(context), portNumber(port, option), context, option)
  const [, kind, name = ''] = /^(pods?|nodes?)\/(.+)$/.exec(host) ?? []
  if (kind?.startsWith('pod')) {
    const pod = podNamed(name, context.map.cluster, option)
    return toAddress(pod.address, portNumber(port, option), context, option)
  }
  if (kind !== undefined) {
    const node = nodeNamed(name, context.map.cluster, option)
    return toAddress(node.address, portNumber(port, option), context, option)
  }
  return toService(host.replace(/^(svc|services?)\//, ''), port, context, option)
}

function splitPort(option: OptionText): readonly [host: string, port: string] {
  const parts = /^(\[[^\]]*\]|[^:]+):([^:]+)$/.exec(option.text)
  if (parts !== null) return [parts[1], parts[2]]
  const isBareIpv6 = parseIpAddress(option.text)?.family === 6
  const hint = isBareIpv6 ? `write [${option.text}]:PORT` : 'write SERVICE:PORT or ADDRESS:PORT'
  throw optionError('FLOW_SYNTAX', option, `"${option.text}" is no address with a port`, hint)
}

function portNumber(text: string, option: OptionText): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw optionError(
    'FLOW_SYNTAX',
    option,
    `"${text}" is no port`,
    'an address takes a number from 1 to 65535',
  )
}

function loopbackOf({ map }: DestinationContext): string {
  return map.cluster.ipFamily === 6 ? '::1' : '127.0.0.1'
}

function toAddress(
  address: string,
  port: number,
  { map, source, protocol: asked }: DestinationContext,
  option: OptionText,
): FlowDestination {
  const { ipFamily } = map.cluster
  if (address.includes(':') !== (ipFamily === 6)) {
    const message = `${address} is no address of IPv${ipFamily}, the family of the cluster`
    throw optionError('FLOW_IMPOSSIBLE', option, message)
  }
  const isLoopback = map.locate(address, port).kind === 'loopback'
  if (isLoopback && source.kind !== 'node') {
    const message = `Whatever ${source.kind === 'pod' ? 'a pod' : 'a client outside'} sends to ${address} stays where it is`
    throw optionError('FLOW_IMPOSSIBLE', option, message, 'a process of a node sends it: --from node/NAME')
  }
  const protocol = asked ?? 'tcp'
  const known = describeAddress({ address, port, protocol }, map)
  return { protocol, ...known, addresses: [{ address, port }], entry: undefined }
}

function toService(
  host: string,
  portText: string,
  context: DestinationContext,
  option: OptionText,
): FlowDestination {
  const { map, source } = context
  const { service, podIndices } = serviceNamed(host, source, map.cluster, option)
  const port = servicePortOf(service, portText, context.protocol, option)
  const common = { protocol: IP_PROTOCOLS[port.protocol], service, port }
  const title = servicePortTitle(service, port)
  if (podIndices !== undefined || service.clusterIp === 'None') {
    const ready = port.endpoints.filter((each) => each.ready && isAmong(each, podIndices))
    if (ready.length === 0)
      throw optionError('FLOW_IMPOSSIBLE', option, `The name "${host}" stands for no pod that is ready`)
    if (source.kind === 'outside') throw unreachable(service, port, option, ready[0])
    const addresses = ready.map((endpoint) => ({ address: endpoint.address, port: endpoint.port }))
    return { ...common, what: `a pod behind ${title}`, addresses, entry: undefined }
  }
  if (source.kind !== 'outside') {
    const addresses = [{ address: service.clusterIp, port: port.port }]
    return { ...common, what: `cluster IP of ${title}`, addresses, entry: undefined }
  }
  return fromOutside(common, title, option)
}

/** As client groups outside get in: by the load balancer where there is one, else by a node port. */
function fromOutside(
  common: Pick<FlowDestination, 'protocol'> & {
    readonly service: ClusterService
    readonly port: ClusterServicePort
  },
  title: string,
  option: OptionText,
): FlowDestination {
  const { service, port } = common
  const { object } = service
  if (object.type === 'LoadBalancer')
    return { ...common, what: `load balancer of ${title}`, addresses: [], entry: 'loadBalancer' }
  if (port.nodePort !== undefined)
    return { ...common, what: `node port of ${title}`, addresses: [], entry: 'nodePort' }
  const [externalIp] = object.externalIps
  if (externalIp === undefined) throw unreachable(service, port, option, undefined)
  const addresses = [{ address: externalIp, port: port.port }]
  return { ...common, what: `external IP of ${title}`, addresses, entry: undefined }
}

/** @throws InputError SVC_UNKNOWN */
function serviceNamed(
  host: string,
  { namespace }: FlowSource,
  { dns, services }: Cluster,
  option: OptionText,
): { readonly service: ClusterService; readonly podIndices: readonly number[] | undefined } {
  const answer = dns.resolve(host, namespace)
  if (answer?.kind === 'service') return { service: services[answer.serviceIndex], podIndices: undefined }
  if (answer?.kind === 'pods')
    return { service: services[answer.serviceIndex], podIndices: answer.podIndices }
  if (answer?.kind === 'external') {
    const message = `"${host}" leads out of the cluster, to ${answer.hostname}`
    throw optionError('FLOW_IMPOSSIBLE', option, message, 'trace to an address of that name')
  }
  const [name] = host.split('.')
  const elsewhere = services.find((service) => service.name === name)
  const names = services.map((service) => service.name)
  const hint =
    elsewhere === undefined || host !== name
      ? nearest(host, names, 'Service')
      : elsewhere.namespace === namespace
        ? 'it has no address yet: no pod behind it is ready'
        : `did you mean "${name}.${elsewhere.namespace}"?`
  throw optionError('SVC_UNKNOWN', option, `There is no Service "${host}"`, hint)
}

function isAmong({ podIndex }: Endpoint, indices: readonly number[] | undefined): boolean {
  return indices === undefined || (podIndex !== undefined && indices.includes(podIndex))
}

/** @throws InputError SVC_PORT_UNKNOWN */
function servicePortOf(
  service: ClusterService,
  text: string,
  protocol: IpProtocol | undefined,
  option: OptionText,
): ClusterServicePort {
  const named = service.ports.filter((port) => port.name === text || String(port.port) === text)
  const wanted = protocol ?? (named.length === 1 ? IP_PROTOCOLS[named[0].protocol] : 'tcp')
  const found = named.find((port) => IP_PROTOCOLS[port.protocol] === wanted)
  if (found !== undefined) return found
  const ports = service.ports.map(
    (port) => `${port.port}/${IP_PROTOCOLS[port.protocol]}${port.name === '' ? '' : ` (${port.name})`}`,
  )
  const isNodePort = service.ports.some((port) => String(port.nodePort) === text)
  const hint = isNodePort
    ? `${text} is its node port: name the Service port, or write ADDRESS-OF-A-NODE:${text}`
    : `it has ${ports.join(', ')}`
  const message = `Service "${service.name}" has no port "${text}" by ${wanted.toUpperCase()}`
  throw optionError('SVC_PORT_UNKNOWN', option, message, hint)
}

function unreachable(
  service: ClusterService,
  port: ClusterServicePort,
  option: OptionText,
  endpoint: Endpoint | undefined,
) {
  const isHeadless = service.clusterIp === 'None'
  const message = isHeadless
    ? `A client outside can not use the headless Service "${service.name}": its name stands for addresses of pods`
    : `A client outside has no way to Service "${service.name}" of type ${service.object.type}`
  const [address, number] = isHeadless
    ? [endpoint?.address ?? '', endpoint?.port ?? 0]
    : [service.clusterIp, port.port]
  const hint = `if that address is routed to the nodes: --to ${addressWithPort(address, number)}`
  return optionError('FLOW_IMPOSSIBLE', option, message, hint)
}

/**
 * Services and EndpointSlices as conformance data have them: API objects that went through no API server, so without
 * defaults. They are read as kube-proxy reads them: what it ignores is ignored, what is missing stays missing.
 * Sources: kubernetes pkg/proxy/serviceport.go, servicechangetracker.go, endpointslicecache.go, util/utils.go.
 */
import type { IpFamily } from '../../src/base/ip-address.js'
import { parseIpAddress } from '../../src/base/ip-address.js'
import type { Protocol } from '../../src/input/kubernetes-objects.js'
import type { EndpointSlice, SliceEndpoint } from '../../src/kubernetes/endpoint-slices.js'
import { type FoldedEndpoint, foldSlices, servicePortKey } from '../../src/kubernetes/fold-slices.js'
import type { ServicePortInfo } from '../../src/kubernetes/proxy-inputs.js'
import { servicePortInfos } from '../../src/kubernetes/service-port-infos.js'

/** What every object has. */
export interface RawMeta {
  readonly name?: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>> | null
}

/** A v1 Service. */
export interface RawService {
  readonly kind: 'Service'
  readonly metadata: RawMeta
  readonly spec?: RawServiceSpec | null
  readonly status?: {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly ipMode?: string | null }[] | null
    } | null
  } | null
}

interface RawServiceSpec {
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName' | ''
  readonly clusterIP?: string
  readonly clusterIPs?: readonly string[] | null
  readonly ipFamilies?: readonly string[] | null
  readonly ports?:
    | readonly {
        readonly name?: string
        readonly protocol?: Protocol
        readonly port?: number
        readonly nodePort?: number
      }[]
    | null
  readonly externalIPs?: readonly string[] | null
  readonly loadBalancerSourceRanges?: readonly string[] | null
  readonly internalTrafficPolicy?: 'Cluster' | 'Local' | null
  readonly externalTrafficPolicy?: 'Cluster' | 'Local' | ''
  readonly sessionAffinity?: 'None' | 'ClientIP' | ''
  readonly sessionAffinityConfig?: {
    readonly clientIP?: { readonly timeoutSeconds?: number | null } | null
  } | null
  readonly healthCheckNodePort?: number
}

/** A discovery.k8s.io/v1 EndpointSlice. */
export interface RawSlice {
  readonly kind: 'EndpointSlice'
  readonly metadata: RawMeta
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  readonly endpoints?: readonly RawEndpoint[] | null
  readonly ports?:
    | readonly {
        readonly name?: string | null
        readonly port?: number | null
        readonly protocol?: Protocol | null
      }[]
    | null
}

interface RawEndpoint {
  readonly addresses?: readonly string[] | null
  readonly conditions?: {
    readonly ready?: boolean | null
    readonly serving?: boolean | null
    readonly terminating?: boolean | null
  } | null
  readonly nodeName?: string | null
  readonly hints?: {
    readonly forZones?: readonly { readonly name: string }[] | null
    readonly forNodes?: readonly { readonly name: string }[] | null
  } | null
}

export type RawObject = RawService | RawSlice

/** What the API server sets where a Service with affinity gives no time. */
const DEFAULT_AFFINITY_SECONDS = 10_800

/** The Service ports of some objects, Services by namespace and name, ports in the order of each Service. */
export function servicePortsOf(objects: readonly RawObject[], family: IpFamily): ServicePortInfo[] {
  const endpoints = endpointsOf(objects, family)
  const services = lastOfEachName(objects.filter((each) => each.kind === 'Service'))
  return services
    .sort((left, right) => (fullName(left) < fullName(right) ? -1 : 1))
    .flatMap((service) => portsOf(service, endpoints, family))
}

/** Endpoints by `servicePortKey`, of Services that exist and of those that do not. */
export function endpointsOf(
  objects: readonly RawObject[],
  family: IpFamily,
): ReadonlyMap<string, readonly FoldedEndpoint[]> {
  return foldSlices(slicesOf(objects).map(slice), family)
}

/** The EndpointSlices that kube-proxy takes up: named, and tied to a Service by their label. */
export function slicesOf(objects: readonly RawObject[]): RawSlice[] {
  const slices = objects.filter((each) => each.kind === 'EndpointSlice')
  return lastOfEachName(slices).filter(
    ({ metadata }) => isGiven(metadata.name) && isGiven(metadata.namespace) && serviceOf(metadata) !== '',
  )
}

/** `namespace/name` of the Service that a slice belongs to. */
export function serviceOfSlice({ metadata }: RawSlice): string {
  return `${metadata.namespace ?? ''}/${serviceOf(metadata)}`
}

/** One slice, as kube-proxy keeps it. A port without a name (an empty one is a name) counts as no port. */
export function slice(raw: RawSlice): EndpointSlice {
  return {
    namespace: raw.metadata.namespace ?? '',
    serviceName: serviceOf(raw.metadata),
    addressType: raw.addressType,
    ports: (raw.ports ?? []).flatMap(({ name, port, protocol }) =>
      typeof name === 'string' ? [{ name, port: port ?? undefined, protocol: protocol ?? 'TCP' }] : [],
    ),
    endpoints: (raw.endpoints ?? []).map(sliceEndpoint),
  }
}

function sliceEndpoint({ addresses, conditions, nodeName, hints }: RawEndpoint): SliceEndpoint {
  return {
    addresses: addresses ?? [],
    ready: conditions?.ready ?? true,
    serving: conditions?.serving ?? true,
    terminating: conditions?.terminating ?? false,
    nodeName: nodeName ?? undefined,
    zone: undefined,
    hintedZones: (hints?.forZones ?? []).map((each) => each.name),
    hintedNodes: (hints?.forNodes ?? []).map((each) => each.name),
    podIndex: undefined,
  }
}

function portsOf(
  { metadata, spec, status }: RawService,
  endpoints: ReadonlyMap<string, readonly FoldedEndpoint[]>,
  family: IpFamily,
): ServicePortInfo[] {
  const namespace = metadata.namespace ?? ''
  const name = metadata.name ?? ''
  if (spec === undefined || spec === null) return []
  return servicePortInfos(
    {
      namespace,
      name,
      type: isGiven(spec.type) ? spec.type : 'ClusterIP',
      clusterIp: clusterIpOf(spec, family),
      externalIps: spec.externalIPs ?? [],
      loadBalancerVips: (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, ipMode }) =>
        isGiven(ip) && (ipMode ?? 'VIP') === 'VIP' ? [ip] : [],
      ),
      loadBalancerSourceRanges: spec.loadBalancerSourceRanges ?? [],
      internalTrafficPolicy: spec.internalTrafficPolicy ?? 'Cluster',
      // A Service without a type is externally accessible by none of the API's terms.
      externalTrafficPolicy:
        isGiven(spec.type) && spec.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster',
      sessionAffinity: spec.sessionAffinity === 'ClientIP' ? 'ClientIP' : 'None',
      sessionAffinityTimeoutSeconds:
        spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? DEFAULT_AFFINITY_SECONDS,
      healthCheckNodePort: portNumber(spec.healthCheckNodePort),
      ports: (spec.ports ?? []).map(({ name: portName = '', protocol = 'TCP', port = 0, nodePort }) => ({
        name: portName,
        protocol,
        port,
        nodePort: portNumber(nodePort),
        endpoints: endpoints.get(servicePortKey(namespace, name, portName, protocol)) ?? [],
      })),
    },
    family,
  )
}

/** Of a Service of both families the address of this one; `clusterIP` must be set all the same. */
function clusterIpOf({ clusterIP = '', clusterIPs, ipFamilies }: RawServiceSpec, family: IpFamily): string {
  if (clusterIP === '' || clusterIP === 'None' || ipFamilies === undefined || ipFamilies === null) {
    return clusterIP
  }
  if (ipFamilies.length === 0) return clusterIP
  const index = ipFamilies.indexOf(`IPv${family}`)
  return index < 0 ? '' : (clusterIPs?.[index] ?? '')
}

/** Go's zero: no port. */
function portNumber(port: number | null | undefined): number | undefined {
  return port === 0 || port === null ? undefined : port
}

function isGiven<T extends string>(text: T | undefined | null): text is Exclude<T, ''> {
  return text !== undefined && text !== null && text !== ''
}

function serviceOf(metadata: RawMeta): string {
  return metadata.labels?.['kubernetes.io/service-name'] ?? ''
}

/** An object that is given twice was updated: the last counts. */
function lastOfEachName<T extends RawObject>(objects: readonly T[]): T[] {
  return [...new Map(objects.map((each) => [fullName(each), each])).values()]
}

function fullName({ metadata }: RawObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name ?? ''}`
}

/** Text of an address as all others have it; unchanged if it is none. */
export function canonicalAddress(text: string): string {
  return parseIpAddress(text)?.text ?? text
}

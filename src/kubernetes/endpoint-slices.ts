/**
 * The EndpointSlice controller: from a Service and its pods to EndpointSlices, at one moment.
 *
 * Left out: the history of slices (filling up, never rebalancing), which changes how many there are and nothing else;
 * `topology-mode: Auto`; IPv6.
 * Sources: kubernetes staging endpointslice/utils.go, reconciler.go, trafficdist/trafficdist.go;
 * pkg/controller/endpointslice/endpointslice_controller.go.
 */
import type {
  Container,
  EndpointSliceEndpoint,
  EndpointSlicePort,
  ServiceObject,
} from '../input/kubernetes-objects.js'
import { resolveTargetPort } from './target-ports.js'

/** `--max-endpoints-per-slice` of kube-controller-manager. */
export const MAX_ENDPOINTS_PER_SLICE = 100

const TOPOLOGY_ANNOTATIONS = [
  'service.kubernetes.io/topology-mode',
  'service.kubernetes.io/topology-aware-hints',
] as const

/** An endpoint of a slice; `podIndex` is undefined for one written by hand that is no pod of this cluster. */
export interface SliceEndpoint extends EndpointSliceEndpoint {
  readonly podIndex: number | undefined
}

/** An EndpointSlice, made by the controller or written by hand. */
export interface EndpointSlice {
  readonly namespace: string
  readonly serviceName: string
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  readonly endpoints: readonly SliceEndpoint[]
  readonly ports: readonly EndpointSlicePort[]
}

/** What the controller asks of a pod that a Service selects. */
export interface EndpointPod {
  readonly index: number
  readonly address: string
  readonly nodeName: string
  /** Empty where the node has no zone. */
  readonly zone: string
  readonly containers: readonly Container[]
  readonly isReady: boolean
  readonly isTerminating: boolean
}

/**
 * The slices of one Service. Pods whose named ports resolve differently come into separate slices.
 *
 * @param pods - the pods that the Service selects, in the order in which their endpoints are to come
 * @remarks O(pods · ports).
 */
export function endpointSlicesOf(service: ServiceObject, pods: readonly EndpointPod[]): EndpointSlice[] {
  const groups = new Map<string, SliceGroup>()
  // Pods of one workload share their containers, so that few lists of ports have to be worked out.
  const groupOfContainers = new Map<readonly Container[], SliceGroup>()
  for (const pod of pods) {
    let group = groupOfContainers.get(pod.containers)
    if (group === undefined) {
      const ports = slicePorts(service, pod)
      const key = JSON.stringify(ports)
      group = groups.get(key) ?? { ports, pods: [] }
      groups.set(key, group)
      groupOfContainers.set(pod.containers, group)
    }
    group.pods.push(pod)
  }
  return [...groups.values()].flatMap((group) => slicesOfGroup(service, group))
}

/** Pods with the same ports. */
interface SliceGroup {
  readonly ports: readonly EndpointSlicePort[]
  readonly pods: EndpointPod[]
}

/** Does an annotation ask for hints in proportion to processors, which svcsim does not model? */
export function isTopologyModeAuto(service: ServiceObject): boolean {
  return TOPOLOGY_ANNOTATIONS.some((key) => service.meta.annotations.get(key)?.toLowerCase() === 'auto')
}

/** Ports that the pod lacks are left out. */
function slicePorts(service: ServiceObject, pod: EndpointPod): EndpointSlicePort[] {
  return service.ports.flatMap((each) => {
    const port = resolveTargetPort(each, pod.containers)
    return port === undefined ? [] : [{ name: each.name, protocol: each.protocol, port }]
  })
}

function slicesOfGroup(service: ServiceObject, { ports, pods }: SliceGroup): EndpointSlice[] {
  const endpoints = pods.map((pod) => sliceEndpoint(service, pod))
  const slices: EndpointSlice[] = []
  for (let first = 0; first < endpoints.length; first += MAX_ENDPOINTS_PER_SLICE) {
    slices.push({
      namespace: service.meta.namespace,
      serviceName: service.meta.name,
      addressType: pods[0]?.address.includes(':') === true ? 'IPv6' : 'IPv4',
      endpoints: endpoints.slice(first, first + MAX_ENDPOINTS_PER_SLICE),
      ports,
    })
  }
  return slices
}

function sliceEndpoint(service: ServiceObject, pod: EndpointPod): SliceEndpoint {
  const ready = service.publishNotReadyAddresses || (pod.isReady && !pod.isTerminating)
  return {
    addresses: [pod.address],
    ready,
    serving: pod.isReady,
    terminating: pod.isTerminating,
    nodeName: pod.nodeName,
    zone: pod.zone === '' ? undefined : pod.zone,
    ...(ready ? hints(service, pod) : NO_HINTS),
    podIndex: pod.index,
  }
}

type Hints = Pick<EndpointSliceEndpoint, 'hintedZones' | 'hintedNodes'>

const NO_HINTS: Hints = { hintedZones: [], hintedNodes: [] }

/**
 * Hints of `trafficDistribution`: every ready endpoint is for its own zone, and with PreferSameNode for its own
 * node.
 */
function hints(service: ServiceObject, pod: EndpointPod): Hints {
  if (isTopologyModeAuto(service)) return NO_HINTS
  const hintedZones = pod.zone === '' ? [] : [pod.zone]
  switch (service.trafficDistribution) {
    case 'PreferClose':
    case 'PreferSameZone':
      return { hintedZones, hintedNodes: [] }
    case 'PreferSameNode':
      return { hintedZones, hintedNodes: [pod.nodeName] }
    default:
      return NO_HINTS
  }
}

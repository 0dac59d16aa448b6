/**
 * All EndpointSlices of the cluster: those that the controller makes for Services with a selector, and those
 * written by hand.
 */
import type {
  EndpointSliceEndpoint,
  EndpointSliceObject,
  Manifests,
  ServiceObject,
} from '../input/kubernetes-objects.js'
import type { ClusterNode } from './cluster.js'
import type { CompiledPod } from './compile-nodes.js'
import {
  type EndpointPod,
  type EndpointSlice,
  endpointSlicesOf,
  type SliceEndpoint,
} from './endpoint-slices.js'
import type { Findings } from './findings.js'
import { labelIndex, selectorOf } from './label-selector.js'

const MANAGED_BY_LABEL = 'endpointslice.kubernetes.io/managed-by'
const CONTROLLER_NAME = 'endpointslice-controller.k8s.io'

/** Slices of one Service, and the pods that it selects. */
export interface ServiceSlices {
  readonly slices: readonly EndpointSlice[]
  /** Undefined: the Service has no selector. */
  readonly selectedPods: readonly CompiledPod[] | undefined
}

/** Does the Service select pods? An empty selector is none, and ExternalName has no use for one. */
export function hasSelector(service: ServiceObject): boolean {
  return service.type !== 'ExternalName' && service.selector !== undefined && service.selector.size > 0
}

/** @returns by position in `manifests.services` */
export function collectSlices(
  manifests: Manifests,
  nodes: readonly ClusterNode[],
  pods: readonly CompiledPod[],
  findings: Findings,
): ServiceSlices[] {
  const index = labelIndex(pods.map((each) => each.pod))
  const written = writtenSlices(manifests, nodes, pods, findings)
  return manifests.services.map((service) => {
    const byHand = written.get(serviceKey(service.meta)) ?? []
    if (!hasSelector(service)) return { slices: byHand, selectedPods: undefined }
    const selector = selectorOf(service.selector ?? new Map())
    const selectedPods = index
      .find(service.meta.namespace, selector)
      .map((each) => pods[each.index])
      .filter(({ isPresent }) => isPresent)
    const made = endpointSlicesOf(
      service,
      selectedPods.map((each) => endpointPod(each, nodes)),
    )
    return { slices: [...made, ...byHand], selectedPods }
  })
}

function endpointPod(
  { pod, containers, isTerminating }: CompiledPod,
  nodes: readonly ClusterNode[],
): EndpointPod {
  const { name, zone } = nodes[pod.nodeIndex]
  return {
    index: pod.index,
    address: pod.address,
    nodeName: name,
    zone,
    containers,
    isReady: pod.isReady,
    isTerminating,
  }
}

function writtenSlices(
  manifests: Manifests,
  nodes: readonly ClusterNode[],
  pods: readonly CompiledPod[],
  findings: Findings,
): Map<string, EndpointSlice[]> {
  const services = new Map(manifests.services.map((each) => [serviceKey(each.meta), each]))
  const nodeNames = new Set(nodes.map((each) => each.name))
  const podIndexOf = new Map(
    pods.filter((each) => !each.group.podSpec.hostNetwork).map(({ pod }) => [pod.address, pod.index]),
  )
  const slices = new Map<string, EndpointSlice[]>()
  for (const object of manifests.endpointSlices) {
    const { namespace } = object.meta
    const { serviceName } = object
    if (serviceName === undefined) continue
    const key = serviceKey({ namespace, name: serviceName })
    if (!isUsable(object, serviceName, services.get(key), services.keys(), findings)) continue
    warnOfNodes(object, nodeNames, findings)
    const endpoints = object.endpoints.map((each) => sliceEndpoint(each, podIndexOf))
    const slice = { namespace, serviceName, addressType: object.addressType, ports: object.ports, endpoints }
    const others = slices.get(key)
    if (others === undefined) slices.set(key, [slice])
    else others.push(slice)
  }
  return slices
}

function sliceEndpoint(
  endpoint: EndpointSliceEndpoint,
  podIndexOf: ReadonlyMap<string, number>,
): SliceEndpoint {
  return { ...endpoint, podIndex: podIndexOf.get(endpoint.addresses[0] ?? '') }
}

/** Slices without a Service do nothing, and those of the controller are made anew. */
function isUsable(
  object: EndpointSliceObject,
  serviceName: string,
  service: ServiceObject | undefined,
  known: Iterable<string>,
  findings: Findings,
): boolean {
  const title = `EndpointSlice "${object.meta.name}"`
  if (service === undefined) {
    const { namespace } = object.meta
    const inNamespace = () =>
      [...known].flatMap((key) => (key.startsWith(`${namespace}/`) ? key.slice(namespace.length + 1) : []))
    findings.warn({
      code: 'SVC_UNKNOWN',
      message: `${title} belongs to no Service: "${serviceName}" does not exist`,
      place: object.origin.place(['metadata', 'labels', 'kubernetes.io/service-name']),
      hint: findings.nameHint(serviceName, inNamespace, 'Services'),
    })
    return false
  }
  const isControllers = object.meta.labels.get(MANAGED_BY_LABEL) === CONTROLLER_NAME
  if (!isControllers || !hasSelector(service)) return true
  findings.warn({
    code: 'SLICE_REPLACED',
    message: `${title} was left out: Service "${serviceName}" has a selector, so its endpoints are worked out`,
    place: object.origin.place(['metadata', 'name']),
    hint: 'nothing to do; the EndpointSlice may be left out of the manifests',
  })
  return false
}

function warnOfNodes(object: EndpointSliceObject, known: ReadonlySet<string>, findings: Findings): void {
  for (const [index, { nodeName }] of object.endpoints.entries()) {
    if (nodeName === undefined || known.has(nodeName)) continue
    const title = `EndpointSlice "${object.meta.name}"`
    findings.warn({
      code: 'NODE_UNKNOWN',
      message: `${title} names the node "${nodeName}", which does not exist: the endpoint is local to none`,
      place: object.origin.place(['endpoints', index, 'nodeName']),
      hint: findings.nameHint(nodeName, () => known, 'nodes'),
    })
  }
}

function serviceKey({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`
}

/**
 * The smallest objects that the control plane can work from: everything that a test does not name has its default.
 */
import type { Origin } from '../../src/base/diagnostics.js'
import { InputError } from '../../src/base/diagnostics.js'
import type {
  ContainerPort,
  EndpointSliceEndpoint,
  EndpointSliceObject,
  Manifests,
  NodeObject,
  ObjectMeta,
  PodObject,
  PodSpec,
  ServiceObject,
  ServicePort,
  WorkloadObject,
} from '../../src/input/kubernetes-objects.js'
import { type Scenario, scenarioSchema } from '../../src/input/scenario-schema.js'
import type { Cluster } from '../../src/kubernetes/cluster.js'
import { compileCluster } from '../../src/kubernetes/compile-cluster.js'
import type { Draw } from '../../src/kubernetes/number-pool.js'

export type Text = Readonly<Record<string, string>>

/** An origin whose places tell the path that was asked for. */
export function origin(file: string): Origin {
  return {
    file,
    place: (path) => ({ file, line: 1 + path.length, column: 1, length: 1, excerpt: path.join('.') }),
  }
}

export function labels(text: Text): ReadonlyMap<string, string> {
  return new Map(Object.entries(text))
}

export function meta(name: string, namespace = 'default', more: Partial<ObjectMeta> = {}): ObjectMeta {
  return { name, namespace, labels: new Map(), annotations: new Map(), ...more }
}

export function podSpec(changes: Partial<PodSpec> = {}): PodSpec {
  return {
    nodeName: undefined,
    nodeSelector: new Map(),
    hostNetwork: false,
    hostname: undefined,
    subdomain: undefined,
    containers: [],
    topologySpreadConstraints: [],
    ...changes,
  }
}

/** A specification with one container of some ports: `web 8080` or `8080`, of protocol TCP. */
export function withPorts(...ports: readonly (readonly [name: string, port: number])[]): PodSpec {
  const declared = ports.map(
    ([name, containerPort]): ContainerPort => ({ name, containerPort, protocol: 'TCP' }),
  )
  return podSpec({ containers: [{ name: 'main', ports: declared, env: new Map() }] })
}

/** A Deployment whose pods have the label `app=NAME`. */
export function workload(name: string, changes: Partial<WorkloadObject> = {}): WorkloadObject {
  const podLabels = labels({ app: name })
  return {
    kind: 'Deployment',
    meta: meta(name),
    replicas: 1,
    selector: { matchLabels: podLabels, matchExpressions: [] },
    podLabels,
    podSpec: podSpec(),
    serviceName: undefined,
    origin: origin('shop.yaml'),
    ...changes,
  }
}

export function pod(name: string, changes: Partial<PodObject> = {}): PodObject {
  return {
    kind: 'Pod',
    meta: meta(name, 'default', { labels: labels({ app: name }) }),
    podSpec: podSpec(),
    podIp: undefined,
    isReady: true,
    origin: origin('shop.yaml'),
    ...changes,
  }
}

export function servicePort(port: number, changes: Partial<ServicePort> = {}): ServicePort {
  return { name: '', protocol: 'TCP', port, targetPort: port, nodePort: undefined, ...changes }
}

/** A ClusterIP Service on port 80 for pods with the label `app=NAME`. */
export function service(name: string, changes: Partial<ServiceObject> = {}): ServiceObject {
  return {
    kind: 'Service',
    meta: meta(name),
    type: 'ClusterIP',
    clusterIp: undefined,
    selector: labels({ app: name }),
    ports: [servicePort(80)],
    sessionAffinity: 'None',
    sessionAffinityTimeoutSeconds: 10_800,
    internalTrafficPolicy: 'Cluster',
    externalTrafficPolicy: 'Cluster',
    externalIps: [],
    loadBalancerSourceRanges: [],
    loadBalancerIngress: [],
    allocateLoadBalancerNodePorts: true,
    healthCheckNodePort: undefined,
    publishNotReadyAddresses: false,
    trafficDistribution: undefined,
    externalName: undefined,
    origin: origin('shop.yaml'),
    ...changes,
  }
}

export function node(name: string, changes: Partial<NodeObject> = {}): NodeObject {
  return {
    kind: 'Node',
    meta: meta(name, ''),
    podCidr: undefined,
    internalIp: undefined,
    isReady: true,
    isUnschedulable: false,
    origin: origin('nodes.yaml'),
    ...changes,
  }
}

export function endpoint(
  address: string,
  changes: Partial<EndpointSliceEndpoint> = {},
): EndpointSliceEndpoint {
  return {
    addresses: [address],
    ready: true,
    serving: true,
    terminating: false,
    nodeName: undefined,
    zone: undefined,
    hintedZones: [],
    hintedNodes: [],
    ...changes,
  }
}

export function endpointSlice(
  serviceName: string,
  changes: Partial<EndpointSliceObject> = {},
): EndpointSliceObject {
  return {
    kind: 'EndpointSlice',
    meta: meta(`${serviceName}-1`),
    addressType: 'IPv4',
    serviceName,
    endpoints: [],
    ports: [{ name: '', protocol: 'TCP', port: 8080 }],
    origin: origin('slices.yaml'),
    ...changes,
  }
}

/** Objects in the order of namespace and name, as the reader gives them. */
export function manifests(objects: Partial<Manifests> = {}): Manifests {
  return {
    workloads: [],
    pods: [],
    services: [],
    endpointSlices: [],
    nodes: [],
    namespaces: [],
    ...objects,
  }
}

/** A client group inside the cluster that uses a Service. */
export function clientsOf(to: string, more: object = {}) {
  return { name: 'users', location: 'inside', count: 1, to, arrivals: { rate: '1/s' }, ...more }
}

/** A scenario as its file says it, with defaults filled in. */
export function scenario(spec: object = {}): Scenario {
  return scenarioSchema.parse({
    apiVersion: 'svcsim.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'test' },
    spec: { manifests: ['shop.yaml'], clients: [clientsOf('web:80')], ...spec },
  })
}

/** Node settings of a scenario: `a/zone-1`. */
export function nodes(...texts: readonly string[]) {
  return texts.map((text) => {
    const [name, zone = ''] = text.split('/')
    return { name, zone }
  })
}

/** The middle of every range: no test depends on the engine. */
export const drawMiddle: Draw = (_stream, bound) => Math.floor(bound / 2)

export function compile(objects: Partial<Manifests>, spec: object = {}, draw: Draw = drawMiddle): Cluster {
  return compileCluster(manifests(objects), scenario(spec), draw, { scenario: origin('scenario.yaml') })
}

/** `severity CODE path: message [hint]` of everything that a compilation has to say. */
export function findingsOf(objects: Partial<Manifests>, spec: object = {}): string[] {
  try {
    return compile(objects, spec).warnings.map(told)
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(told)
    throw error
  }
}

function told({ severity, code, message, place, hint }: InputError['diagnostics'][number]): string {
  return `${severity} ${code} ${place?.excerpt ?? '-'}: ${message} [${hint ?? ''}]`
}

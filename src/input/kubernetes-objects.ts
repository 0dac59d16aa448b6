/**
 * The Kubernetes objects that svcsim reads, after Kubernetes' defaults were filled in and its validation passed.
 * Maps keep the order of the text; nothing in a result may depend on that order.
 */
import type { Origin } from '../base/diagnostics.js'

/** What every object has. Names are valid DNS names, the namespace is `default` where absent. */
export interface ObjectMeta {
  readonly name: string
  readonly namespace: string
  readonly labels: ReadonlyMap<string, string>
  readonly annotations: ReadonlyMap<string, string>
}

export type Protocol = 'TCP' | 'UDP' | 'SCTP'

/** matchLabels and matchExpressions; all must hold. An empty selector matches everything. */
export interface LabelSelector {
  readonly matchLabels: ReadonlyMap<string, string>
  readonly matchExpressions: readonly LabelRequirement[]
}

export interface LabelRequirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values: readonly string[]
}

export interface ContainerPort {
  /** Empty where the manifest gives none. */
  readonly name: string
  readonly containerPort: number
  readonly protocol: Protocol
}

export interface Container {
  readonly name: string
  readonly ports: readonly ContainerPort[]
  /** Literal environment variables only (`value`); `valueFrom` is left out. */
  readonly env: ReadonlyMap<string, string>
  /** `resources.limits.cpu`, thousandths of a CPU, above 0; absent: none. */
  readonly cpuLimitMilli?: number
  /** Sleep of its preStop hook; absent: none. */
  readonly preStopSeconds?: number
}

export interface TopologySpreadConstraint {
  readonly maxSkew: number
  readonly topologyKey: string
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  readonly labelSelector: LabelSelector
}

export interface PodSpec {
  readonly nodeName: string | undefined
  readonly nodeSelector: ReadonlyMap<string, string>
  readonly hostNetwork: boolean
  readonly hostname: string | undefined
  readonly subdomain: string | undefined
  readonly containers: readonly Container[]
  readonly topologySpreadConstraints: readonly TopologySpreadConstraint[]
  /** `terminationGracePeriodSeconds`; 30 where absent. */
  readonly gracePeriodSeconds?: number
}

/** How a Deployment replaces its pods. A share is a number of pods, or a percentage such as 25%. */
export interface UpdateStrategy {
  readonly isRecreate: boolean
  readonly maxSurge?: number | string
  readonly maxUnavailable?: number | string
}

/** Deployment, ReplicaSet, StatefulSet or DaemonSet: what makes pods. */
export interface WorkloadObject {
  readonly kind: 'Deployment' | 'ReplicaSet' | 'StatefulSet' | 'DaemonSet'
  readonly meta: ObjectMeta
  /** 1 where absent; ignored for a DaemonSet (one pod a node). */
  readonly replicas: number
  readonly selector: LabelSelector
  readonly podLabels: ReadonlyMap<string, string>
  readonly podSpec: PodSpec
  /** Deployment only; absent: RollingUpdate with 25 % each. */
  readonly strategy?: UpdateStrategy
  /** StatefulSet only: the headless Service that names its pods. */
  readonly serviceName: string | undefined
  readonly origin: Origin
}

/** A Pod written out by hand. */
export interface PodObject {
  readonly kind: 'Pod'
  readonly meta: ObjectMeta
  readonly podSpec: PodSpec
  /** From `status.podIP`; undefined: svcsim assigns one. */
  readonly podIp: string | undefined
  /** From `status.conditions`; true where absent. */
  readonly isReady: boolean
  readonly origin: Origin
}

export interface ServicePort {
  /** Empty where the manifest gives none (allowed for a single port). */
  readonly name: string
  readonly protocol: Protocol
  readonly port: number
  /** A number, or the name of a container port. */
  readonly targetPort: number | string
  /** Undefined: none, or to be drawn where the type wants one. */
  readonly nodePort: number | undefined
}

export interface LoadBalancerIngress {
  readonly ip: string | undefined
  readonly hostname: string | undefined
  readonly ipMode: 'VIP' | 'Proxy'
}

export interface ServiceObject {
  readonly kind: 'Service'
  readonly meta: ObjectMeta
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'
  /** An address, `None` for a headless Service, undefined: svcsim assigns one. */
  readonly clusterIp: string | undefined
  /** Undefined: no selector, the endpoints are written by hand. */
  readonly selector: ReadonlyMap<string, string> | undefined
  readonly ports: readonly ServicePort[]
  readonly sessionAffinity: 'None' | 'ClientIP'
  /** 1 to 86,400; 10,800 where absent. Meaningful only with ClientIP. */
  readonly sessionAffinityTimeoutSeconds: number
  readonly internalTrafficPolicy: 'Cluster' | 'Local'
  readonly externalTrafficPolicy: 'Cluster' | 'Local'
  readonly externalIps: readonly string[]
  readonly loadBalancerSourceRanges: readonly string[]
  readonly loadBalancerIngress: readonly LoadBalancerIngress[]
  readonly allocateLoadBalancerNodePorts: boolean
  readonly healthCheckNodePort: number | undefined
  readonly publishNotReadyAddresses: boolean
  readonly trafficDistribution: string | undefined
  readonly externalName: string | undefined
  readonly origin: Origin
}

export interface EndpointSliceEndpoint {
  /** Only the first address of an endpoint counts, as in kube-proxy. */
  readonly addresses: readonly string[]
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly nodeName: string | undefined
  readonly zone: string | undefined
  readonly hintedZones: readonly string[]
  readonly hintedNodes: readonly string[]
}

export interface EndpointSlicePort {
  readonly name: string
  readonly protocol: Protocol
  readonly port: number | undefined
}

export interface EndpointSliceObject {
  readonly kind: 'EndpointSlice'
  readonly meta: ObjectMeta
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  /** From the label `kubernetes.io/service-name`. */
  readonly serviceName: string | undefined
  readonly endpoints: readonly EndpointSliceEndpoint[]
  readonly ports: readonly EndpointSlicePort[]
  readonly origin: Origin
}

export interface NodeObject {
  readonly kind: 'Node'
  readonly meta: ObjectMeta
  readonly podCidr: string | undefined
  /** The first InternalIP of `status.addresses`. */
  readonly internalIp: string | undefined
  readonly isReady: boolean
  readonly isUnschedulable: boolean
  readonly origin: Origin
}

export interface NamespaceObject {
  readonly kind: 'Namespace'
  readonly meta: ObjectMeta
  readonly origin: Origin
}

/** All that was read, each list sorted by namespace and name (code units), so that the order of files is no input. */
export interface Manifests {
  readonly workloads: readonly WorkloadObject[]
  readonly pods: readonly PodObject[]
  readonly services: readonly ServiceObject[]
  readonly endpointSlices: readonly EndpointSliceObject[]
  readonly nodes: readonly NodeObject[]
  readonly namespaces: readonly NamespaceObject[]
}

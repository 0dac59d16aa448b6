/**
 * Every field of the kinds that are read, and what becomes of it:
 *
 * - `read`: it is part of the model.
 * - `ignored`: Kubernetes would act on it in a way that changes addresses, endpoints, placement, timing or ways in, and
 *   svcsim does not: a warning FIELD_IGNORED says so, once for each kind and field.
 * - `silent`: nothing that svcsim models depends on it (images, volumes, rights, bookkeeping of the API server).
 *
 * A field in none of the lists is unknown: an error FIELD_UNKNOWN where it is nearly a known one, else a warning.
 * Source: k8s.io/api v1.36, types of core/v1, apps/v1, discovery/v1; meta/v1.
 */

type FieldUse = 'read' | 'ignored' | 'silent'

/** The fields of one map. */
export interface FieldTable {
  /** Where the map stands in its object, for messages: `spec.ports[]`. Empty for the object itself. */
  readonly path: string
  readonly uses: ReadonlyMap<string, FieldUse>
  /** Status is written by the cluster: fields that are not listed are not worth a word. */
  readonly isOpen: boolean
}

/** Field names, separated by blanks. */
interface FieldLists {
  readonly read?: string
  readonly ignored?: string
  readonly silent?: string
  readonly isOpen?: boolean
}

function table(path: string, lists: FieldLists): FieldTable {
  const uses = new Map<string, FieldUse>()
  for (const use of ['read', 'ignored', 'silent'] as const) {
    for (const name of lists[use]?.split(' ') ?? []) uses.set(name, use)
  }
  return { path, uses, isOpen: lists.isOpen ?? false }
}

export const OBJECT = table('', {
  read: 'apiVersion kind metadata spec',
  silent: 'status',
})
export const OBJECT_WITH_STATUS = table('', {
  read: 'apiVersion kind metadata spec status',
})
export const ENDPOINT_SLICE = table('', {
  read: 'apiVersion kind metadata addressType endpoints ports',
})

export const METADATA = table('metadata', {
  read: 'name namespace labels annotations',
  ignored: 'deletionTimestamp generateName',
  silent:
    'uid resourceVersion generation creationTimestamp deletionGracePeriodSeconds managedFields ownerReferences finalizers selfLink',
})

export const TEMPLATE_METADATA = table('spec.template.metadata', {
  read: 'labels',
  silent:
    'annotations name namespace generateName uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds managedFields ownerReferences finalizers selfLink',
})

export const LABEL_SELECTOR = table('selector', {
  read: 'matchLabels matchExpressions',
})
export const LABEL_REQUIREMENT = table('selector.matchExpressions[]', {
  read: 'key operator values',
})

const WORKLOAD_SILENT = 'revisionHistoryLimit progressDeadlineSeconds paused'
export const WORKLOAD_SPEC = {
  Deployment: table('spec', {
    read: 'replicas selector template strategy',
    ignored: 'minReadySeconds',
    silent: WORKLOAD_SILENT,
  }),
  ReplicaSet: table('spec', {
    read: 'replicas selector template',
    ignored: 'minReadySeconds',
  }),
  StatefulSet: table('spec', {
    read: 'replicas selector template serviceName',
    ignored: 'podManagementPolicy updateStrategy minReadySeconds ordinals',
    silent: 'revisionHistoryLimit volumeClaimTemplates persistentVolumeClaimRetentionPolicy',
  }),
  DaemonSet: table('spec', {
    read: 'selector template',
    ignored: 'updateStrategy minReadySeconds',
    silent: 'revisionHistoryLimit templateGeneration',
  }),
} as const

export const STRATEGY = table('spec.strategy', { read: 'type rollingUpdate' })
export const ROLLING_UPDATE = table('spec.strategy.rollingUpdate', { read: 'maxSurge maxUnavailable' })

export const POD_TEMPLATE = table('spec.template', { read: 'metadata spec' })

export const POD_SPEC = table('pod spec', {
  read: 'nodeName nodeSelector hostNetwork hostname subdomain containers topologySpreadConstraints terminationGracePeriodSeconds',
  ignored:
    'affinity tolerations initContainers dnsPolicy dnsConfig hostAliases setHostnameAsFQDN hostnameOverride readinessGates schedulerName schedulingGates schedulingGroup priority priorityClassName activeDeadlineSeconds resources',
  silent:
    'volumes imagePullSecrets serviceAccountName serviceAccount automountServiceAccountToken securityContext restartPolicy enableServiceLinks hostPID hostIPC hostUsers shareProcessNamespace preemptionPolicy runtimeClassName os overhead resourceClaims ephemeralContainers workloadRef',
})

export const CONTAINER = table('pod spec.containers[]', {
  read: 'name ports env resources lifecycle',
  ignored: 'readinessProbe livenessProbe startupProbe',
  silent:
    'image imagePullPolicy command args workingDir envFrom volumeMounts volumeDevices securityContext terminationMessagePath terminationMessagePolicy stdin stdinOnce tty restartPolicy restartPolicyRules resizePolicy',
})

export const RESOURCES = table('pod spec.containers[].resources', {
  read: 'limits',
  ignored: 'requests',
  silent: 'claims',
})
/** Names of resources: extended ones are anybody's. */
export const RESOURCE_LIST = table('pod spec.containers[].resources.limits', {
  read: 'cpu',
  isOpen: true,
})

export const LIFECYCLE = table('pod spec.containers[].lifecycle', {
  read: 'preStop',
  ignored: 'postStart stopSignal',
})
export const PRE_STOP = table('pod spec.containers[].lifecycle.preStop', {
  read: 'sleep exec',
  ignored: 'httpGet tcpSocket',
})
export const SLEEP = table('pod spec.containers[].lifecycle.preStop.sleep', { read: 'seconds' })
export const EXEC = table('pod spec.containers[].lifecycle.preStop.exec', { read: 'command' })

export const CONTAINER_PORT = table('pod spec.containers[].ports[]', {
  read: 'name containerPort protocol',
  ignored: 'hostPort hostIP',
})

export const ENVIRONMENT_VARIABLE = table('pod spec.containers[].env[]', {
  read: 'name value',
  silent: 'valueFrom',
})

export const SPREAD_CONSTRAINT = table('pod spec.topologySpreadConstraints[]', {
  read: 'maxSkew topologyKey whenUnsatisfiable labelSelector',
  ignored: 'minDomains nodeAffinityPolicy nodeTaintsPolicy matchLabelKeys',
})

export const POD_STATUS = table('status', {
  read: 'podIP conditions phase',
  isOpen: true,
})
export const CONDITION = table('status.conditions[]', {
  read: 'type status',
  isOpen: true,
})

export const SERVICE_SPEC = table('spec', {
  read: 'type clusterIP clusterIPs selector ports sessionAffinity sessionAffinityConfig internalTrafficPolicy externalTrafficPolicy externalIPs loadBalancerSourceRanges allocateLoadBalancerNodePorts healthCheckNodePort publishNotReadyAddresses trafficDistribution externalName ipFamilies ipFamilyPolicy',
  ignored: 'loadBalancerIP loadBalancerClass topologyKeys',
})

export const SERVICE_PORT = table('spec.ports[]', {
  read: 'name protocol port targetPort nodePort',
  silent: 'appProtocol',
})

export const SESSION_AFFINITY_CONFIG = table('spec.sessionAffinityConfig', {
  read: 'clientIP',
})
export const CLIENT_IP_CONFIG = table('spec.sessionAffinityConfig.clientIP', {
  read: 'timeoutSeconds',
})
export const SERVICE_STATUS = table('status', {
  read: 'loadBalancer',
  isOpen: true,
})
export const LOAD_BALANCER_STATUS = table('status.loadBalancer', {
  read: 'ingress',
  isOpen: true,
})
export const INGRESS = table('status.loadBalancer.ingress[]', {
  read: 'ip hostname ipMode',
  isOpen: true,
})

export const ENDPOINT = table('endpoints[]', {
  read: 'addresses conditions nodeName zone hints',
  ignored: 'deprecatedTopology',
  silent: 'hostname targetRef',
})
export const ENDPOINT_CONDITIONS = table('endpoints[].conditions', {
  read: 'ready serving terminating',
})
export const ENDPOINT_HINTS = table('endpoints[].hints', {
  read: 'forZones forNodes',
})
export const HINT = table('endpoints[].hints', { read: 'name' })
export const ENDPOINT_PORT = table('ports[]', {
  read: 'name protocol port',
  silent: 'appProtocol',
})

export const NODE_SPEC = table('spec', {
  read: 'podCIDR unschedulable',
  ignored: 'taints',
  silent: 'podCIDRs providerID externalID configSource',
})
export const NODE_STATUS = table('status', {
  read: 'addresses conditions',
  isOpen: true,
})
export const NODE_ADDRESS = table('status.addresses[]', {
  read: 'type address',
  isOpen: true,
})
export const NAMESPACE_SPEC = table('spec', { silent: 'finalizers' })

/**
 * Every table, by the name of the API's type, in the order of the documentation; TemplateObjectMeta is the ObjectMeta of
 * a pod template. The page of this folder and the tests go through it.
 */
export const TABLES_BY_TYPE = {
  Deployment: OBJECT,
  ReplicaSet: OBJECT,
  StatefulSet: OBJECT,
  DaemonSet: OBJECT,
  Pod: OBJECT_WITH_STATUS,
  Service: OBJECT_WITH_STATUS,
  EndpointSlice: ENDPOINT_SLICE,
  Node: OBJECT_WITH_STATUS,
  Namespace: OBJECT,
  ObjectMeta: METADATA,
  LabelSelector: LABEL_SELECTOR,
  LabelSelectorRequirement: LABEL_REQUIREMENT,
  DeploymentSpec: WORKLOAD_SPEC.Deployment,
  ReplicaSetSpec: WORKLOAD_SPEC.ReplicaSet,
  StatefulSetSpec: WORKLOAD_SPEC.StatefulSet,
  DaemonSetSpec: WORKLOAD_SPEC.DaemonSet,
  DeploymentStrategy: STRATEGY,
  RollingUpdateDeployment: ROLLING_UPDATE,
  PodTemplateSpec: POD_TEMPLATE,
  TemplateObjectMeta: TEMPLATE_METADATA,
  PodSpec: POD_SPEC,
  Container: CONTAINER,
  ResourceRequirements: RESOURCES,
  ResourceList: RESOURCE_LIST,
  Lifecycle: LIFECYCLE,
  LifecycleHandler: PRE_STOP,
  SleepAction: SLEEP,
  ExecAction: EXEC,
  ContainerPort: CONTAINER_PORT,
  EnvVar: ENVIRONMENT_VARIABLE,
  TopologySpreadConstraint: SPREAD_CONSTRAINT,
  PodStatus: POD_STATUS,
  PodCondition: CONDITION,
  ServiceSpec: SERVICE_SPEC,
  ServicePort: SERVICE_PORT,
  SessionAffinityConfig: SESSION_AFFINITY_CONFIG,
  ClientIPConfig: CLIENT_IP_CONFIG,
  ServiceStatus: SERVICE_STATUS,
  LoadBalancerStatus: LOAD_BALANCER_STATUS,
  LoadBalancerIngress: INGRESS,
  Endpoint: ENDPOINT,
  EndpointConditions: ENDPOINT_CONDITIONS,
  EndpointHints: ENDPOINT_HINTS,
  ForZone: HINT,
  ForNode: HINT,
  EndpointPort: ENDPOINT_PORT,
  NodeSpec: NODE_SPEC,
  NodeStatus: NODE_STATUS,
  NodeAddress: NODE_ADDRESS,
  NamespaceSpec: NAMESPACE_SPEC,
} as const satisfies Record<string, FieldTable>

/**
 * CoreDNS in the cluster, where `spec.dns.mode` asks for it: the Service kube-dns of the manifests with its pods, or the one
 * that every cluster made by kubeadm has, with a Deployment behind it.
 *
 * Left out: where kubeadm lets CoreDNS run (control plane nodes, preferred anti-affinity): its pods are placed before all
 * others, by the same rules. Sources: kubernetes cmd/kubeadm/app/phases/addons/dns (manifests), cmd/kubeadm/app/constants
 * (`GetDNSIP`: the tenth address of the Service range).
 */
import { type Origin, originFrom } from '../base/diagnostics.js'
import type {
  ContainerPort,
  Manifests,
  ObjectMeta,
  ServiceObject,
  ServicePort,
  WorkloadObject,
} from '../input/kubernetes-objects.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import type { ClusterService, ClusterServicePort } from './cluster.js'
import { type ClusterRanges, hostAt, hostCount } from './cluster-ranges.js'
import type { Findings } from './findings.js'

/** The Service of CoreDNS, and the pods that svcsim adds. */
const NAMESPACE = 'kube-system'
const SERVICE_NAME = 'kube-dns'
const DEPLOYMENT_NAME = 'coredns'
const POD_LABELS: ReadonlyMap<string, string> = new Map([['k8s-app', 'kube-dns']])

const DNS_PORT = 53
/** Position of the tenth address among the hosts of the Service range. */
const DNS_IP_POSITION = 9

/** The manifests with CoreDNS: as they are where they have its Service, or where names take a given time. */
export function withCoreDns(
  manifests: Manifests,
  { dns }: ScenarioSpec,
  { serviceCidr }: ClusterRanges,
  findings: Findings,
): Manifests {
  if (dns.mode === 'constant' || manifests.services.some(({ meta }) => isOfDns(meta))) return manifests
  const origin = originIn(findings.scenario)
  const hasRoom = hostCount(serviceCidr) > DNS_IP_POSITION
  const added = service(hasRoom ? hostAt(serviceCidr, DNS_IP_POSITION) : undefined, origin)
  const { services, workloads } = manifests
  const before = services.filter(({ meta }) => comesBefore(meta, added.meta))
  return {
    ...manifests,
    // Its pods come first: what else runs in the cluster does not change where they are.
    workloads: hasPods(manifests) ? workloads : [deployment(dns.replicas, origin), ...workloads],
    services: [...before, added, ...services.slice(before.length)],
  }
}

/** The Service and port that the pods of a cluster send their queries to; undefined: there is none. */
export function dnsPortOf(
  services: readonly ClusterService[],
): { readonly service: ClusterService; readonly port: ClusterServicePort } | undefined {
  const service = services.find(isOfDns)
  const port = service?.ports.find((each) => each.protocol === 'UDP' && each.port === DNS_PORT)
  const hasAddress = service !== undefined && service.clusterIp !== '' && service.clusterIp !== 'None'
  return hasAddress && port !== undefined ? { service, port } : undefined
}

/** Indices of the pods that answer queries. */
export function dnsPodsOf(services: readonly ClusterService[]): ReadonlySet<number> {
  const endpoints = dnsPortOf(services)?.port.endpoints ?? []
  return new Set(endpoints.flatMap(({ podIndex }) => podIndex ?? []))
}

function isOfDns({ name, namespace }: Pick<ObjectMeta, 'name' | 'namespace'>): boolean {
  return name === SERVICE_NAME && namespace === NAMESPACE
}

/** Are there pods that the Service would select? */
function hasPods({ workloads, pods }: Manifests): boolean {
  const labelled = [
    ...workloads.map(({ meta, podLabels }) => ({ meta, labels: podLabels })),
    ...pods.map(({ meta }) => ({ meta, labels: meta.labels })),
  ]
  return labelled.some(
    ({ meta, labels }) =>
      meta.namespace === NAMESPACE && [...POD_LABELS].every(([key, value]) => labels.get(key) === value),
  )
}

function comesBefore(a: ObjectMeta, b: ObjectMeta): boolean {
  return a.namespace < b.namespace || (a.namespace === b.namespace && a.name < b.name)
}

/** Whatever is wrong with what was added has its cause in `spec.dns`. */
function originIn(scenario: Origin | undefined): Origin {
  const nowhere = { file: '', line: 1, column: 1, length: 1, excerpt: '' }
  return originFrom(scenario?.file ?? '', () => scenario?.place(['spec', 'dns']) ?? nowhere)
}

function metaOf(name: string): ObjectMeta {
  return { name, namespace: NAMESPACE, labels: POD_LABELS, annotations: new Map() }
}

function deployment(replicas: number, origin: Origin): WorkloadObject {
  const port = (name: string, containerPort: number, protocol: 'UDP' | 'TCP'): ContainerPort => ({
    name,
    containerPort,
    protocol,
  })
  const ports = [port('dns', DNS_PORT, 'UDP'), port('dns-tcp', DNS_PORT, 'TCP')]
  return {
    kind: 'Deployment',
    meta: metaOf(DEPLOYMENT_NAME),
    replicas,
    selector: { matchLabels: POD_LABELS, matchExpressions: [] },
    podLabels: POD_LABELS,
    podSpec: {
      nodeName: undefined,
      nodeSelector: new Map(),
      hostNetwork: false,
      hostname: undefined,
      subdomain: undefined,
      containers: [{ name: DEPLOYMENT_NAME, ports, env: new Map() }],
      topologySpreadConstraints: [],
    },
    serviceName: undefined,
    origin,
  }
}

function service(clusterIp: string | undefined, origin: Origin): ServiceObject {
  const port = (name: string, protocol: 'UDP' | 'TCP'): ServicePort => ({
    name,
    protocol,
    port: DNS_PORT,
    targetPort: DNS_PORT,
    nodePort: undefined,
  })
  return {
    kind: 'Service',
    meta: metaOf(SERVICE_NAME),
    type: 'ClusterIP',
    clusterIp,
    selector: POD_LABELS,
    ports: [port('dns', 'UDP'), port('dns-tcp', 'TCP')],
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
    origin,
  }
}

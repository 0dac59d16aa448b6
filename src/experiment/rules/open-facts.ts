/** What manifests leave open and svcsim has made up: addresses and node ports that Kubernetes draws, where pods run. */
import type { Manifests } from '../../input/kubernetes-objects.js'
import type { Cluster, ClusterPod, ClusterService } from '../../kubernetes/cluster.js'
import { servicePortsOf } from '../../kubernetes/cluster-proxy.js'
import type { ExpectedPort, OpenFacts } from '../../kubernetes/iptables-diff/expected-port.js'
import { endpointText } from '../../kubernetes/proxy-inputs.js'
import type { LoadedCluster } from '../load-cluster.js'

/** The Service ports of a cluster, each with what the manifests leave open. */
export function expectedPorts(loaded: LoadedCluster): ExpectedPort[] {
  const { cluster } = loaded
  const pods = new PodFacts(loaded)
  return cluster.services.flatMap((service) => expectedPortsOf(service, cluster, pods))
}

/** Those of one Service. */
export function expectedPortsOf(service: ClusterService, cluster: Cluster, pods: PodFacts): ExpectedPort[] {
  return servicePortsOf(service, cluster).map((info, position) => ({
    info,
    open: openFacts(service, position, pods),
  }))
}

/** Sentences on what svcsim has drawn; none where the manifests give everything. */
export function drawnFacts(loaded: LoadedCluster): string[] {
  const ports = expectedPorts(loaded)
  const count = (isOpen: (open: OpenFacts) => boolean) => ports.filter(({ open }) => isOpen(open)).length
  const podCount = new Set(ports.flatMap(({ open }) => [...open.addresses].map(addressOf))).size
  const parts = [
    text(
      count((open) => open.hasClusterIp),
      'cluster IP',
    ),
    text(
      count((open) => open.hasNodePort),
      'node port',
    ),
    text(
      count((open) => open.hasLoadBalancerVips),
      'load-balancer address',
    ),
    text(podCount, 'pod address'),
  ].filter((part) => part !== '')
  if (parts.length === 0) return []
  return [`drawn by svcsim, since the manifests do not give them: ${parts.join(', ')}`]
}

function text(count: number, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`
  return count === 0 ? '' : `${count} ${count === 1 ? noun : plural}`
}

function addressOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':'))
}

function openFacts(service: ClusterService, position: number, pods: PodFacts): OpenFacts {
  const { object, healthCheckNodePort } = service
  const { nodePort, endpoints } = service.ports[position]
  const written = object.ports[position]
  const ofPods = endpoints.flatMap((endpoint) =>
    endpoint.podIndex === undefined ? [] : [{ text: endpointText(endpoint), podIndex: endpoint.podIndex }],
  )
  const texts = (isOpen: (podIndex: number) => boolean) =>
    new Set(ofPods.filter(({ podIndex }) => isOpen(podIndex)).map((each) => each.text))
  return {
    hasClusterIp: object.clusterIp === undefined,
    hasNodePort: nodePort !== undefined && written.nodePort === undefined,
    hasLoadBalancerVips: object.type === 'LoadBalancer' && object.loadBalancerIngress.length === 0,
    hasHealthCheckNodePort: healthCheckNodePort !== undefined && object.healthCheckNodePort === undefined,
    addresses: texts((podIndex) => pods.isAddressOpen(podIndex)),
    nodes: texts((podIndex) => pods.isNodeOpen(podIndex)),
  }
}

/** What is known of pods by more than svcsim's choice. */
export class PodFacts {
  readonly #cluster: Cluster
  readonly #writtenAddresses: ReadonlySet<string>
  readonly #placed: ReadonlySet<string>

  constructor({ cluster, manifests, scenario }: LoadedCluster) {
    this.#cluster = cluster
    this.#writtenAddresses = writtenAddresses(manifests)
    const placedByHand = Object.keys(scenario.spec.cluster.placement)
    const fixed = manifests.workloads.filter(
      ({ kind, podSpec }) => kind === 'DaemonSet' || podSpec.nodeName !== undefined,
    )
    const pods = manifests.pods.filter(({ podSpec }) => podSpec.nodeName !== undefined)
    this.#placed = new Set([
      ...[...fixed, ...pods].map(({ meta }) => `${meta.namespace}/${meta.name}`),
      ...placedByHand.flatMap((name) => cluster.pods.filter(isOf(name)).map(ownerKey)),
    ])
  }

  /** Pods in the network of their node have its address; all others one of svcsim's, unless it is written. */
  isAddressOpen(podIndex: number): boolean {
    const pod = this.#cluster.pods[podIndex]
    const isInHostNetwork = pod.address === this.#cluster.nodes[pod.nodeIndex].address
    return !isInHostNetwork && !this.#writtenAddresses.has(pod.address)
  }

  isNodeOpen(podIndex: number): boolean {
    return !this.#placed.has(ownerKey(this.#cluster.pods[podIndex]))
  }
}

/** Of Pods, and of endpoints that were written by hand. */
function writtenAddresses({ pods, endpointSlices }: Manifests): ReadonlySet<string> {
  return new Set([
    ...pods.flatMap(({ podIp }) => podIp ?? []),
    ...endpointSlices.flatMap(({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses)),
  ])
}

function isOf(name: string): (pod: ClusterPod) => boolean {
  return ({ workload, name: podName }) => (workload === '' ? podName : workload) === name
}

/** The workload of a pod, or the Pod itself. */
function ownerKey({ namespace, workload, name }: ClusterPod): string {
  return `${namespace}/${workload === '' ? name : workload}`
}

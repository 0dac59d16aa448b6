/**
 * Services of the cluster with their addresses, node ports and endpoints; what DNS and kube-proxy make of them.
 */
import type { IpFamily } from '../base/ip-address.js'
import type { Manifests, ServiceObject } from '../input/kubernetes-objects.js'
import type { ScenarioSpec } from '../input/scenario-schema.js'
import { assignNodePorts, type ServiceNodePorts } from './assign-node-ports.js'
import { assignServiceAddresses, type ServiceAddresses } from './assign-service-addresses.js'
import type { ClusterNode, ClusterService, Endpoint } from './cluster.js'
import type { ClusterRanges } from './cluster-ranges.js'
import { collectSlices, type ServiceSlices } from './collect-slices.js'
import type { CompiledPod } from './compile-nodes.js'
import type { DnsEndpoint, DnsService } from './dns-records.js'
import type { Findings } from './findings.js'
import { type FoldedEndpoint, foldSlices, servicePortKey } from './fold-slices.js'
import type { Draw } from './number-pool.js'
import type { ServicePortInfo } from './proxy-inputs.js'
import { servicePortInfos } from './service-port-infos.js'

/** A Service with what only the compilation needs to know of it. */
export interface CompiledService {
  readonly service: ClusterService
  readonly slices: ServiceSlices
  /** What kube-proxy works from. */
  readonly proxyPorts: readonly ServicePortInfo[]
}

/** What Services are compiled from. */
export interface ServiceInput {
  readonly manifests: Manifests
  readonly nodes: readonly ClusterNode[]
  readonly pods: readonly CompiledPod[]
  readonly ranges: ClusterRanges
  readonly spec: ScenarioSpec
  readonly draw: Draw
  readonly findings: Findings
}

/** What a Service keeps as long as it is there: addresses and node ports, by position in the manifests. */
export interface DecidedServices {
  readonly addresses: readonly ServiceAddresses[]
  readonly ports: readonly ServiceNodePorts[]
}

/** Gives Services their addresses and node ports. */
export function decideServices({ manifests, ranges, spec, draw, findings }: ServiceInput): DecidedServices {
  const { services } = manifests
  const addresses = assignServiceAddresses(services, ranges, draw, findings)
  return { addresses, ports: assignNodePorts(services, spec.cluster.nodePortRange, draw, findings) }
}

/** Compiles the Services, in the order of the manifests, with their endpoints as pods are at one moment. */
export function compileServices(
  input: Pick<ServiceInput, 'manifests' | 'nodes' | 'pods' | 'ranges' | 'findings'>,
  { addresses, ports }: DecidedServices,
): CompiledService[] {
  const { manifests, nodes, pods, ranges, findings } = input
  const { services } = manifests
  const slices = collectSlices(manifests, nodes, pods, findings)
  const nodeIndexOf = new Map(nodes.map((node) => [node.name, node.index]))
  const { family } = ranges.podCidr
  return services.map((object, index) => {
    const folded = foldSlices(slices[index].slices, family)
    const parts = {
      addresses: addresses[index],
      ports: ports[index],
      slices: slices[index],
      folded,
      nodeIndexOf,
      family,
    }
    return compileService(object, index, parts)
  })
}

/** What the parts of the control plane decided about one Service. */
interface ServiceParts {
  readonly addresses: ServiceAddresses
  readonly ports: ServiceNodePorts
  readonly slices: ServiceSlices
  readonly folded: ReadonlyMap<string, readonly FoldedEndpoint[]>
  readonly nodeIndexOf: ReadonlyMap<string, number>
  readonly family: IpFamily
}

function compileService(object: ServiceObject, index: number, parts: ServiceParts): CompiledService {
  const { name, namespace } = object.meta
  const { clusterIp, loadBalancerAddresses } = parts.addresses
  const { nodePorts, healthCheckNodePort } = parts.ports
  const { slices, folded, nodeIndexOf, family } = parts
  const proxied = object.ports.map((port, position) => ({
    name: port.name,
    protocol: port.protocol,
    port: port.port,
    nodePort: nodePorts[position],
    endpoints: folded.get(servicePortKey(namespace, name, port.name, port.protocol)) ?? [],
  }))
  const ports = proxied.map((port) => ({
    ...port,
    endpoints: port.endpoints.map((each) => clusterEndpoint(each, nodeIndexOf)),
  }))
  const shared = { name, namespace, clusterIp, healthCheckNodePort }
  return {
    service: { index, object, loadBalancerAddresses, ports, ...shared },
    slices,
    proxyPorts: servicePortInfos(
      { ...object, ...shared, loadBalancerVips: loadBalancerAddresses, ports: proxied },
      family,
    ),
  }
}

function clusterEndpoint(endpoint: FoldedEndpoint, nodeIndexOf: ReadonlyMap<string, number>): Endpoint {
  const { address, port, podIndex, nodeName, ready, serving, terminating } = endpoint
  const nodeIndex = nodeName === undefined ? undefined : nodeIndexOf.get(nodeName)
  const { hintedZones, hintedNodes } = endpoint
  return { address, port, podIndex, nodeIndex, ready, serving, terminating, hintedZones, hintedNodes }
}

/** What DNS answers for a Service. */
export function dnsService({ service, slices }: CompiledService, pods: readonly CompiledPod[]): DnsService {
  const { index, name, namespace, object, clusterIp } = service
  const isExternalName = object.type === 'ExternalName'
  return {
    index,
    name,
    namespace,
    kind: isExternalName ? 'externalName' : clusterIp === 'None' ? 'headless' : 'clusterIp',
    externalName: object.externalName ?? '',
    endpoints: slices.slices.flatMap((slice) =>
      slice.endpoints
        .filter((each) => each.ready)
        .map((each): DnsEndpoint => {
          const pod = each.podIndex === undefined ? undefined : pods[each.podIndex]
          const hostname = pod?.subdomain === name ? pod.hostname : ''
          return { address: each.addresses[0] ?? '', podIndex: each.podIndex, hostname }
        }),
    ),
  }
}

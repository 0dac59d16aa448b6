/** What kube-proxy of a settled cluster works from: its rules can be written anew from this, or for some Services only. */
import type { Scenario } from '../input/scenario-schema.js'
import type { Cluster, ClusterNode, ClusterService, Endpoint } from './cluster.js'
import { clusterRanges } from './cluster-ranges.js'
import { Findings } from './findings.js'
import { type NodeRules, rulesOfNodes } from './node-rules.js'
import type { Draw } from './number-pool.js'
import { otherServices } from './other-services.js'
import type { NodeInfo, ProxyEndpoint, ProxyOptions, ServicePortInfo } from './proxy-inputs.js'
import { proxyOptionsOf } from './proxy-options.js'
import { servicePortInfos } from './service-port-infos.js'

/** The Service ports of a Service; none of a headless one. */
export function servicePortsOf(service: ClusterService, { nodes, ipFamily }: Cluster): ServicePortInfo[] {
  const { object, name, namespace, clusterIp, healthCheckNodePort, loadBalancerAddresses } = service
  const ports = service.ports.map((port) => ({
    ...port,
    endpoints: port.endpoints.map((endpoint) => proxyEndpoint(endpoint, nodes)),
  }))
  const proxied = { ...object, name, namespace, clusterIp, healthCheckNodePort }
  return servicePortInfos({ ...proxied, loadBalancerVips: loadBalancerAddresses, ports }, ipFamily)
}

/** A node as its kube-proxy knows it. */
export function nodeInfoOf({ name, zone, address, gatewayAddress, podCidr }: ClusterNode): NodeInfo {
  return { name, zone, address, localAddresses: [address, gatewayAddress], podCidr }
}

/** Writes the rules of nodes for Services as they are at one moment. */
export class RuleWriter {
  readonly #options: ProxyOptions
  readonly #others: ReturnType<typeof otherServices>

  constructor(
    readonly cluster: Cluster,
    readonly scenario: Scenario,
  ) {
    const { spec } = scenario
    const findings = new Findings(undefined)
    const clusterIps = new Set(cluster.services.map((each) => each.clusterIp))
    const keys = cluster.ipvsOrderKeys
    this.#options = {
      ...proxyOptionsOfScenario(scenario, () => 0),
      ipvsOrderKeyOf: keys === undefined ? undefined : (nodeName) => keys.get(nodeName) ?? 0,
    }
    this.#others = otherServices(spec, clusterRanges(spec, findings).serviceCidr, clusterIps, findings)
  }

  /** @param services - as the node's kube-proxy knows them */
  rulesOf(nodeIndex: number, services: readonly ClusterService[]): NodeRules {
    const { cluster, scenario } = this
    const ports = services.flatMap((service) => servicePortsOf(service, cluster))
    const all = [...this.#others.before, ...ports, ...this.#others.after]
    return rulesOfNodes(
      scenario.spec.proxy.mode,
      all,
      [nodeInfoOf(cluster.nodes[nodeIndex])],
      this.#options,
    )[0]
  }
}

/**
 * kube-proxy's settings.
 *
 * @param draw - from the beginning of the streams that the cluster was settled with, for the same order of real servers
 * @throws InputError ADDRESS_RANGE, which a settled cluster has not
 */
export function proxyOptionsOfScenario({ spec }: Scenario, draw: Draw): ProxyOptions {
  const findings = new Findings(undefined)
  const options = proxyOptionsOf(spec, clusterRanges(spec, findings), draw, findings)
  findings.throwErrors()
  return options
}

function proxyEndpoint(
  { nodeIndex, podIndex: _podIndex, ...endpoint }: Endpoint,
  nodes: readonly ClusterNode[],
): ProxyEndpoint {
  return { ...endpoint, nodeName: nodeIndex === undefined ? undefined : nodes[nodeIndex].name }
}

/**
 * A cluster with the addresses that real nodes know: where the manifests leave cluster IPs, node ports and load-balancer
 * addresses open, and rules of a node were given, those of the node stand in the place of svcsim's.
 */

import type { Cluster, ClusterService } from '../../kubernetes/cluster.js'
import { nodeInfoOf, proxyOptionsOfScenario, servicePortsOf } from '../../kubernetes/cluster-proxy.js'
import { adoptPort } from '../../kubernetes/iptables-diff/adopt-port.js'
import type { ExpectedPort } from '../../kubernetes/iptables-diff/expected-port.js'
import { type RulesView, viewRules } from '../../kubernetes/iptables-diff/rules-view.js'
import { rulesOfNodes } from '../../kubernetes/node-rules.js'
import type { NodeInfo } from '../../kubernetes/proxy-inputs.js'
import type { Table } from '../../netfilter/iptables/rule.js'
import { drawFrom } from '../draws.js'
import type { LoadedCluster } from '../load-cluster.js'
import { expectedPortsOf, PodFacts } from '../rules/open-facts.js'

/** Rules of a real node. */
export interface DumpedNode {
  readonly node: NodeInfo
  readonly tables: readonly Table[]
}

/** What was taken, by index of the Service: `cluster IP 10.96.3.4`. */
export interface AdoptedCluster {
  readonly cluster: Cluster
  readonly adopted: ReadonlyMap<number, readonly string[]>
}

/** Takes addresses from dumps, the first that has them; without dumps the cluster is as it was. */
export function adoptDumps(loaded: LoadedCluster, dumps: readonly DumpedNode[]): AdoptedCluster {
  const { cluster, scenario } = loaded
  if (dumps.length === 0) return { cluster, adopted: new Map() }
  const views = dumps.map(({ node, tables }) => ({ node, view: viewRules(tables) }))
  const pods = new PodFacts(loaded)
  const adopted = new Map<number, readonly string[]>()
  const services = cluster.services.map((service) => {
    const ports = expectedPortsOf(service, cluster, pods)
    const result = adoptService(service, ports, views)
    if (result.facts.length > 0) adopted.set(service.index, result.facts)
    return result.service
  })
  const changed = { ...cluster, services }
  const nodeRules = rulesOfNodes(
    scenario.spec.proxy.mode,
    services.flatMap((service) => servicePortsOf(service, changed)),
    cluster.nodes.map(nodeInfoOf),
    proxyOptionsOfScenario(scenario, drawFrom(scenario.spec.seed)),
  )
  return { cluster: { ...changed, nodeRules }, adopted }
}

function adoptService(
  service: ClusterService,
  ports: readonly ExpectedPort[],
  views: readonly { readonly node: NodeInfo; readonly view: RulesView }[],
): { readonly service: ClusterService; readonly facts: readonly string[] } {
  const facts = new Set<string>()
  const results = ports.map(({ info, open }) => {
    const found = views.find(({ view }) => view.ports.has(info.name))
    // Addresses of pods stay: where those of the node are, nobody knows.
    const asked = { info, open: { ...open, addresses: new Set<string>(), nodes: new Set<string>() } }
    if (found === undefined) return info
    const port = adoptPort(asked, found.view.ports.get(info.name), found.node)
    for (const fact of port.adopted) facts.add(fact)
    return port.info
  })
  const [first] = results
  if (first === undefined || facts.size === 0) return { service, facts: [] }
  return {
    service: {
      ...service,
      clusterIp: first.clusterIp,
      loadBalancerAddresses: first.loadBalancerVips,
      healthCheckNodePort: first.healthCheckNodePort,
      ports: service.ports.map((port, index) => ({ ...port, nodePort: results[index].nodePort })),
    },
    facts: [...facts],
  }
}

/**
 * The control plane in one step: manifests and scenario in, the settled cluster out.
 *
 * Modelled: the beginning of the run, when every pod runs and every kube-proxy has synced, and what the events of the scenario
 * make of it (`timeline/`); see README.md for each part.
 */
import type { Origin } from '../base/diagnostics.js'
import type { Manifests } from '../input/kubernetes-objects.js'
import type { Scenario, ScenarioSpec } from '../input/scenario-schema.js'
import { checkDns } from './check-dns.js'
import { checkScenario } from './check-scenario.js'
import { checkSizes } from './check-sizes.js'
import type { Cluster, ClusterNode } from './cluster.js'
import { clusterRanges } from './cluster-ranges.js'
import { type CompiledPod, compileNodes } from './compile-nodes.js'
import { compileServices, decideServices, dnsService } from './compile-services.js'
import { withCoreDns } from './coredns.js'
import { createDnsRecords } from './dns-records.js'
import { Findings } from './findings.js'
import { rulesOfNodes } from './node-rules.js'
import type { Draw } from './number-pool.js'
import { otherServices } from './other-services.js'
import { placePods } from './place-pods.js'
import { podGroups } from './pod-groups.js'
import type { NodeInfo, ProxyOptions } from './proxy-inputs.js'
import { proxyOptionsOf } from './proxy-options.js'
import type { RulesOfNodes } from './remembered-rules.js'
import { settleNodes } from './settle-nodes.js'
import { clusterChanges } from './timeline/cluster-changes.js'
import type { PodCondition } from './timeline/pod-life.js'
import { timelineOf } from './timeline/timeline.js'
import { warnOfServices } from './warn-of-services.js'

/** What may be known beside the objects. */
export interface CompileOptions {
  /** Where the user's settings stand, for messages; the objects of the manifests know it themselves. */
  readonly scenario?: Origin
  /** Writes the rules of the nodes; `rulesOfNodes` by default. */
  readonly writeRules?: RulesOfNodes
}

/**
 * Settles the cluster.
 *
 * @param given - the objects; CoreDNS is added to them where the scenario asks for it and they have none
 * @param draw - named streams for what Kubernetes chooses at random: `service/<namespace>/<name>/cluster-ip`,
 *   `…/load-balancer-address`, `…/<port>/node-port`, `…/health-check-node-port`, and `node/<name>/ipvs-order`; at most one draw of each
 * @throws InputError with everything that is wrong: NODE_UNKNOWN, WORKLOAD_UNKNOWN, SVC_UNKNOWN, POD_NAME_TWICE,
 *   POD_UNSCHEDULABLE, ADDRESS_RANGE, ADDRESS_RANGE_FULL, ADDRESS_CLASH, FIELD_VALUE, CLUSTER_IP_RANGE,
 *   CLUSTER_IP_CLASH, NODE_PORT_RANGE, NODE_PORT_CLASH, CALL_UNKNOWN_SERVICE, VIA_IMPOSSIBLE, DNS_SERVICE,
 *   LIMIT_EXCEEDED
 * @remarks O(pods · nodes + Services · endpoints · log endpoints + nodes · Services). The same arguments give the
 *   same cluster; of the objects only their lists' order (by namespace and name) counts.
 */
export function compileCluster(
  given: Manifests,
  scenario: Scenario,
  draw: Draw,
  options: CompileOptions = {},
): Cluster {
  const { spec } = scenario
  const findings = new Findings(options.scenario)
  const ranges = clusterRanges(spec, findings)
  const proxyOptions = proxyOptionsOf(spec, ranges, draw, findings)
  const manifests = withCoreDns(given, spec, ranges, findings)
  const settled = settleNodes(manifests, spec)
  const groups = podGroups(manifests, spec, findings)
  checkSizes(manifests, groups, settled.length, findings)
  const placed = placePods(groups, settled, findings)
  const timeline = timelineOf({ spec, groups, nodes: settled, placed, findings })
  const { nodes, pods: compiledPods } = compileNodes(settled, placed, timeline.later, ranges, spec, findings)
  const pods = compiledPods.map((each) => each.pod)
  const input = { manifests, nodes, pods: compiledPods, ranges, spec, draw, findings }
  const decided = decideServices(input)
  const compiled = compileServices(input, decided)
  const services = compiled.map((each) => each.service)
  const search = spec.dns.mode === 'coredns' ? spec.dns : undefined
  const dns = createDnsRecords(
    compiled.map((each) => dnsService(each, compiledPods)),
    search,
  )
  const clusterIps = new Set(services.map((each) => each.clusterIp))
  const others = otherServices(spec, ranges.serviceCidr, clusterIps, findings)
  const usedIndices = new Set(checkScenario(spec, { nodes, pods, services, dns }, findings))
  const dnsIndex = checkDns(spec, pods, services, dns, findings)
  if (dnsIndex !== undefined) usedIndices.add(dnsIndex)
  warnOfServices(compiled, groups, usedIndices, findings)
  findings.throwErrors()
  const changes = clusterChanges(timeline.log, services, (conditions) => {
    const later = { ...input, pods: podsAt(compiledPods, conditions), findings: new Findings(undefined) }
    return compileServices(later, decided).map((each) => each.service)
  })
  const ipvsOrderKeys = orderKeysOf(spec, nodes, proxyOptions)
  return {
    nodes,
    pods,
    services,
    changes,
    goneState: timeline.goneState,
    isThereAtFirst: compiledPods.map(({ isPresent }) => isPresent),
    dns,
    ipFamily: ranges.podCidr.family,
    podCidr: ranges.podCidr.text,
    ipvsOrderKeys,
    nodeRules: (options.writeRules ?? rulesOfNodes)(
      spec.proxy.mode,
      [...others.before, ...compiled.flatMap((each) => each.proxyPorts), ...others.after],
      nodes.map(nodeInfo),
      { ...proxyOptions, ipvsOrderKeyOf: ipvsOrderKeys && ((nodeName) => ipvsOrderKeys.get(nodeName) ?? 0) },
    ),
    warnings: findings.warnings,
  }
}

/** One draw for each node, as every sync of its kube-proxy goes by it. */
function orderKeysOf(
  { proxy }: ScenarioSpec,
  nodes: readonly ClusterNode[],
  { ipvsOrderKeyOf }: ProxyOptions,
): ReadonlyMap<string, number> | undefined {
  if (proxy.mode !== 'ipvs' || ipvsOrderKeyOf === undefined) return undefined
  return new Map(nodes.map(({ name }) => [name, ipvsOrderKeyOf(name)]))
}

/** Pods as they are at one moment. */
function podsAt(
  pods: readonly CompiledPod[],
  conditions: ReadonlyMap<number, PodCondition>,
): readonly CompiledPod[] {
  return pods.map((each) => {
    const condition = conditions.get(each.pod.index)
    if (condition === undefined) return each
    const { isPresent, isReady, isTerminating } = condition
    return { ...each, pod: { ...each.pod, isReady }, isPresent, isTerminating }
  })
}

function nodeInfo({ name, zone, address, gatewayAddress, podCidr }: ClusterNode): NodeInfo {
  return { name, zone, address, localAddresses: [address, gatewayAddress], podCidr }
}

/** From the summaries of design points to the results object. */
import { qualifiedName } from '../base/qualified-name.js'
import { MODEL_VERSION, VERSION } from '../base/version.js'
import { fixedWarmUpNs, MSER5 } from '../input/warm-up-schema.js'
import type { Cluster, ClusterPod } from '../kubernetes/cluster.js'
import type { CallSummary, PointSummary, SpreadSummary } from '../metrics/summarise.js'
import { behaviourKey } from '../model/behaviours.js'
import { buildCallGraph, type CallSite, eligiblePods } from '../model/call-sites.js'
import {
  type CallResult,
  type PointResult,
  RESULTS_SCHEMA_VERSION,
  type Results,
  type Spread,
} from '../results/results-schema.js'
import { assumptionsOf } from './assumptions.js'
import { callWays } from './call-ways.js'
import { instabilityWarnings } from './instability/instability-warnings.js'
import type { DesignPoint, ExperimentPlan } from './plan.js'

/** @param points - by point of the plan */
export function assembleResults(plan: ExperimentPlan, points: PointResult[]): Results {
  const { cluster, scenario } = plan.points[0]
  const { horizon } = scenario.spec
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    tool: { name: 'svcsim', version: VERSION, modelVersion: MODEL_VERSION },
    scenario: { ...scenario.metadata, digest: plan.digest },
    seed: plan.seed,
    replications: plan.replications,
    warmUpNs: fixedWarmUpNs(scenario.spec),
    ...(plan.hasFoundWarmUp === true ? { warmUpMethod: MSER5 } : {}),
    horizonNs: horizon,
    command: plan.command,
    assumptions: assumptionsOf(
      scenario,
      cluster,
      plan.points.map((point) => point.cluster),
    ),
    warnings: [
      ...plan.warnings.map(({ code, message, place }) =>
        place === undefined
          ? { code, message }
          : { code, message, place: `${place.file}:${place.line}:${place.column}` },
      ),
      ...instabilityWarnings(points),
    ],
    ...(plan.sweep === undefined ? {} : { sweep: sweepOf(plan.sweep) }),
    points,
  }
}

function sweepOf({ axes, table }: NonNullable<ExperimentPlan['sweep']>): NonNullable<Results['sweep']> {
  if (table === undefined) return { axes: [...axes] }
  const { columns, metrics, call } = table
  return { axes: [...axes], table: { columns, metrics, ...(call === undefined ? {} : { call }) } }
}

/** One design point's figures with the names of its calls, pods and nodes. */
export function pointResult(point: DesignPoint, summary: PointSummary): PointResult {
  const { cluster, scenario } = point
  const { sites } = buildCallGraph(cluster, scenario)
  return {
    settings: point.settings.map((setting) => ({ ...setting })),
    calls: sites.map((site, index) => callResult(site, summary.calls[index], point)),
    pods: cluster.pods.map((pod, index) => ({
      pod: qualifiedName(pod),
      node: cluster.nodes[pod.nodeIndex].name,
      workload: behaviourKey(pod),
      ...summary.pods[index],
    })),
    nodes: cluster.nodes.map((node, index) => ({
      node: node.name,
      zone: node.zone,
      ...summary.nodes[index],
    })),
  }
}

function callResult(
  site: CallSite,
  { ways: counts, ...summary }: CallSummary,
  { cluster, scenario }: DesignPoint,
): CallResult {
  const pods = eligiblePods(cluster, site)
  const ways = counts && callWays(counts, site, cluster, scenario)
  return {
    caller: site.caller,
    service: qualifiedName(site.service),
    port: site.port.port,
    via: site.via,
    ...summary,
    connections: spreadResult(summary.connections, pods, cluster),
    requests: spreadResult(summary.requests, pods, cluster),
    ...(ways === undefined ? {} : { ways }),
  }
}

function spreadResult(summary: SpreadSummary, pods: readonly ClusterPod[], cluster: Cluster): Spread {
  const { counts, ...figures } = summary
  const perPod = pods.map((pod, position) => ({
    pod: qualifiedName(pod),
    node: cluster.nodes[pod.nodeIndex].name,
    count: counts[position],
  }))
  return { perPod, ...figures }
}

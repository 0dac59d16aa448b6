/**
 * How much of its CPU limit a workload uses. Servers of a pod with less CPU than servers are mostly idle when the pod is not: its
 * work is bound by CPU time, which is known before a run.
 */
import { behaviourKey } from '../../model/behaviours.js'
import { buildCallGraph } from '../../model/call-sites.js'
import { offeredLoads } from '../instability/offered-load.js'
import type { DesignPoint } from '../plan.js'

/** CPU of a workload whose pods have less of it than servers. */
export interface CpuUse {
  /** CPUs of one pod. */
  readonly cpus: number
  /** CPU time asked for over CPU time there is, all pods together. */
  readonly use: number
}

/** Of the workload at a point; undefined where its servers bound it. */
export function cpuUseOf(point: DesignPoint, workload: string): CpuUse | undefined {
  const { cluster, scenario } = point
  const graph = buildCallGraph(cluster, scenario)
  const pod = cluster.pods.find((each) => behaviourKey(each) === workload)
  if (pod === undefined) return undefined
  const limitMilli = graph.behaviours.cpuLimitMilliOfPod[pod.index]
  const { servers } = graph.behaviours.ofPod[pod.index]
  if (limitMilli === undefined || limitMilli >= servers * 1_000) return undefined
  const load = offeredLoads(point, graph).find((each) => each.workload === workload)
  return load === undefined ? undefined : { cpus: limitMilli / 1_000, use: load.utilisation }
}

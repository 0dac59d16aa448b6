/** What figures can be of: the names at the points of an experiment, or in saved results. */

import { qualifiedName } from '../../base/qualified-name.js'
import { behaviourKey } from '../../model/behaviours.js'
import { buildCallGraph } from '../../model/call-sites.js'
import type { Results } from '../../results/results-schema.js'
import type { DesignPoint } from '../plan.js'

/** Names of all points together, in the order of their first appearance. */
export interface FigureNames {
  /** Services that anybody calls: name (NAMESPACE/NAME outside the default namespace) to the ports called. */
  readonly service: ReadonlyMap<string, ReadonlySet<number>>
  readonly client: ReadonlySet<string>
  /** Pods and workloads. */
  readonly pods: ReadonlySet<string>
  readonly nodes: ReadonlySet<string>
}

class NameCollector implements FigureNames {
  readonly service = new Map<string, Set<number>>()
  readonly client = new Set<string>()
  readonly pods = new Set<string>()
  readonly nodes = new Set<string>()

  addService(name: string, port: number): void {
    const ports = this.service.get(name)
    if (ports === undefined) this.service.set(name, new Set([port]))
    else ports.add(port)
  }
}

/** The names at these points. */
export function namesAtPoints(points: readonly DesignPoint[]): FigureNames {
  const names = new NameCollector()
  for (const { cluster, scenario } of points) {
    for (const { service, port } of buildCallGraph(cluster, scenario).sites)
      names.addService(qualifiedName(service), port.port)
    for (const { name } of scenario.spec.clients) names.client.add(name)
    for (const pod of cluster.pods) names.pods.add(behaviourKey(pod)).add(qualifiedName(pod))
    for (const { name } of cluster.nodes) names.nodes.add(name)
  }
  return names
}

/** The names in results; who calls and is no workload is a client group. */
export function namesInResults({ points }: Results): FigureNames {
  const names = new NameCollector()
  for (const { calls, pods, nodes } of points) {
    const workloads = new Set(pods.map(({ workload }) => workload))
    for (const { caller, service, port } of calls) {
      names.addService(service, port)
      if (!workloads.has(caller)) names.client.add(caller)
    }
    for (const { pod, workload } of pods) names.pods.add(workload).add(pod)
    for (const { node } of nodes) names.nodes.add(node)
  }
  return names
}

/** The pods that requests of a client group need: those behind the Services on the way, and those that answer its queries. */
import type { ClusterPod } from '../../kubernetes/cluster.js'
import { dnsPodsOf } from '../../kubernetes/coredns.js'
import { behaviourKey } from '../../model/behaviours.js'
import { type CallNode, type CallRoot, podsBehind } from '../../model/call-sites.js'
import type { DesignPoint } from '../plan.js'

/** By workload, that of the first call first. */
export type NeededPods = ReadonlyMap<string, readonly ClusterPod[]>

/**
 * Finds them.
 *
 * @param root - the calls that a request of the group sets off
 */
export function neededPods({ cluster, scenario }: DesignPoint, root: CallRoot): NeededPods {
  const byWorkload = new Map<string, readonly ClusterPod[]>()
  const visit = (node: CallNode) => {
    const pods = podsBehind(cluster, node.site)
    for (const [workload, { children }] of node.handlers) {
      byWorkload.set(
        workload,
        pods.filter((pod) => behaviourKey(pod) === workload),
      )
      children.forEach(visit)
    }
  }
  visit(root.node)
  if (scenario.spec.dns.mode !== 'coredns') return byWorkload
  for (const index of dnsPodsOf(cluster.services)) {
    const pod = cluster.pods[index]
    const key = behaviourKey(pod)
    byWorkload.set(key, [...(byWorkload.get(key) ?? []), pod])
  }
  return byWorkload
}

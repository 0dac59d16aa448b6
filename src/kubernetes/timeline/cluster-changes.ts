/** From what happens to pods and nodes to what the running model has to follow: moments, in order of time. */
import type { ClusterChange, ClusterService } from '../cluster.js'
import type { PodCondition, TimelineLog } from './pod-life.js'

/** Endpoints as pods are at one moment; conditions of those that never changed are left out. */
export type ServicesAt = (conditions: ReadonlyMap<number, PodCondition>) => readonly ClusterService[]

/** @param first - the Services of the beginning */
export function clusterChanges(
  { states, conditions, nodes }: TimelineLog,
  first: readonly ClusterService[],
  servicesAt: ServicesAt,
): ClusterChange[] {
  const times = new Set([...states, ...conditions, ...nodes].map(({ atNs }) => atNs))
  const known = new Map<number, PodCondition>()
  let before = first
  return [...times]
    .sort((a, b) => a - b)
    .map((atNs) => {
      const isNow = (each: { readonly atNs: number }) => each.atNs === atNs
      const changed = conditions.filter(isNow)
      for (const { condition } of changed) known.set(condition.podIndex, condition)
      const after = changed.length === 0 ? before : keepEqual(before, servicesAt(known))
      const services = after === before ? undefined : after
      before = after
      return {
        atNs,
        pods: states.filter(isNow).map(({ podIndex, state }) => ({ podIndex, state })),
        nodes: nodes.filter(isNow).map(({ nodeIndex, isLost }) => ({ nodeIndex, isLost })),
        services,
      }
    })
}

/** Services in which nothing changed stay the same objects; if that is all of them, so does the list. */
function keepEqual(
  before: readonly ClusterService[],
  after: readonly ClusterService[],
): readonly ClusterService[] {
  const merged = after.map((service, index) =>
    JSON.stringify(service.ports) === JSON.stringify(before[index].ports) ? before[index] : service,
  )
  return merged.every((service, index) => service === before[index]) ? before : merged
}

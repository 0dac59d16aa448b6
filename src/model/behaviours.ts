/** How each pod behaves: what the scenario says of its workload, or of the Pod by name, or the defaults. */
import { DEFAULT_POD_BEHAVIOUR, type PodBehaviour, type Scenario } from '../input/scenario-schema.js'
import type { Cluster, ClusterPod } from '../kubernetes/cluster.js'

export interface Behaviours {
  /** By pod index. */
  readonly ofPod: readonly PodBehaviour[]
  /** By pod index: 1 is normal, 0.25 takes four times as long. */
  readonly speedOfPod: readonly number[]
}

/** What a pod goes by in `spec.pods`, and as a caller in the results: its workload, or its own name. */
export function behaviourKey(pod: ClusterPod): string {
  return pod.workload === '' ? pod.name : pod.workload
}

export function behavioursOf(cluster: Cluster, scenario: Scenario): Behaviours {
  const ofPod = cluster.pods.map((pod) => scenario.spec.pods[behaviourKey(pod)] ?? DEFAULT_POD_BEHAVIOUR)
  const speedOfPod = cluster.pods.map((pod, index) => ofPod[index].speed[String(pod.ordinal)] ?? 1)
  return { ofPod, speedOfPod }
}

/** How each pod behaves: what the scenario says of its workload, or of the Pod by name, or the defaults. */
import { milliCpus } from '../base/units.js'
import { DEFAULT_POD_BEHAVIOUR } from '../input/default-pod-behaviour.js'
import { FROM_MANIFEST } from '../input/pod-words.js'
import type { PodBehaviour, Scenario } from '../input/scenario-schema.js'
import type { Cluster, ClusterPod } from '../kubernetes/cluster.js'
import { dnsPodsOf } from '../kubernetes/coredns.js'

export interface Behaviours {
  /** By pod index. */
  readonly ofPod: readonly PodBehaviour[]
  /** By pod index: 1 is normal, 0.25 takes four times as long. */
  readonly speedOfPod: readonly number[]
  /** By pod index: thousandths of a CPU; undefined: no limit. */
  readonly cpuLimitMilliOfPod: readonly (number | undefined)[]
}

/** What a pod goes by in `spec.pods`, and as a caller in the results: its workload, or its own name. */
export function behaviourKey(pod: ClusterPod): string {
  return pod.workload === '' ? pod.name : pod.workload
}

/** Pods of CoreDNS that are asked for names behave as `spec.dns.server` says. */
export function behavioursOf(cluster: Cluster, scenario: Scenario): Behaviours {
  const { pods, dns } = scenario.spec
  const dnsPods = dns.mode === 'coredns' ? dnsPodsOf(cluster.services) : new Set()
  const ofPod = cluster.pods.map((pod) => {
    if (dnsPods.has(pod.index)) return { ...DEFAULT_POD_BEHAVIOUR, ...dns.server }
    const key = behaviourKey(pod)
    return Object.hasOwn(pods, key) ? pods[key] : DEFAULT_POD_BEHAVIOUR
  })
  const speedOfPod = cluster.pods.map((pod, index) => ofPod[index].speed[String(pod.ordinal)] ?? 1)
  const cpuLimitMilliOfPod = cluster.pods.map((pod, index) => cpuLimitMilli(ofPod[index], pod))
  return { ofPod, speedOfPod, cpuLimitMilliOfPod }
}

/** The CPU limit of a pod, thousandths of a CPU; undefined: none, or none in its manifest. */
export function cpuLimitMilli({ cpuLimit }: PodBehaviour, pod: ClusterPod): number | undefined {
  if (cpuLimit === undefined) return undefined
  return cpuLimit === FROM_MANIFEST ? pod.cpuLimitMilli : milliCpus(cpuLimit)
}

/** What requests of one class need of a pod: those of none, or of one that the pod does not tell apart, what all need. */
export function needsOf(
  behaviour: PodBehaviour,
  requestClass: string | undefined,
): Pick<PodBehaviour, 'serviceTime' | 'calls'> {
  const { serviceTime, calls, classes } = behaviour
  if (requestClass === undefined || !Object.hasOwn(classes, requestClass)) return { serviceTime, calls }
  const own = classes[requestClass]
  return { serviceTime: own.serviceTime ?? serviceTime, calls: own.calls ?? calls }
}

/** Every figure that svcsim measures for a pod, for a node, and for one pod of a call; see `metric-catalogue.ts`. */
import { exactly, type Metric } from './metric-catalogue.js'
import type { NodeResult, PodResult } from './results-schema.js'

/** What one call brought to one pod, all replications together. */
export interface CallAtPod {
  readonly connections: number
  readonly requests: number
}

/** Every metric of a pod, whoever called it. */
export const podMetrics: readonly Metric<PodResult>[] = [
  {
    path: 'pod.served',
    label: 'served',
    unit: 'count',
    definition: 'Requests that the pod answered, all replications together.',
    of: (pod) => exactly(pod.served),
  },
  {
    path: 'pod.rejected',
    label: 'rejected',
    unit: 'count',
    definition: 'Requests that the pod turned away because its queue was full, all replications together.',
    of: (pod) => exactly(pod.rejected),
  },
  {
    path: 'pod.utilisation',
    label: 'utilisation',
    unit: 'ratio',
    definition: 'Busy servers over all servers of the pod, averaged over time.',
    of: (pod) => pod.utilisation,
  },
  {
    path: 'pod.meanQueueLength',
    label: 'queue length',
    unit: 'number',
    definition:
      'Requests waiting for a server of the pod (where all share the servers: those beyond their number), averaged over time; those in service do not count.',
    of: (pod) => pod.meanQueueLength,
  },
  {
    path: 'pod.throttledRatio',
    label: 'throttled',
    unit: 'ratio',
    definition:
      'Share of time in which the pod had work but its CPU limit let no server run; nothing where it has no limit.',
    of: (pod) => pod.throttledRatio ?? exactly(null),
  },
  ...dnsMetrics(),
]

/** The metrics that a pod has: no throttling where it has no CPU limit, no queries where it answers none. */
export function podMetricsOf(pod: PodResult): readonly Metric<PodResult>[] {
  return podMetrics.filter(({ path }) => {
    if (path === 'pod.throttledRatio') return pod.throttledRatio !== undefined
    return !path.startsWith('pod.dns.') || pod.dns !== undefined
  })
}

/** Every metric of a node. */
export const nodeMetrics: readonly Metric<NodeResult>[] = [
  {
    path: 'node.firstPackets',
    label: 'first packets',
    unit: 'count',
    definition:
      'First packets of connections that traversed the rules of the node, all replications together.',
    of: (node) => exactly(node.firstPackets),
  },
  {
    path: 'node.rulesEvaluated',
    label: 'rules evaluated',
    unit: 'count',
    definition: 'Rules evaluated for those packets, all replications together.',
    of: (node) => exactly(node.rulesEvaluated),
  },
  {
    path: 'node.utilisation',
    label: 'utilisation',
    unit: 'ratio',
    definition: 'Share of time that the packet processors of the node worked on first packets.',
    of: (node) => node.utilisation,
  },
  ...dropMetrics(),
  {
    path: 'node.conntrackPeak',
    label: 'tracked, peak',
    unit: 'count',
    definition:
      'Most connections that the node tracked at once, closed ones that keep their place included; the greatest of all replications, warm-up included.',
    of: (node) => exactly(node.conntrackPeak),
  },
  {
    path: 'node.masqueradePortsPeak',
    label: 'ports, peak',
    unit: 'count',
    definition:
      'Most connections that the node masqueraded at once to one endpoint; the greatest of all replications, warm-up included.',
    of: (node) => exactly(node.masqueradePortsPeak),
  },
]

/** What a pod that answers DNS queries was asked and answered, all replications together. */
function dnsMetrics(): Metric<PodResult>[] {
  const counts = [
    ['queries', 'queries', 'DNS queries that came to the pod, those that found no place included'],
    ['noError', 'NOERROR', 'DNS answers of the pod that a name exists'],
    ['nxDomain', 'NXDOMAIN', 'DNS answers of the pod that a name does not exist'],
  ] as const
  return counts.map(([name, label, what]) => ({
    path: `pod.dns.${name}`,
    label,
    unit: 'count',
    definition: `${what}, all replications together; nothing where it answers none.`,
    of: (pod) => exactly(pod.dns?.[name] ?? null),
  }))
}

/** First packets that the node dropped, by cause, all replications together. */
function dropMetrics(): Metric<NodeResult>[] {
  const causes = [
    ['rules', 'rule drops', 'a rule'],
    ['backlog', 'backlog drops', 'too many packets waiting for the processors'],
    ['conntrackFull', 'table drops', 'a full table of connections'],
    ['noMasqueradePort', 'no-port drops', 'no port left to masquerade them'],
  ] as const
  return causes.map(([cause, label, reason]) => ({
    path: `node.drops.${cause}`,
    label,
    unit: 'count',
    definition: `First packets that the node dropped because of ${reason}, all replications together.`,
    of: (node) => exactly(node.drops[cause]),
  }))
}

/** Every metric of one pod as one call saw it. */
export const callAtPodMetrics: readonly Metric<CallAtPod>[] = [
  {
    path: 'connections.count',
    label: 'connections',
    unit: 'count',
    definition: 'Connections of the call that reached the pod, all replications together.',
    of: (at) => exactly(at.connections),
  },
  {
    path: 'requests.count',
    label: 'requests',
    unit: 'count',
    definition: 'Requests of the call that reached the pod, all replications together.',
    of: (at) => exactly(at.requests),
  },
]

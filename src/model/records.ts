/**
 * What the model tells: one record when a connection reaches its pod, one when a request ends. `metrics/` makes figures
 * of them. A record object is used again for the next event: whoever wants to keep it copies it.
 */

/** Why a node dropped a packet. */
export const DROP_CAUSES = ['rules', 'backlog', 'conntrackFull', 'noMasqueradePort'] as const
export type DropCause = (typeof DROP_CAUSES)[number]

/** How a request ended; exactly one each. `unfinished`: the horizon came first. */
export const OUTCOMES = ['completed', 'refused', 'timedOut', 'reset', 'rejected', 'unfinished'] as const
export type OutcomeName = (typeof OUTCOMES)[number]

/** Position of each outcome in `OUTCOMES`. */
export const Outcome = {
  completed: 0,
  refused: 1,
  timedOut: 2,
  reset: 3,
  rejected: 4,
  unfinished: 5,
} as const

/**
 * The parts that a response time is made of, in the order they are met; they add up to it exactly. The last is what failed
 * attempts took, before the one that the others are of.
 */
export const PARTS = [
  'dns',
  'connect',
  'rules',
  'network',
  'queue',
  'service',
  'downstream',
  'retry',
] as const
export type PartName = (typeof PARTS)[number]

export interface RequestRecord {
  /** Index of the call site: who called whom. */
  call: number
  /** Client of the group, or pod index of the calling pod. */
  client: number
  /** Pod that the request reached; -1 for none. */
  pod: number
  /** Position in `OUTCOMES`. */
  outcome: number
  /** When the client wanted it; latency counts from here. */
  intendedNs: number
  /** From the intended start to the last byte; for failures, to the news of it. */
  responseTimeNs: number
  /** Attempts made; 1 if it was not retried. */
  attempts: number
  /** Queries that were sent to resolve its name; 0 where look-ups take a given time. */
  dnsQueries: number
  /** Time that failed attempts, and the pauses after them, took. */
  retryNs: number
  dnsNs: number
  connectNs: number
  rulesNs: number
  networkNs: number
  queueNs: number
  serviceNs: number
  downstreamNs: number
}

export interface ConnectionRecord {
  call: number
  client: number
  pod: number
  /** Rules evaluated for the first packet on all nodes that it passed. */
  rulesEvaluated: number
  /** When the request that opened it was intended. */
  intendedNs: number
  /** Node of the caller; -1: it is outside. */
  callerNode: number
  /** Machine of the load balancer that it went by; -1: by none. */
  machine: number
  /** Node that its first packet met first. */
  entryNode: number
}

/** Who listens. Called in the order of simulated time. */
export interface Observer {
  connectionReached(record: Readonly<ConnectionRecord>): void
  requestEnded(record: Readonly<RequestRecord>): void
}

/** What a replication leaves behind beside records. Areas and times count from the end of the warm-up. */
export interface SimulationTotals {
  readonly windowNs: number
  readonly pods: readonly PodTotals[]
  readonly nodes: readonly NodeTotals[]
  /** By pod index; undefined: it answers no queries. Empty where look-ups take a given time. */
  readonly dns: readonly (DnsPodCounts | undefined)[]
  readonly eventCount: number
  /** Where it was asked for. */
  readonly overTime?: OverTimeTotals
}

/**
 * The window in equal intervals. An area is that of one interval, in integers that add up to that of the window; a peak is the most
 * there was at once, of what was there at the beginning too.
 */
export interface OverTimeTotals {
  /** Of each interval; equal, or differing by 1 ns. */
  readonly lengthsNs: Float64Array
  /** By pod index. */
  readonly pods: readonly PodOverTime[]
  /** By node index. */
  readonly nodes: readonly NodeOverTime[]
  /** Most ports that one caller had taken towards one Service, and how many there are. */
  readonly clientPortsPeak: Float64Array
  readonly clientPortsMax: number
}

/** One pod over time; arrays are by interval. */
export interface PodOverTime {
  readonly serverCount: number
  /** ∫ busy servers dt. */
  readonly busyAreaNs: Float64Array
  /** ∫ requests in the pod dt: served, waiting, or with calls under way. */
  readonly inPodAreaNs: Float64Array
  /** Most places taken at once, at servers and waiting, promised ones included; and how many there are. */
  readonly placesPeak: Float64Array
  readonly places: number
}

/** One node over time; arrays are by interval. */
export interface NodeOverTime {
  readonly conntrackPeak: Float64Array
  /** Towards the endpoint with most. */
  readonly masqueradePortsPeak: Float64Array
  readonly masqueradePortsMax: number
  /** First packets that waited for the processors. */
  readonly backlogPeak: Float64Array
  readonly backlogMax: number
}

/** One pod, by pod index. */
export interface PodTotals {
  readonly served: number
  readonly rejected: number
  readonly serverCount: number
  /** ∫ busy servers dt. */
  readonly busyAreaNs: number
  /** ∫ requests waiting dt; where all share the servers, of those beyond the number of servers. */
  readonly queueAreaNs: number
  readonly hasCpuLimit: boolean
  /** Time in which there was work but the CPU limit let no server run. */
  readonly throttledNs: number
}

/** What one pod of CoreDNS was asked, and answered. */
export interface DnsPodCounts {
  /** Queries that came to it, those dropped for want of a place included. */
  queries: number
  /** Answers that a name exists, and that it does not. */
  noError: number
  nxDomain: number
}

/** One node, by node index. */
export interface NodeTotals {
  readonly firstPackets: number
  readonly rulesEvaluated: number
  readonly processorCount: number
  /** Processor time of first packets. */
  readonly busyNs: number
  /** First packets dropped, by cause. */
  readonly drops: Readonly<Record<DropCause, number>>
  /** Most places of the table of connections taken at once, from the start on, and how many there are. */
  readonly conntrackPeak: number
  readonly conntrackMax: number
  /** Most ports taken at once to masquerade connections to one endpoint, from the start on. */
  readonly masqueradePortsPeak: number
}

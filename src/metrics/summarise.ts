/**
 * Several replications of one design point as figures with intervals. Counts are added up over replications; figures are
 * means over replications; χ² is of the counts added up.
 */
import { NS_PER_S } from '../base/nanoseconds.js'
import {
  type DnsPodCounts,
  DROP_CAUSES,
  type DropCause,
  OUTCOMES,
  type OutcomeName,
  PARTS,
  type PartName,
} from '../model/records.js'
import type { CallMeasures } from './call-collector.js'
import { type Estimate, estimate } from './estimate.js'
import type { ReplicationMeasures } from './replication-collector.js'
import { HISTOGRAM_BITS } from './response-histogram.js'
import { evennessTest, spreadOf } from './spread.js'
import { addWays, type WayCount } from './ways.js'

export interface HistogramCounts {
  readonly bitsPerOctave: number
  readonly buckets: number[]
  readonly counts: number[]
}

export interface ResponseTimeSummary {
  readonly count: number
  readonly mean: Estimate
  readonly min: Estimate
  readonly p50: Estimate
  readonly p90: Estimate
  readonly p95: Estimate
  readonly p99: Estimate
  readonly p999: Estimate
  readonly max: Estimate
  readonly histogram: HistogramCounts
}

export interface SpreadSummary {
  /** By position of the eligible pod, all replications together. */
  readonly counts: readonly number[]
  readonly maxOverMean: Estimate
  readonly coefficientOfVariation: Estimate
  readonly jainIndex: Estimate
  readonly idlePods: Estimate
  readonly chiSquare: number | null
  readonly pValue: number | null
}

export interface CallSummary {
  readonly outcomes: Readonly<Record<OutcomeName | 'issued', number>>
  readonly offeredPerSec: Estimate
  readonly completedPerSec: Estimate
  readonly responseTime: ResponseTimeSummary
  readonly parts: Readonly<Record<PartName, Estimate>>
  readonly connections: SpreadSummary
  readonly requests: SpreadSummary
  /** Where it was asked for. */
  readonly ways?: readonly WayCount[]
  readonly stickiness: {
    readonly clients: number
    readonly returningConnections: number
    readonly returnRatio: Estimate
    readonly modalShare: Estimate
    readonly brokenSessions: Estimate
  }
  readonly attemptsPerRequest: Estimate
  /** Where names are resolved by queries. */
  readonly dnsQueriesPerRequest?: Estimate
  readonly rulesPerConnection: Estimate
}

export interface StationSummary {
  readonly served: number
  readonly rejected: number
  readonly utilisation: Estimate
  readonly meanQueueLength: Estimate
  /** Of pods with a CPU limit. */
  readonly throttledRatio?: Estimate
  /** Of a pod that answers queries for names. */
  readonly dns?: Readonly<DnsPodCounts>
}

export interface NodeSummary {
  readonly firstPackets: number
  readonly rulesEvaluated: number
  readonly utilisation: Estimate
  readonly drops: Readonly<Record<DropCause, number>>
  readonly conntrackPeak: number
  /** Null: without limit. */
  readonly conntrackMax: number | null
  readonly masqueradePortsPeak: number
}

export interface PointSummary {
  readonly calls: readonly CallSummary[]
  readonly pods: readonly StationSummary[]
  readonly nodes: readonly NodeSummary[]
}

/** @param replications - at least one, in the order of their numbers */
export function summarise(replications: readonly ReplicationMeasures[]): PointSummary {
  const first = replications[0]
  return {
    calls: first.calls.map((_, index) => summariseCall(replications, index)),
    pods: first.totals.pods.map((_, index) => summarisePod(replications, index)),
    nodes: first.totals.nodes.map((_, index) => summariseNode(replications, index)),
  }
}

function summariseCall(replications: readonly ReplicationMeasures[], index: number): CallSummary {
  const calls = replications.map((each) => each.calls[index])
  const windowsS = replications.map((each) => each.totals.windowNs / NS_PER_S)
  const over = (figure: (call: CallMeasures) => number | null) => estimate(calls.map(figure))
  const perSec = (count: (call: CallMeasures) => number) =>
    estimate(calls.map((call, replication) => count(call) / windowsS[replication]))
  return {
    outcomes: sumOutcomes(calls),
    offeredPerSec: perSec(issuedOf),
    completedPerSec: perSec((call) => call.outcomes.completed),
    responseTime: summariseResponseTimes(calls),
    parts: recordOf(PARTS, (part) => over((call) => call.partMeansNs[part])),
    connections: summariseSpread(calls.map((call) => call.connections)),
    requests: summariseSpread(calls.map((call) => call.requests)),
    ...(calls[0].ways === undefined ? {} : { ways: addWays(calls.map((call) => call.ways ?? [])) }),
    stickiness: {
      clients: calls[0].stickiness.clients,
      returningConnections: total(calls, (call) => call.stickiness.returningConnections),
      returnRatio: over((call) => call.stickiness.returnRatio),
      modalShare: over((call) => call.stickiness.modalShare),
      brokenSessions: over((call) => call.stickiness.brokenSessions),
    },
    attemptsPerRequest: over((call) => call.attemptsPerRequest),
    ...(replications[0].totals.dns.length > 0
      ? { dnsQueriesPerRequest: over((call) => call.dnsQueriesPerRequest) }
      : {}),
    rulesPerConnection: over((call) => call.rulesPerConnection),
  }
}

function summariseResponseTimes(calls: readonly CallMeasures[]): ResponseTimeSummary {
  const quantile = (ratio: number) => estimate(calls.map((call) => call.responseTimes.quantileNs(ratio)))
  return {
    count: total(calls, (call) => call.responseTimes.count),
    mean: estimate(calls.map((call) => call.responseTimes.meanNs())),
    min: estimate(calls.map((call) => call.responseTimes.minNs())),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
    max: estimate(calls.map((call) => call.responseTimes.maxNs())),
    histogram: addHistograms(calls),
  }
}

function addHistograms(calls: readonly CallMeasures[]): HistogramCounts {
  const totals = new Map<number, number>()
  for (const call of calls) {
    const { buckets, counts } = call.responseTimes.entries()
    for (const [at, bucket] of buckets.entries()) totals.set(bucket, (totals.get(bucket) ?? 0) + counts[at])
  }
  const buckets = [...totals.keys()].sort((a, b) => a - b)
  return {
    bitsPerOctave: HISTOGRAM_BITS,
    buckets,
    counts: buckets.map((bucket) => totals.get(bucket) ?? 0),
  }
}

function summariseSpread(byReplication: readonly (readonly number[])[]): SpreadSummary {
  const counts = byReplication[0].map((_, pod) => byReplication.reduce((sum, each) => sum + each[pod], 0))
  const figures = byReplication.map(spreadOf)
  return {
    counts,
    maxOverMean: estimate(figures.map((each) => each.maxOverMean)),
    coefficientOfVariation: estimate(figures.map((each) => each.coefficientOfVariation)),
    jainIndex: estimate(figures.map((each) => each.jainIndex)),
    idlePods: estimate(figures.map((each) => each.idlePods)),
    ...evennessTest(counts),
  }
}

function summarisePod(replications: readonly ReplicationMeasures[], index: number): StationSummary {
  const pods = replications.map(({ totals }) => ({
    ...totals.pods[index],
    windowNs: totals.windowNs,
  }))
  return {
    served: total(pods, (pod) => pod.served),
    rejected: total(pods, (pod) => pod.rejected),
    utilisation: estimate(pods.map((pod) => pod.busyAreaNs / pod.serverCount / pod.windowNs)),
    meanQueueLength: estimate(pods.map((pod) => pod.queueAreaNs / pod.windowNs)),
    ...(pods[0].hasCpuLimit
      ? { throttledRatio: estimate(pods.map((pod) => pod.throttledNs / pod.windowNs)) }
      : {}),
    ...sumOfQueries(replications.map(({ totals }) => totals.dns[index])),
  }
}

/** All replications have the same pods of CoreDNS. */
function sumOfQueries(counts: readonly (DnsPodCounts | undefined)[]): Pick<StationSummary, 'dns'> {
  const known = counts.flatMap((each) => each ?? [])
  if (known.length === 0) return {}
  const sum = (name: keyof DnsPodCounts) => total(known, (each) => each[name])
  return { dns: { queries: sum('queries'), noError: sum('noError'), nxDomain: sum('nxDomain') } }
}

function summariseNode(replications: readonly ReplicationMeasures[], index: number): NodeSummary {
  const nodes = replications.map(({ totals }) => ({
    ...totals.nodes[index],
    windowNs: totals.windowNs,
  }))
  return {
    firstPackets: total(nodes, (node) => node.firstPackets),
    rulesEvaluated: total(nodes, (node) => node.rulesEvaluated),
    utilisation: estimate(nodes.map((node) => node.busyNs / node.processorCount / node.windowNs)),
    drops: recordOf(DROP_CAUSES, (cause) => total(nodes, (node) => node.drops[cause])),
    conntrackPeak: greatest(nodes, (node) => node.conntrackPeak),
    conntrackMax: Number.isFinite(nodes[0].conntrackMax) ? nodes[0].conntrackMax : null,
    masqueradePortsPeak: greatest(nodes, (node) => node.masqueradePortsPeak),
  }
}

function sumOutcomes(calls: readonly CallMeasures[]): Record<OutcomeName | 'issued', number> {
  const sums = recordOf(OUTCOMES, (name) => total(calls, (call) => call.outcomes[name]))
  return { issued: total(calls, issuedOf), ...sums }
}

function issuedOf(call: CallMeasures): number {
  return total(OUTCOMES, (name) => call.outcomes[name])
}

function total<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amountOf(item), 0)
}

function greatest<T>(items: readonly T[], amountOf: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, amountOf(item)), 0)
}

function recordOf<K extends string, V>(keys: readonly K[], entryOf: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, entryOf(key)])) as Record<K, V>
}

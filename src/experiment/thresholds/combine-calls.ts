/**
 * Several calls as one, of one replication: who asks for the response time to a Service means all of its callers. Counts are
 * added up, means weighted by what they are of, quantiles taken of all requests together.
 */
import { bucketMiddle } from '../../base/histogram-buckets.js'
import { evennessTest, spreadOf } from '../../metrics/spread.js'
import { exactly, PART_NAMES } from '../../results/metric-catalogue.js'
import type { CallResult, Estimate, Spread } from '../../results/results-schema.js'

/**
 * Combines calls.
 *
 * @param calls - at least one, each of one replication, of several for their quantiles together; a single one is returned as it is
 * @returns figures without intervals; names are those of the first
 */
export function combineCalls(calls: readonly CallResult[]): CallResult {
  const [first] = calls
  if (calls.length === 1) return first
  const mean = (weight: (call: CallResult) => number, of: (call: CallResult) => Estimate | undefined) =>
    weightedMean(calls.map((call) => [weight(call), of(call)?.value ?? null]))
  const sum = (of: (call: CallResult) => Estimate) =>
    exactly(calls.reduce((total, call) => total + (of(call).value ?? 0), 0))
  const completed = (call: CallResult) => call.outcomes.completed
  const issued = (call: CallResult) => call.outcomes.issued
  const returning = (call: CallResult) => call.stickiness.returningConnections
  const clients = (call: CallResult) => call.stickiness.clients
  const connections = combineSpreads(calls.map((call) => call.connections))
  return {
    ...first,
    outcomes: addFields(calls.map((call) => call.outcomes)),
    offeredPerSec: sum((call) => call.offeredPerSec),
    completedPerSec: sum((call) => call.completedPerSec),
    responseTime: combineTimes(calls.map((call) => call.responseTime)),
    parts: recordOf(PART_NAMES, (part) => mean(completed, (call) => call.parts[part])),
    connections,
    requests: combineSpreads(calls.map((call) => call.requests)),
    stickiness: {
      clients: calls.reduce((total, call) => total + clients(call), 0),
      returningConnections: calls.reduce((total, call) => total + returning(call), 0),
      returnRatio: mean(returning, (call) => call.stickiness.returnRatio),
      modalShare: mean(clients, (call) => call.stickiness.modalShare),
      brokenSessions: mean(clients, (call) => call.stickiness.brokenSessions),
    },
    attemptsPerRequest: mean(issued, (call) => call.attemptsPerRequest),
    ...(first.dnsQueriesPerRequest === undefined
      ? {}
      : { dnsQueriesPerRequest: mean(issued, (call) => call.dnsQueriesPerRequest) }),
    rulesPerConnection: mean(connectionCount, (call) => call.rulesPerConnection),
  }
}

type Times = CallResult['responseTime']

function combineTimes(times: readonly Times[]): Times {
  const counts = new Map<number, number>()
  for (const { histogram } of times) {
    for (const [at, bucket] of histogram.buckets.entries())
      counts.set(bucket, (counts.get(bucket) ?? 0) + histogram.counts[at])
  }
  const { bitsPerOctave } = times[0].histogram
  const buckets = [...counts.keys()].sort((a, b) => a - b)
  const histogram = { bitsPerOctave, buckets, counts: buckets.map((bucket) => counts.get(bucket) ?? 0) }
  const count = times.reduce((total, each) => total + each.count, 0)
  const known = (of: 'min' | 'max') => times.flatMap((each) => each[of].value ?? [])
  const min = known('min').reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const max = known('max').reduce((most, value) => Math.max(most, value), 0)
  const quantile = (ratio: number) =>
    exactly(count === 0 ? null : Math.min(max, Math.max(min, bucketAtRank(histogram, ratio, count))))
  return {
    count,
    mean: weightedMean(times.map((each) => [each.count, each.mean.value])),
    min: exactly(count === 0 ? null : min),
    p50: quantile(0.5),
    p90: quantile(0.9),
    p95: quantile(0.95),
    p99: quantile(0.99),
    p999: quantile(0.999),
    max: exactly(count === 0 ? null : max),
    histogram,
  }
}

/** Nearest rank, the middle of its bucket: as `ResponseHistogram.quantileNs`. */
function bucketAtRank(
  { bitsPerOctave, buckets, counts }: Times['histogram'],
  ratio: number,
  count: number,
): number {
  const rank = Math.max(1, Math.ceil(ratio * count - 1e-9))
  let seen = 0
  let index = 0
  while (seen + counts[index] < rank) seen += counts[index++]
  return bucketMiddle(buckets[index], bitsPerOctave)
}

function combineSpreads(spreads: readonly Spread[]): Spread {
  const byPod = new Map<string, Spread['perPod'][number]>()
  for (const each of spreads.flatMap(({ perPod }) => perPod)) {
    byPod.set(each.pod, { ...each, count: each.count + (byPod.get(each.pod)?.count ?? 0) })
  }
  const perPod = [...byPod.values()]
  const counts = perPod.map(({ count }) => count)
  const { maxOverMean, coefficientOfVariation, jainIndex, idlePods } = spreadOf(counts)
  return {
    perPod,
    maxOverMean: exactly(maxOverMean),
    coefficientOfVariation: exactly(coefficientOfVariation),
    jainIndex: exactly(jainIndex),
    idlePods: exactly(idlePods),
    ...evennessTest(counts),
  }
}

function connectionCount({ connections }: CallResult): number {
  return connections.perPod.reduce((total, { count }) => total + count, 0)
}

function weightedMean(pairs: readonly (readonly [number, number | null])[]): Estimate {
  let weights = 0
  let sum = 0
  for (const [weight, value] of pairs) {
    if (value === null) continue
    weights += weight
    sum += weight * value
  }
  return exactly(weights === 0 ? null : sum / weights)
}

function addFields(all: readonly CallResult['outcomes'][]): CallResult['outcomes'] {
  const names = Object.keys(all[0]) as (keyof CallResult['outcomes'])[]
  return recordOf(names, (name) => all.reduce((total, each) => total + each[name], 0))
}

function recordOf<K extends string, V>(keys: readonly K[], entryOf: (key: K) => V): Record<K, V> {
  return Object.fromEntries(keys.map((key) => [key, entryOf(key)])) as Record<K, V>
}

/** What the schema can not say: where the parts of a results object must agree with each other. */
import { bucketLowerBound } from '../base/histogram-buckets.js'
import type { JsonPath } from './json-places.js'
import type { CallResult, PointResult, Results } from './results-schema.js'

/** One thing that is wrong, and where. */
export interface Complaint {
  readonly path: JsonPath
  /** What is wrong, without a full stop. */
  readonly problem: string
}

/**
 * Everything in which results contradict themselves.
 *
 * @param results - of the form of the schema
 * @returns in the order of the fields; empty if all agrees
 */
export function findContradictions(results: Results): readonly Complaint[] {
  const axes = results.sweep?.axes ?? []
  const columns = results.sweep?.table?.columns ?? []
  const unknown = columns.filter((column) => !axes.includes(column))
  return [
    ...unknown.map((column) => ({
      path: ['sweep', 'table', 'columns'],
      problem: `"${column}" is none of the axes`,
    })),
    ...results.points.flatMap((point, index) => pointComplaints(point, axes, ['points', index])),
  ]
}

function pointComplaints(point: PointResult, axes: readonly string[], path: JsonPath): readonly Complaint[] {
  const isOnAxes =
    axes.length === point.settings.length && point.settings.every(({ axis }, index) => axis === axes[index])
  const settings = isOnAxes
    ? []
    : [{ path: [...path, 'settings'], problem: 'must name the axes of the sweep, in their order' }]
  return [
    ...settings,
    ...point.calls.flatMap((call, index) => [
      ...callComplaints(call, [...path, 'calls', index]),
      ...wayComplaints(call, point.nodes.length, [...path, 'calls', index, 'ways', 'counts']),
    ]),
    ...overTimeComplaints(point, [...path, 'overTime']),
  ]
}

function wayComplaints(
  { ways, connections }: CallResult,
  nodeCount: number,
  path: JsonPath,
): readonly Complaint[] {
  return (ways?.counts ?? []).flatMap(([from, machine, entry, pod], index) =>
    from < (ways?.from.length ?? 0) &&
    machine < (ways?.machines.length ?? 0) &&
    entry < nodeCount &&
    pod < connections.perPod.length
      ? []
      : [{ path: [...path, index], problem: 'must hold positions of zone, machine, node and pod' }],
  )
}

function overTimeComplaints({ overTime }: PointResult, path: JsonPath): readonly Complaint[] {
  if (overTime === undefined) return []
  const { pods, nodes, clientPortsPeak } = overTime
  const columns = [
    ...pods.flatMap(({ utilisation, requests, placesPeak }) => [utilisation, requests, placesPeak]),
    ...nodes.flatMap(({ conntrackPeak, masqueradePortsPeak, backlogPeak }) => [
      conntrackPeak,
      masqueradePortsPeak,
      backlogPeak,
    ]),
  ]
  const isEven = columns.every(({ length }) => length === clientPortsPeak.length)
  return isEven ? [] : [{ path, problem: 'must hold a figure for each interval in every list' }]
}

function callComplaints(call: CallResult, path: JsonPath): readonly Complaint[] {
  const complaints: Complaint[] = []
  const { issued, completed, refused, timedOut, reset, rejected, unfinished } = call.outcomes
  if (issued !== completed + refused + timedOut + reset + rejected + unfinished) {
    complaints.push({ path: [...path, 'outcomes', 'issued'], problem: 'must be the sum of the six outcomes' })
  }
  const { count, histogram } = call.responseTime
  const place = [...path, 'responseTime', 'histogram']
  if (histogram.buckets.length !== histogram.counts.length) {
    complaints.push({ path: place, problem: 'must hold one count for each bucket' })
  }
  if (histogram.counts.reduce((sum, each) => sum + each, 0) !== count) {
    complaints.push({ path: [...place, 'counts'], problem: 'must add up to the count of response times' })
  }
  if (!areBuckets(histogram.buckets, histogram.bitsPerOctave)) {
    complaints.push({ path: [...place, 'buckets'], problem: 'must be bucket numbers in increasing order' })
  }
  return complaints
}

function areBuckets(buckets: readonly number[], bitsPerOctave: number): boolean {
  const isIncreasing = buckets.every(
    (bucket, index) => index === 0 || bucket > (buckets[index - 1] ?? bucket),
  )
  return (
    isIncreasing &&
    [buckets[0], buckets.at(-1)].every((bucket) => bucket === undefined || isBucket(bucket, bitsPerOctave))
  )
}

function isBucket(bucket: number, bitsPerOctave: number): boolean {
  try {
    return bucketLowerBound(bucket, bitsPerOctave) >= 0
  } catch {
    return false
  }
}

/**
 * Several replications of one design point over time: time averages as means over replications, peaks as the greatest of all.
 * Intervals are those of ../model/over-time.ts, the same in every replication.
 */
import type { OverTimeTotals } from '../model/records.js'
import type { ReplicationMeasures } from './replication-collector.js'

/** Arrays are by interval. */
export interface OverTimeSummary {
  /** Mean length of an interval. */
  readonly intervalNs: number
  /** By pod index. */
  readonly pods: readonly {
    /** Busy servers over all. */
    readonly utilisation: readonly number[]
    /** Requests in the pod, on average over time. */
    readonly requests: readonly number[]
    readonly placesPeak: readonly number[]
    readonly places: number
  }[]
  /** By node index. */
  readonly nodes: readonly {
    readonly conntrackPeak: readonly number[]
    readonly masqueradePortsPeak: readonly number[]
    readonly masqueradePortsMax: number
    readonly backlogPeak: readonly number[]
    readonly backlogMax: number
  }[]
  readonly clientPortsPeak: readonly number[]
  readonly clientPortsMax: number
}

/** @returns undefined unless all replications tell it */
export function summariseOverTime(replications: readonly ReplicationMeasures[]): OverTimeSummary | undefined {
  const totals = replications.flatMap((each) => each.totals.overTime ?? [])
  const [first] = totals
  if (first === undefined || totals.length < replications.length) return undefined
  const { lengthsNs, clientPortsMax } = first
  const meanOf = (areaOf: (each: OverTimeTotals) => Float64Array, divisor = 1) =>
    means(totals.map(areaOf), lengthsNs, divisor)
  const peakOf = (columnOf: (each: OverTimeTotals) => Float64Array) => greatest(totals.map(columnOf))
  return {
    intervalNs: lengthsNs.reduce((sum, each) => sum + each, 0) / lengthsNs.length,
    pods: first.pods.map(({ serverCount, places }, pod) => ({
      utilisation: meanOf((each) => each.pods[pod].busyAreaNs, serverCount),
      requests: meanOf((each) => each.pods[pod].inPodAreaNs),
      placesPeak: peakOf((each) => each.pods[pod].placesPeak),
      places,
    })),
    nodes: first.nodes.map(({ masqueradePortsMax, backlogMax }, node) => ({
      conntrackPeak: peakOf((each) => each.nodes[node].conntrackPeak),
      masqueradePortsPeak: peakOf((each) => each.nodes[node].masqueradePortsPeak),
      masqueradePortsMax,
      backlogPeak: peakOf((each) => each.nodes[node].backlogPeak),
      backlogMax,
    })),
    clientPortsPeak: peakOf((each) => each.clientPortsPeak),
    clientPortsMax,
  }
}

/** Mean over replications of each interval's area over its length. */
function means(areas: readonly Float64Array[], lengthsNs: Float64Array, divisor: number): number[] {
  return Array.from(lengthsNs, (lengthNs, interval) => {
    const sumNs = areas.reduce((sum, area) => sum + area[interval] / divisor, 0)
    return sumNs / areas.length / lengthNs
  })
}

function greatest(columns: readonly Float64Array[]): number[] {
  const [first, ...others] = columns
  return Array.from(first, (value, interval) =>
    others.reduce((most, column) => Math.max(most, column[interval]), value),
  )
}

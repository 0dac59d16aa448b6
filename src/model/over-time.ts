/**
 * What pods, nodes and callers are like over time: the measured window in equal intervals, with an integral or a peak of each.
 *
 * The event loop makes a halt at the end of every interval, where integrals are read and peaks begin anew from what is there.
 * So an event pays nothing for it: integrals are those of the whole window, cut, and their parts add up to it as integers.
 */
import type { ClientPorts } from './client-ports.js'
import type { NetworkNode } from './network-node.js'
import type { PodStation } from './pod-station.js'
import type { NodeOverTime, OverTimeTotals, PodOverTime } from './records.js'

/** Intervals of a window: so many or fewer, but no fewer than half of that if an equal cut can be had. */
const MOST_INTERVALS = 60
const LEAST_INTERVALS = 30

/** What is looked at. */
export interface Followed {
  readonly stations: readonly PodStation[]
  readonly nodes: readonly NetworkNode[]
  readonly ports: ClientPorts
  /** By pod: servers, as its behaviour has them. */
  readonly serverCounts: readonly number[]
  /** ∫ busy servers dt of a pod up to now. */
  readonly busyAreaNs: (pod: number) => number
}

/** The intervals of one replication, filled one after another. */
export class OverTime {
  readonly #endsNs: Float64Array
  /** Intervals that are over; -1 before the window begins. */
  #count = -1
  readonly #pods: readonly PodOverTime[]
  readonly #nodes: readonly NodeOverTime[]
  readonly #clientPortsPeak: Float64Array
  /** By pod: the integrals up to the last halt. */
  readonly #busyAreaNs: Float64Array
  readonly #inPodAreaNs: Float64Array

  /** @param startNs - end of the warm-up */
  constructor(
    readonly followed: Followed,
    readonly startNs: number,
    horizonNs: number,
  ) {
    const { stations, nodes, serverCounts } = followed
    const count = intervalCount(horizonNs - startNs)
    const column = () => new Float64Array(count)
    this.#endsNs = Float64Array.from({ length: count }, (_, index) =>
      intervalEndNs(startNs, horizonNs, index, count),
    )
    this.#pods = stations.map(({ serverCount, queueCapacity }, pod) => ({
      serverCount: serverCounts[pod],
      places: serverCount + queueCapacity,
      busyAreaNs: column(),
      inPodAreaNs: column(),
      placesPeak: column(),
    }))
    this.#nodes = nodes.map(({ connections, processor }) => ({
      masqueradePortsMax: connections.masqueradePortsMax,
      backlogMax: processor.backlogMax,
      conntrackPeak: column(),
      masqueradePortsPeak: column(),
      backlogPeak: column(),
    }))
    this.#clientPortsPeak = column()
    this.#busyAreaNs = new Float64Array(stations.length)
    this.#inPodAreaNs = new Float64Array(stations.length)
  }

  /** When to halt next, ns; Infinity: the last interval is over. */
  get nextHaltNs(): number {
    if (this.#count < 0) return this.startNs
    return this.#endsNs[this.#count] ?? Number.POSITIVE_INFINITY
  }

  /** It is that time, and everything due by then has happened. */
  halt(): void {
    const nowNs = this.nextHaltNs
    const at = this.#count++
    // What came before the window is let go of: a column has no place of number -1.
    for (let pod = 0; pod < this.#pods.length; pod++) this.#haltPod(pod, at, nowNs)
    for (let node = 0; node < this.#nodes.length; node++) this.#haltNode(node, at, nowNs)
    this.#clientPortsPeak[at] = this.followed.ports.takePeak(nowNs)
  }

  totals(): OverTimeTotals {
    return {
      lengthsNs: this.#endsNs.map((endNs, index) => endNs - (this.#endsNs[index - 1] ?? this.startNs)),
      pods: this.#pods,
      nodes: this.#nodes,
      clientPortsPeak: this.#clientPortsPeak,
      clientPortsMax: this.followed.ports.portCount,
    }
  }

  #haltPod(pod: number, at: number, nowNs: number): void {
    const { stations, busyAreaNs } = this.followed
    const station = stations[pod]
    const column = this.#pods[pod]
    const busyNs = busyAreaNs(pod)
    const inPodNs = station.busyAreaNs(nowNs) + station.queueAreaNs(nowNs)
    column.busyAreaNs[at] = busyNs - this.#busyAreaNs[pod]
    column.inPodAreaNs[at] = inPodNs - this.#inPodAreaNs[pod]
    column.placesPeak[at] = station.takePlacesPeak()
    this.#busyAreaNs[pod] = busyNs
    this.#inPodAreaNs[pod] = inPodNs
  }

  #haltNode(node: number, at: number, nowNs: number): void {
    const { connections, processor } = this.followed.nodes[node]
    const column = this.#nodes[node]
    column.conntrackPeak[at] = connections.takeCountPeak(nowNs)
    column.masqueradePortsPeak[at] = connections.takePortsPeak()
    column.backlogPeak[at] = processor.takeBacklogPeak(nowNs)
  }
}

/** The most intervals of equal whole ns, from 60 down to 30; 60 that differ by 1 ns where there are none. */
export function intervalCount(windowNs: number): number {
  for (let count = MOST_INTERVALS; count >= LEAST_INTERVALS; count--) {
    if (windowNs % count === 0) return count
  }
  return Math.min(MOST_INTERVALS, windowNs)
}

/** Start + ⌊window · (index + 1) / count⌋, in two parts so that no product is beyond 2^53. */
function intervalEndNs(startNs: number, horizonNs: number, index: number, count: number): number {
  const rest = (horizonNs - startNs) % count
  const wholeNs = (horizonNs - startNs - rest) / count
  return startNs + wholeNs * (index + 1) + Math.floor((rest * (index + 1)) / count)
}

/** By which ways the connections of a call site go: from where, by which machine of the load balancer and which node, to which pod. */
import type { ConnectionRecord } from '../model/records.js'

/** Ways that are counted at most; where there are more, none is. */
const MOST_WAYS = 262_144

/** Where callers outside of the cluster are. */
export const FROM_OUTSIDE = -1

/** What is known before the run. */
export interface WaySettings {
  /** By node index: number of its zone. */
  readonly zoneOfNode: Int32Array
  readonly zoneCount: number
  /** Machines of the load balancer; 0: there is none. */
  readonly machineCount: number
}

/** The connections of one way. */
export interface WayCount {
  /** Number of the caller's zone, or FROM_OUTSIDE. */
  readonly from: number
  /** -1: no load balancer. */
  readonly machine: number
  /** Index of the node that the first packet met first. */
  readonly entryNode: number
  /** Position of the eligible pod. */
  readonly position: number
  readonly count: number
}

/** Counts them, in one array made beforehand. */
export class WayCollector {
  readonly #counts: Float64Array
  readonly #nodeCount: number

  constructor(
    readonly settings: WaySettings,
    readonly podCount: number,
  ) {
    this.#nodeCount = settings.zoneOfNode.length
    const wayCount = (settings.zoneCount + 1) * (settings.machineCount + 1) * this.#nodeCount * podCount
    this.#counts = new Float64Array(wayCount <= MOST_WAYS ? wayCount : 0)
  }

  /** @param position - of the pod reached, among the eligible */
  record({ callerNode, machine, entryNode }: Readonly<ConnectionRecord>, position: number): void {
    const { zoneOfNode, machineCount } = this.settings
    const from = callerNode < 0 ? 0 : zoneOfNode[callerNode] + 1
    const way = ((from * (machineCount + 1) + machine + 1) * this.#nodeCount + entryNode) * this.podCount
    this.#counts[way + position]++
  }

  /** Those that were taken, in the order of their fields. */
  counts(): WayCount[] {
    const machines = this.settings.machineCount + 1
    return [...this.#counts.keys()]
      .filter((way) => this.#counts[way] > 0)
      .map((way) => {
        const entry = Math.floor(way / this.podCount)
        const source = Math.floor(entry / this.#nodeCount)
        return {
          from: Math.floor(source / machines) - 1,
          machine: (source % machines) - 1,
          entryNode: entry % this.#nodeCount,
          position: way % this.podCount,
          count: this.#counts[way],
        }
      })
  }
}

/** The ways of all replications together, in the order of their fields; empty if there were too many to count. */
export function addWays(replications: readonly (readonly WayCount[])[]): readonly WayCount[] {
  const sums = new Map<string, WayCount>()
  for (const way of replications.flat()) {
    const key = [way.from, way.machine, way.entryNode, way.position].join(' ')
    sums.set(key, { ...way, count: way.count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()].sort(
    (a, b) =>
      a.from - b.from || a.machine - b.machine || a.entryNode - b.entryNode || a.position - b.position,
  )
}

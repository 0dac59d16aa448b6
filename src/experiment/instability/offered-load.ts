/**
 * How much of their capacity the pods of each workload are asked for, before anything is run: offered load over servers,
 * ρ = Σ λ·E[S] / c, over all calls of all client groups that lead to them.
 *
 * λ is the rate of the client group, for a call of a pod that of the requests that make it; a Service over pods of several
 * workloads is taken to send each its share of the pods. Under FCFS a server is held while its request's calls are under
 * way, so E[S] has the own work of the pods called too, which is the least that a call can take. A CPU limit and the speed of
 * pods bound the own work alone. Retries, time on the network and an uneven spread only add to it: a workload with ρ of 1
 * or more can not keep up, but one below 1 need not.
 */
import { distributionMean } from '../../base/distribution-moments.js'
import { NS_PER_S } from '../../base/nanoseconds.js'
import { behaviourKey } from '../../model/behaviours.js'
import { type CallGraph, type CallNode, type CallRoot, eligiblePods } from '../../model/call-sites.js'
import type { DesignPoint } from '../plan.js'

/** What one workload is asked for. */
export interface OfferedLoad {
  readonly workload: string
  /** Work offered over capacity; may be Infinity. */
  readonly utilisation: number
  /** Call sites whose requests need it, directly or through calls. */
  readonly sites: ReadonlySet<number>
}

interface Asked {
  readonly pods: Set<number>
  readonly sites: Set<number>
  /** Servers' worth of own work, and of work with the calls waited for. */
  ownErlang: number
  heldErlang: number
}

/** Loads of all workloads that clients lead to, in order of first use. */
export function offeredLoads(point: DesignPoint, graph: CallGraph): readonly OfferedLoad[] {
  const walk = new OfferedWalk(point, graph)
  for (const root of graph.roots) walk.visit(root, root.node, root.group.arrivals.rate, [])
  return [...walk.asked].map(([workload, asked]) => ({
    workload,
    utilisation: utilisationOf(asked, graph),
    sites: asked.sites,
  }))
}

class OfferedWalk {
  readonly asked = new Map<string, Asked>()

  constructor(
    readonly point: DesignPoint,
    readonly graph: CallGraph,
  ) {}

  /**
   * Adds what requests of a call node ask for.
   *
   * @param ratePerSec - of the requests
   * @param callers - sites on the way to it
   * @returns time that one of them is under way at least, ns
   */
  visit(root: CallRoot, node: CallNode, ratePerSec: number, callers: readonly number[]): number {
    const { cluster } = this.point
    const sites = [...callers, node.site.index]
    const pods = eligiblePods(cluster, node.site)
    let meanNs = 0
    for (const [workload, { demandSlot, children }] of node.handlers) {
      const own = pods.filter((pod) => behaviourKey(pod) === workload)
      if (own.length === 0) continue
      const share = own.length / pods.length
      const behaviour = this.graph.behaviours.ofPod[own[0].index]
      const callsNs = children.map((child) => this.visit(root, child, ratePerSec * share, sites))
      const downstreamNs =
        behaviour.callOrder === 'parallel'
          ? callsNs.reduce((longest, each) => Math.max(longest, each), 0)
          : callsNs.reduce((sum, each) => sum + each, 0)
      const ownNs = distributionMean(root.demands[demandSlot].distribution)
      const heldNs = behaviour.discipline === 'ps' ? ownNs : ownNs + downstreamNs
      const asked = this.#askedOf(workload)
      for (const pod of own) asked.pods.add(pod.index)
      for (const site of sites) asked.sites.add(site)
      asked.ownErlang += (ratePerSec * share * ownNs) / NS_PER_S
      asked.heldErlang += (ratePerSec * share * heldNs) / NS_PER_S
      const fastest = own.reduce(
        (most, pod) => Math.max(most, this.graph.behaviours.speedOfPod[pod.index]),
        0,
      )
      meanNs += share * (ownNs / fastest + downstreamNs)
    }
    return meanNs
  }

  #askedOf(workload: string): Asked {
    const known = this.asked.get(workload)
    if (known !== undefined) return known
    const made = { pods: new Set<number>(), sites: new Set<number>(), ownErlang: 0, heldErlang: 0 }
    this.asked.set(workload, made)
    return made
  }
}

function utilisationOf({ pods, ownErlang, heldErlang }: Asked, { behaviours }: CallGraph): number {
  let capacity = 0
  let places = 0
  let isPlain = true
  for (const pod of pods) {
    const { servers } = behaviours.ofPod[pod]
    const limit = behaviours.cpuLimitMilliOfPod[pod]
    const speed = behaviours.speedOfPod[pod]
    capacity += speed * (limit === undefined ? servers : Math.min(servers, limit / 1_000))
    places += servers
    if (speed !== 1) isPlain = false
  }
  const own = ownErlang / capacity
  return isPlain ? Math.max(own, heldErlang / places) : own
}

/**
 * What runs out first as the rate grows: servers of pods, processors of nodes, their tables of connections, their ports for
 * masquerading. Uses are those of one point that was simulated; where they would reach 1 follows by the rule of three.
 */
import { NS_PER_S } from '../../base/nanoseconds.js'
import { fixedWarmUpNs } from '../../input/warm-up-schema.js'
import { type Limits, limitsOf } from '../../model/limits.js'
import type { CapacityLimit } from '../../results/capacity-schema.js'
import type { NodeResult, PodResult, PointResult } from '../../results/results-schema.js'
import type { DesignPoint } from '../plan.js'
import { cpuUseOf } from './cpu-use.js'

/** A point and the rate that it was simulated at. */
export interface MeasuredAtRate {
  readonly point: DesignPoint
  readonly result: PointResult
  readonly replications: number
  readonly ratePerSec: number
}

type Use = Omit<CapacityLimit, 'fullPerSec'>

/**
 * The limits, fullest first.
 *
 * @param workloads - those whose pods requests need
 */
export function limitsInUse(measured: MeasuredAtRate, workloads: ReadonlySet<string>): CapacityLimit[] {
  const { ratePerSec } = measured
  const uses = [...podUses(measured, workloads), ...nodeUses(measured)]
  return uses
    .map(({ resource, name, use, isExtrapolated }) => ({
      resource,
      name,
      use,
      fullPerSec: use > 0 ? ratePerSec / use : null,
      isExtrapolated,
    }))
    .sort((left, right) => right.use - left.use)
}

/** Share in use of the table of connections that is fullest, once it is steady; undefined: none has a limit. */
export function connectionsUse(measured: MeasuredAtRate): { node: string; use: number } | undefined {
  const limits = limitsOf(measured.point.scenario)
  const limited = measured.result.nodes.filter(({ conntrackMax }) => conntrackMax !== null)
  const [first] = fullest(
    'connections',
    limited,
    (node) => connectionsShare(node, measured, limits),
    () => false,
  )
  return first === undefined ? undefined : { node: first.name, use: first.use }
}

/** By workload: its busiest pod, by servers or by CPU. */
function podUses({ point, result }: MeasuredAtRate, workloads: ReadonlySet<string>): Use[] {
  return [...workloads].flatMap((workload) => {
    const own = result.pods.filter((pod) => pod.workload === workload || pod.pod === workload)
    if (own.length === 0) return []
    const byServers = own.reduce((most, { utilisation }) => Math.max(most, utilisation.value ?? 0), 0)
    const byCpu = (cpuUseOf(point, workload)?.use ?? 0) * servedOverMean(own)
    const use = Math.max(byServers, byCpu)
    const resource = own.some(({ dns }) => dns !== undefined) ? 'dns' : 'pods'
    return [{ resource, name: workload, use, isExtrapolated: false } as const]
  })
}

/** Requests of the busiest pod over the mean of all. */
function servedOverMean(pods: readonly PodResult[]): number {
  const total = pods.reduce((sum, { served }) => sum + served, 0)
  const most = pods.reduce((max, { served }) => Math.max(max, served), 0)
  return total === 0 ? 1 : (most * pods.length) / total
}

/** Of each kind that of the node which has most of it in use. */
function nodeUses(measured: MeasuredAtRate): Use[] {
  const limits = limitsOf(measured.point.scenario)
  const growthOf = (node: NodeResult) => growthBeyondRun(node, measured, limits)
  const packets = (node: NodeResult) => node.utilisation.value ?? 0
  const connections = (node: NodeResult) => connectionsShare(node, measured, limits)
  const ports = (node: NodeResult) =>
    (node.masqueradePortsPeak * growthOf(node)) / Math.max(1, limits.masqueradePorts)
  const isLonger = (node: NodeResult) => growthOf(node) > 1
  const { nodes } = measured.result
  return [
    ...fullest('packets', nodes, packets, () => false),
    ...fullest('connections', nodes, connections, isLonger),
    ...fullest('masqueradePorts', nodes, ports, isLonger),
  ]
}

function connectionsShare(node: NodeResult, measured: MeasuredAtRate, limits: Limits): number {
  const { conntrackMax, conntrackPeak } = node
  if (conntrackMax === null) return 0
  return (conntrackPeak * growthBeyondRun(node, measured, limits)) / Math.max(1, conntrackMax)
}

function fullest(
  resource: CapacityLimit['resource'],
  nodes: readonly NodeResult[],
  useOf: (node: NodeResult) => number,
  isExtrapolatedAt: (node: NodeResult) => boolean,
): Use[] {
  if (nodes.length === 0) return []
  const [first] = [...nodes].sort((left, right) => useOf(right) - useOf(left))
  return [{ resource, name: first.node, use: useOf(first), isExtrapolated: isExtrapolatedAt(first) }]
}

/**
 * How many times as many connections a node will track as at the end of a run that is shorter than closed connections keep
 * their places: new ones go on coming at the rate of the window.
 */
function growthBeyondRun(
  { firstPackets, conntrackPeak }: NodeResult,
  { point: { scenario }, replications }: MeasuredAtRate,
  { conntrackTimeWait }: Limits,
): number {
  const { horizon } = scenario.spec
  if (conntrackPeak === 0 || horizon >= conntrackTimeWait) return 1
  const windowSec = (horizon - fixedWarmUpNs(scenario.spec)) / NS_PER_S
  const newPerSec = firstPackets / replications / windowSec
  return 1 + (newPerSec * ((conntrackTimeWait - horizon) / NS_PER_S)) / conntrackPeak
}

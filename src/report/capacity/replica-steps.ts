/** What was simulated at one rate as written, by number of replicas; and at one number of replicas, by rate. */
import type { CapacityCell } from '../../results/capacity-schema.js'
import type { Estimate, PointResult } from '../../results/results-schema.js'
import { estimateText } from '../figures.js'
import { isUnstable, UNSTABLE_MARK } from '../unstable.js'
import { type CapacityView, clientCall, pointAt, TIME, watchedAt } from './capacity-view.js'

/** One number of replicas at one rate, simulated. */
export interface ReplicaStep {
  readonly ratePerSec: number
  readonly replicas: number
  readonly time: Estimate & { readonly value: number }
  readonly verdict: CapacityCell['verdict'] | undefined
  readonly point: PointResult
  /** No steady state: the time depends on how long the run is. */
  readonly isUnstable: boolean
}

/** `574 ± 6 ms †`. */
export function stepText({ time, isUnstable: isMarked }: ReplicaStep): string {
  return `${estimateText(TIME, time)}${isMarked ? ` ${UNSTABLE_MARK}` : ''}`
}

/** At the rate of the details, in increasing order of replicas; those of the alternative as written included. */
export function replicaSteps(view: CapacityView): readonly ReplicaStep[] {
  const { ratePerSec } = view.capacity.details
  const ofGrid = gridSteps(view).filter((step) => step.ratePerSec === ratePerSec)
  const written = view.capacity.alternatives.find(({ isAsWritten }) => isAsWritten)?.points ?? []
  const others = written
    .filter(({ replicas }) => !ofGrid.some((step) => step.replicas === replicas))
    .flatMap(({ replicas, point }) => stepOf(view, ratePerSec, replicas, point, undefined))
  return [...ofGrid, ...others].sort((left, right) => left.replicas - right.replicas)
}

/** Everything simulated of the grid, in the order of its cells. */
export function gridSteps(view: CapacityView): readonly ReplicaStep[] {
  return view.capacity.cells.flatMap(({ ratePerSec, replicas, point, verdict, basis }) =>
    basis === 'simulated' ? stepOf(view, ratePerSec, replicas, point, verdict) : [],
  )
}

function stepOf(
  view: CapacityView,
  ratePerSec: number,
  replicas: number,
  position: number | undefined,
  verdict: CapacityCell['verdict'] | undefined,
): readonly ReplicaStep[] {
  const point = pointAt(view, position)
  const time = point === undefined ? undefined : watchedAt(view, point)
  return point === undefined || time === undefined
    ? []
    : [{ ratePerSec, replicas, time, verdict, point, isUnstable: isUnstable(clientCall(view, point)) }]
}

/** What the events of a scenario come to, worked out before the run. */
import type { PodState } from '../cluster.js'
import type { LaterPod } from '../compile-nodes.js'
import { planEvents } from './cluster-events.js'
import { ControlLoop, type ControlLoopOptions, goneStateOf } from './control-loop.js'
import type { TimelineLog } from './pod-life.js'

export interface Timeline {
  /** Pods that start during the run. */
  readonly later: readonly LaterPod[]
  readonly log: TimelineLog
  /** What becomes of packets to an address that no pod has. */
  readonly goneState: PodState
}

/** Lets the controllers act up to the horizon. Findings as `planEvents`, and POD_UNSCHEDULABLE as a warning. */
export function timelineOf(options: ControlLoopOptions): Timeline {
  const { spec } = options
  if ((spec.events ?? []).length === 0)
    return { later: [], log: { states: [], conditions: [], nodes: [] }, goneState: goneStateOf(spec) }
  const loop = new ControlLoop(options)
  planEvents(loop)
  loop.agenda.run()
  return loop
}

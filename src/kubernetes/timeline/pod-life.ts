/** One pod from its start to its end, as the control plane and the network know it. */
import type { PodState } from '../cluster.js'
import type { PodGroup } from '../pod-groups.js'

export interface PodLife {
  /** Position among all pods of the run. */
  readonly index: number
  readonly group: PodGroup
  readonly ordinal: number
  readonly nodeIndex: number
  /** Of a rollout: pods of an earlier generation are replaced. */
  readonly generation: number
  state: PodState
  /** As the API server has it. */
  isPresent: boolean
  isReady: boolean
  isTerminating: boolean
}

/** Something about a pod that endpoints depend on, from a time on. */
export interface PodCondition {
  readonly podIndex: number
  readonly isPresent: boolean
  readonly isReady: boolean
  readonly isTerminating: boolean
}

/** What was found to happen, in order of time. */
export interface TimelineLog {
  readonly states: { readonly atNs: number; readonly podIndex: number; readonly state: PodState }[]
  readonly conditions: { readonly atNs: number; readonly condition: PodCondition }[]
  readonly nodes: { readonly atNs: number; readonly nodeIndex: number; readonly isLost: boolean }[]
}

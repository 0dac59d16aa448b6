/** What a search for capacity has found, before it becomes a section of the results. */
import type { Cell } from './capacity-plan.js'
import type { FirstPossible } from './first-possible.js'
import type { PossibleLoss } from './losses.js'
import type { GridRate } from './rate-grid.js'

/** One loss and what it takes to live with it. */
export interface FoundLoss {
  readonly loss: PossibleLoss
  /** At the number of replicas without a loss. */
  readonly takes: readonly string[]
  readonly replicas: number | undefined
  readonly tried: readonly Cell[]
  readonly entryNodes: readonly string[]
  readonly lastPods: readonly string[]
}

/** The end of what a number of replicas carries. */
export interface Knee {
  /** Position of the number. */
  readonly index: number
  /** The rate of the grid above which it was sought. */
  readonly above: GridRate
  readonly holds: GridRate
  readonly fails: GridRate
}

/** Everything that was found; numbers of replicas go by position. */
export interface FoundCapacity {
  /** By rate. */
  readonly least: readonly (number | undefined)[]
  readonly first: FirstPossible
  /** How far the number of the details carries, more finely than the grid; undefined: the grid has no rate that is too high. */
  readonly knee: Knee | undefined
  readonly alternatives: readonly { readonly name: string; readonly cells: readonly Cell[] }[]
  readonly losses: readonly FoundLoss[]
  readonly leftOut: readonly string[]
}

/** What a search for capacity has found, before it becomes a section of the results. */
import type { Cell } from './capacity-plan.js'
import type { FirstPossible } from './first-possible.js'
import type { PossibleLoss } from './losses.js'

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

/** Everything that was found; numbers of replicas go by position. */
export interface FoundCapacity {
  /** By rate. */
  readonly least: readonly (number | undefined)[]
  readonly first: FirstPossible
  readonly alternatives: readonly { readonly name: string; readonly cells: readonly Cell[] }[]
  readonly losses: readonly FoundLoss[]
  readonly leftOut: readonly string[]
}

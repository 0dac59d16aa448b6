/**
 * What is to be run: design points, each a cluster and a scenario of its own, times replications.
 *
 * All points share the seed and so, by name, the streams of random numbers: points that differ in one setting meet the same
 * demand (common random numbers).
 */
import type { Diagnostic } from '../base/diagnostics.js'
import type { Scenario, SweepSettings } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import type { WorkloadTrace } from '../workload/workload-trace.js'

/** The value of one axis at one point, as text for people. */
export interface PointSetting {
  readonly axis: string
  readonly value: string
}

/** One setting of all factors. */
export interface DesignPoint {
  /** Empty for a single run. */
  readonly settings: readonly PointSetting[]
  readonly cluster: Cluster
  readonly scenario: Scenario
  /** What its pilot run asks for as warm-up, ns; undefined: the warm-up was given, or is still to be found. */
  readonly pilotWarmUpNs?: number
}

/** The layout of a sweep's table, from the scenario. */
export interface SweepLayout {
  readonly axes: readonly string[]
  readonly table: NonNullable<SweepSettings['table']> | undefined
}

export interface ExperimentPlan {
  /** At least one; in the order of the axes, the last one fastest. */
  readonly points: readonly DesignPoint[]
  readonly seed: number
  /** Runs of each point, 1 or more. */
  readonly replications: number
  readonly sweep: SweepLayout | undefined
  /** Replayed in place of drawn requests. */
  readonly trace: WorkloadTrace | undefined
  /** SHA-256 of all inputs as settled, hexadecimal. */
  readonly digest: string
  /** Repeats this experiment; written into the results. */
  readonly command: string
  /** What input says and the model does not do, and what looks like a mistake; of all points together. */
  readonly warnings: readonly Diagnostic[]
  /** The warm-up was found by MSER-5. */
  readonly hasFoundWarmUp?: boolean
  /** Results hold watched figures of every single replication, for paired comparisons. */
  readonly isKeepingReplications?: boolean
}

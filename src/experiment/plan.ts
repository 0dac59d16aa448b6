/**
 * What is to be run: design points, each a cluster and a scenario of its own, times replications.
 *
 * All points share the seed and so, by name, the streams of random numbers: points that differ in one setting meet the same
 * demand (common random numbers).
 */
import type { Diagnostic, SourcePlace } from '../base/diagnostics.js'
import type { Scenario, SweepSettings } from '../input/scenario-schema.js'
import type { Axis, Setting } from '../input/settings.js'
import type { SourceFile } from '../input/source-file.js'
import type { Cluster } from '../kubernetes/cluster.js'
import type { WorkloadTrace } from '../workload/workload-trace.js'
import type { Threshold } from './thresholds/figure.js'

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
  /** What it was made from, where it was made from texts: other machines get those. */
  readonly source?: PointSource
}

/** A design point as one of those of an experiment. */
export interface PointSource {
  readonly inputs: ExperimentInputs
  /** Among the points of the experiment. */
  readonly index: number
}

/** A threshold as it was written, and where. */
export interface WrittenThreshold {
  readonly text: string
  readonly place?: SourcePlace
}

/** What an experiment is made from. */
export interface ExperimentInputs {
  readonly scenarioFile: SourceFile
  readonly manifestFiles: readonly SourceFile[]
  /** Replayed in place of drawn requests. */
  readonly trace?: WorkloadTrace
  /** Put over every point; of several for one field the last counts. */
  readonly settings: readonly Setting[]
  /** In place of the sweep of the scenario; none: the scenario's own. */
  readonly axes: readonly Axis[]
  /** Beside those of the scenario. */
  readonly thresholds?: readonly WrittenThreshold[]
  /** Repeats the experiment. */
  readonly command: string
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
  /** What each point must keep to; absent: nothing. */
  readonly thresholds?: readonly Threshold[]
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

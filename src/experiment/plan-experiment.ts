/** A plan from a cluster that is compiled already: one design point, for programs that use svcsim as a library. */
import { InputError } from '../base/diagnostics.js'
import type { Scenario } from '../input/scenario-schema.js'
import type { Cluster } from '../kubernetes/cluster.js'
import { PointChecker } from './check-points.js'
import { pointDigest } from './inputs-digest.js'
import type { DesignPoint, ExperimentPlan } from './plan.js'
import { namesAtPoints } from './thresholds/figure-names.js'
import { readThresholds } from './thresholds/read-thresholds.js'

/**
 * Plans the replications of a scenario on its cluster; its sweep and recorded workload are left out, `loadExperiment`
 * has those.
 *
 * @param cluster - compiled from the same scenario
 * @returns a plan whose digest is of scenario and cluster: another than that of `loadExperiment`, which is of manifests
 * @throws InputError CALL_CYCLE, COST_UNKNOWN, CLIENTS_DO_NOT_FIT, and those of thresholds
 */
export function planExperiment(cluster: Cluster, scenario: Scenario): ExperimentPlan {
  const point: DesignPoint = { settings: [], cluster, scenario }
  const errors = new PointChecker(undefined).errors(point)
  if (errors.length > 0) throw new InputError(errors)
  const written = (scenario.spec.thresholds ?? []).map((text) => ({ text }))
  return {
    points: [point],
    seed: scenario.spec.seed,
    replications: scenario.spec.replications,
    sweep: undefined,
    trace: undefined,
    ...(written.length === 0 ? {} : { thresholds: readThresholds(written, namesAtPoints([point])) }),
    digest: pointDigest(point),
    command: 'runExperiment(planExperiment(cluster, scenario))',
    warnings: cluster.warnings,
  }
}

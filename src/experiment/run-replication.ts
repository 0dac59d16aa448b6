/** One replication of one design point: a pure function of point, seed and number. */
import { InputError, InvariantError } from '../base/diagnostics.js'
import { fixedWarmUpNs } from '../input/warm-up-schema.js'
import type { CallSettings } from '../metrics/call-collector.js'
import { ReplicationCollector, type ReplicationMeasures } from '../metrics/replication-collector.js'
import { buildCallGraph, type CallSite, eligiblePods } from '../model/call-sites.js'
import { type SliceEnd, simulateInSlices } from '../model/simulation.js'
import type { WorkloadTrace } from '../workload/workload-trace.js'
import { waySettings } from './call-ways.js'
import type { DesignPoint } from './plan.js'
import { replicationContext } from './tasks.js'

export interface ReplicationOptions {
  readonly seed: number
  readonly replication: number
  readonly trace: WorkloadTrace | undefined
}

/**
 * Runs it.
 *
 * @throws InputError if the scenario can not be run on its cluster
 * @throws InvariantError if the model contradicts itself, with what is needed to run it again
 */
export function runReplication(point: DesignPoint, options: ReplicationOptions): ReplicationMeasures {
  const { value, done } = replicationInSlices(point, options, point.scenario.spec.horizon).next()
  if (done !== true) throw new InvariantError('a slice up to the horizon was not the last')
  return value
}

/**
 * Runs it in slices of simulated time, with the same measures in the end.
 *
 * @param untilNs - end of the first slice; that of each later one is given to `next`
 * @returns yields after each slice that ends before the horizon; returns the measures
 * @throws as `runReplication`
 */
export function* replicationInSlices(
  point: DesignPoint,
  options: ReplicationOptions,
  untilNs: number,
): Generator<SliceEnd, ReplicationMeasures, number> {
  const { cluster, scenario } = point
  const { sites } = buildCallGraph(cluster, scenario)
  const settings = sites.map((site) => callSettings(site, point))
  const collector = new ReplicationCollector(
    settings,
    cluster.pods.length,
    fixedWarmUpNs(scenario.spec),
    scenario.spec.horizon,
  )
  try {
    const totals = yield* simulateInSlices(
      { cluster, scenario, ...options, isFollowedOverTime: isSingle(point) },
      collector,
      untilNs,
    )
    return collector.measures(totals)
  } catch (error) {
    if (error instanceof InputError) throw error
    throw withReplay(error, point, options)
  }
}

/** Where it happened, and where in the program. */
function withReplay(error: unknown, point: DesignPoint, options: ReplicationOptions): InvariantError {
  const reason = error instanceof Error ? error.message : String(error)
  const invariant = new InvariantError(reason, replicationContext(point, options))
  if (error instanceof Error && error.stack !== undefined) invariant.stack = error.stack
  return invariant
}

/** Of one of many points less is kept, so that results stay small: nothing over time, and no ways. */
function isSingle({ settings }: DesignPoint): boolean {
  return settings.length === 0
}

function callSettings(site: CallSite, point: DesignPoint): CallSettings {
  const { cluster, scenario } = point
  return {
    callerCount: site.group?.count ?? cluster.pods.length,
    eligiblePods: eligiblePods(cluster, site).map((pod) => pod.index),
    ...(isSingle(point) ? { ways: waySettings(site, cluster, scenario) } : {}),
  }
}

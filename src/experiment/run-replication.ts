/** One replication of one design point: a pure function of point, seed and number. */
import { InputError, InvariantError } from '../base/diagnostics.js'
import type { Cluster } from '../kubernetes/cluster.js'
import type { CallSettings } from '../metrics/call-collector.js'
import { ReplicationCollector, type ReplicationMeasures } from '../metrics/replication-collector.js'
import { buildCallGraph, type CallSite, eligiblePods } from '../model/call-sites.js'
import { simulate } from '../model/simulation.js'
import type { WorkloadTrace } from '../workload/workload-trace.js'
import type { DesignPoint } from './plan.js'

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
  const { cluster, scenario } = point
  const { sites } = buildCallGraph(cluster, scenario)
  const settings = sites.map((site) => callSettings(site, cluster))
  const collector = new ReplicationCollector(settings, cluster.pods.length, scenario.spec.warmUp)
  try {
    return collector.measures(simulate({ cluster, scenario, ...options }, collector))
  } catch (error) {
    if (error instanceof InputError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    const { seed, replication } = options
    const at = point.settings.map(({ axis, value }) => `${axis}=${value}`).join(' ')
    throw new InvariantError(reason, { scenario: scenario.metadata.name, at, seed, replication })
  }
}

function callSettings(site: CallSite, cluster: Cluster): CallSettings {
  return {
    callerCount: site.group?.count ?? cluster.pods.length,
    eligiblePods: eligiblePods(cluster, site).map((pod) => pod.index),
  }
}

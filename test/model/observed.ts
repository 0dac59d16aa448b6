/**
 * Runs the smallest worlds that tests need, and keeps what they tell: every request and connection as a plain record, with
 * the parts of the world for a look at what is left behind.
 */
import type { Manifests } from '../../src/input/kubernetes-objects.js'
import type { Scenario } from '../../src/input/scenario-schema.js'
import type { Cluster } from '../../src/kubernetes/cluster.js'
import {
  type ConnectionRecord,
  type Observer,
  OUTCOMES,
  type OutcomeName,
  PARTS,
  type PartName,
  type RequestRecord,
  type SimulationTotals,
} from '../../src/model/records.js'
import { simulateWorld } from '../../src/model/simulation.js'
import { buildWorld, type World } from '../../src/model/world.js'
import type { WorkloadTrace } from '../../src/workload/workload-trace.js'
import { compile, scenario as scenarioOf } from '../kubernetes/objects.js'

/** One replication, as it was seen. */
export interface Observed {
  readonly world: World
  readonly totals: SimulationTotals
  readonly requests: readonly RequestRecord[]
  readonly connections: readonly ConnectionRecord[]
}

export interface RunSettings {
  readonly seed?: number
  readonly replication?: number
  readonly trace?: WorkloadTrace
  readonly isFollowedOverTime?: boolean
  /** Listens as well. */
  readonly observer?: Observer
}

/** Runs a world from its beginning to the horizon. */
export function observe(world: World, also?: Observer): Observed {
  const requests: RequestRecord[] = []
  const connections: ConnectionRecord[] = []
  const totals = simulateWorld(world, {
    connectionReached(record) {
      connections.push({ ...record })
      also?.connectionReached(record)
    },
    requestEnded(record) {
      requests.push({ ...record })
      also?.requestEnded(record)
    },
  })
  return { world, totals, requests, connections }
}

/** One replication of a compiled cluster and its scenario. */
export function observeCluster(cluster: Cluster, scenario: Scenario, settings: RunSettings = {}): Observed {
  const { seed = 1, replication = 0, trace, isFollowedOverTime, observer } = settings
  const options = { cluster, scenario, seed, replication, trace, isFollowedOverTime }
  return observe(buildWorld(options), observer)
}

/** One replication of objects and the `spec` of a scenario. */
export function run(objects: Partial<Manifests>, spec: object, settings: RunSettings = {}): Observed {
  return observeCluster(compile(objects, spec), scenarioOf(spec), settings)
}

/** Name of the outcome of a request. */
export function outcomeOf(record: RequestRecord): OutcomeName {
  return OUTCOMES[record.outcome]
}

/** The parts of a response time that are not zero, ns. */
export function partsOf(record: RequestRecord): Partial<Record<PartName, number>> {
  const parts = PARTS.map((part) => [part, record[`${part}Ns`]] as const)
  return Object.fromEntries(parts.filter(([, timeNs]) => timeNs !== 0))
}

/** How many requests ended each way, outcomes of none left out. */
export function outcomeCounts(records: readonly RequestRecord[]): Partial<Record<OutcomeName, number>> {
  const counts: Partial<Record<OutcomeName, number>> = {}
  for (const record of records) counts[outcomeOf(record)] = (counts[outcomeOf(record)] ?? 0) + 1
  return counts
}
